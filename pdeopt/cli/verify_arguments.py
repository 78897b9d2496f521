"""The arguments of `pdeopt verify`, and their help."""

import argparse

from pdeopt.cli.commands import Commands, add_command

__all__ = ["add_verify"]

INPUTS = """\
Decide whether a scheme for stochastic differential equations has the orders that it claims: certified, refuted
or inconclusive, with step sizes, errors, local slopes and an error bar. Nothing is sampled but the paths of strong
orders of nonlinear equations.

SCHEME is one of
  a name           milstein, sra1, leimkuhler-matthews, ...   (pdeopt verify --list shows all with their claims)
  a word           baoab, obabo, ...   a splitting of Langevin dynamics
  file.py:step     a function step(t, x, h, xi, args) of your own that returns the next x, plain or numba.njit;
                   xi is a standard normal number, or what --draws says; args are those of the problem
  module:step      the same in a module of this folder
"""

EXAMPLES = """\
examples
  pdeopt verify sriw1
      strong and weak order and that of stationary averages, on the problem for its hardest kind of noise
  pdeopt verify sriw1 --quantity weak --claimed 2
      the order that is often written for it: refuted, exit status 1
  pdeopt verify heun --noise additive --save heun.json
      where its order is higher; the numbers are kept
  pdeopt verify euler-maruyama --quantity exit
      the order of mean exit times: 1/2, as exits between steps are missed
  pdeopt verify mysteps.py:step --problem torus --claimed 1 --plot orders.png
      a step of your own for dX = (sin X + cos(2X)/2) dt + (0.8 + 0.4 cos X) dW, with a picture
  pdeopt verify mysteps.py:step --problem mysteps.py:system --draws increment normal
      the same for an equation of your own (an SDE), with two random numbers a step
  pdeopt verify --table docs/choose.md
      certify every scheme of the package, and write the table of that page
  pdeopt verify --check docs/choose.md
      certify every scheme again, and fail where the table says anything else

Exit status: 0 certified, 1 something is refuted, 3 something is inconclusive and nothing refuted, 2 bad input.
"""


def add_verify(commands: Commands) -> None:
    """Add the command to the program."""
    verify = add_command(commands, "verify", "decide whether a scheme has its orders", INPUTS, EXAMPLES)
    verify.add_argument("scheme", metavar="SCHEME", nargs="?", help="a name, a word, or file.py:step (see above)")
    _add_question(verify)
    _add_output(verify)
    _add_all(verify)


def _add_question(verify: argparse.ArgumentParser) -> None:
    group = verify.add_argument_group("what to decide")
    wanted = "strong, weak, invariant, exit or all (the default: the first three)"
    group.add_argument("--quantity", default="all", metavar="NAME", help=wanted)
    group.add_argument("--problem", metavar="NAME", help="torus, harmonic_langevin, ... (--list) or file.py:system")
    group.add_argument("--noise", metavar="KIND", help="of the default problem: additive, diagonal, general, ...")
    group.add_argument(
        "--claimed", type=float, metavar="P", help="the order in question, if not the scheme's own claim"
    )
    group.add_argument("--steps", type=float, nargs="+", metavar="H", help="step sizes in one ratio, the largest first")
    draws = "of the random numbers of your own step: increment (the default), time-integral, normal, two-point, ..."
    group.add_argument("--draws", nargs="+", metavar="KIND", help=draws)
    paths = "for a strong order; by default as many as it needs"
    group.add_argument("--paths", type=int, dest="n_paths", metavar="N", help=paths)
    group.add_argument("--seed", type=int, metavar="S", help="of the paths (0)")


def _add_output(verify: argparse.ArgumentParser) -> None:
    group = verify.add_argument_group("what to keep")
    group.add_argument("--plot", metavar="FILE", help="draw errors against steps (.png, .pdf, .svg)")
    group.add_argument("--save", metavar="FILE.json", help="keep the numbers; verification.from_json reads them")


def _add_all(verify: argparse.ArgumentParser) -> None:
    group = verify.add_argument_group("all schemes")
    group.add_argument("--list", action="store_true", help="list schemes with the orders that they claim, and problems")
    group.add_argument("--table", nargs="?", const="", metavar="PAGE.md", help="certify all; write a page's tables")
    group.add_argument("--check", metavar="PAGE.md", help="certify all; compare with a page's tables")
    group.add_argument("--processes", type=int, default=2, metavar="N", help="for the table (2)")
