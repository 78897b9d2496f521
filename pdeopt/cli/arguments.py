"""The arguments of the command line, and their help."""

import argparse
from typing import NoReturn

from pdeopt.cli.commands import add_box, add_command
from pdeopt.cli.geometry_arguments import add_geometry
from pdeopt.cli.kolmogorov_arguments import add_kolmogorov
from pdeopt.cli.paper_arguments import add_paper_check
from pdeopt.cli.reproducing_arguments import add_reproduce
from pdeopt.cli.solving_arguments import add_solve
from pdeopt.cli.training_arguments import add_train
from pdeopt.cli.verify_arguments import add_verify

OVERVIEW = """\
Relax a non-convex landscape f with a partial differential equation,

    u_t = -1/2 |grad u|^2 + 1/(2 beta) lap u,    u(x, 0) = f(x),

and see which of its minima survive, at which time and temperature.

  pdeopt landscapes                    the landscapes that have a name
  pdeopt relax double_well --suggest   times and temperatures worth trying
  pdeopt relax --help                  how to relax a landscape or a file of your own
  pdeopt solve --help                  Hamilton-Jacobi equations with another Hamiltonian, by finite differences
  pdeopt geometry himmelblau           minima, passes and basins of a landscape, and how minima merge in time
  pdeopt kolmogorov --help             exit times, committors and spectra of the diffusion in a landscape
  pdeopt verify milstein               whether a scheme for stochastic equations has its orders
  pdeopt paper-check                   the errata of the paper, printed against corrected formulas
  pdeopt train                         train a network by Langevin dynamics or another method
  pdeopt reproduce 8                   a table or figure of a paper on training, published numbers beside ours
  pdeopt info                          versions, threads, cache folder
"""

INPUTS = """\
INPUT is one of
  a name              double_well, rastrigin, ...   (pdeopt landscapes lists them)
  module:function     a function of x, or a Landscape, in a module of this folder
  file.py:function    the same in a file anywhere
  a file              .npz with the axes x, y, z and one field, values or loss (and perhaps
                      the points `trained`); .npy with values alone; .csv with the columns
                      x, value or x, y, value, or with a matrix of values
"""

EXAMPLES = """\
examples
  pdeopt relax double_well --time 0.5 --beta 10
      minima before and after, with the error bound
  pdeopt relax chaudhari_figure_1 --time 0.01 0.1 1 --beta 3 --plot curves.png
      three times in one picture
  pdeopt relax loss.npz --time 1 10 100 --beta 1 10 inf --plot relaxed.png --save relaxed.npz
      which well is preferred at which time and temperature; inf is zero temperature
  pdeopt relax rastrigin --time 0.5 --beta 5 --animate rastrigin.gif
      how it gets there
  pdeopt relax mymodel:loss --dim 2 --lower -3 --upper 3 --shape 401 --time 0.1
      a function of your own, loss(x) with x[0] and x[1]
  pdeopt relax loss.npz --suggest
      how to choose time and beta for this landscape

Time is a length squared per unit of loss. A minimum of curvature a keeps its place while its curvature falls
to a / (1 + a time). The temperature 1 / beta is measured in units of loss: of two wells whose losses differ
by less than that, the wider one is preferred.
"""


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of printing its usage."""

    def error(self, message: str) -> NoReturn:
        """Raise the message, to be printed as one line."""
        raise ValueError(f"{message}; `{self.prog} --help` shows how.")


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} must be positive, e.g. 1 (or inf)")
    return value


def _not_negative(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} must be finite and not negative, e.g. 0.5")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} must be at least 1")
    return value


_positive.__name__, _not_negative.__name__, _count.__name__ = "number", "number", "whole number"


def make_parser() -> Parser:
    """Return the parser of the whole program."""
    style = argparse.RawDescriptionHelpFormatter
    parser = Parser("pdeopt", description=OVERVIEW, formatter_class=style)
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    relax = add_command(commands, "relax", "relax a landscape", INPUTS, EXAMPLES)
    _add_problem(relax)
    _add_grid(relax)
    _add_output(relax)
    _add_grid(add_solve(commands))
    _add_grid(add_geometry(commands, INPUTS))
    add_kolmogorov(commands)
    add_verify(commands)
    add_paper_check(commands)
    add_train(commands)
    add_reproduce(commands)
    commands.add_parser("landscapes", help="list the landscapes that have a name")
    commands.add_parser("info", help="show versions, threads and the cache folder")
    return parser


def _add_problem(relax: argparse.ArgumentParser) -> None:
    relax.add_argument("input", metavar="INPUT", help="a name, module:function, or a file (see above)")
    group = relax.add_argument_group("what to solve")
    group.add_argument("--time", type=_not_negative, nargs="+", metavar="T", help="one or several times")
    group.add_argument("--beta", type=_positive, nargs="+", metavar="B", help="inverse temperatures; inf is allowed")
    group.add_argument("--suggest", action="store_true", help="explain which times and temperatures are worth trying")
    sides = "free (the default), reflecting or periodic; one for all axes or one each"
    group.add_argument("--boundary", nargs="+", default=["free"], metavar="NAME", help=sides)
    group.add_argument("--method", help="cole-hopf, cell-exact or hopf-lax; chosen by itself if left out")
    group.add_argument("--threads", type=_count, metavar="N", help="all cores by default; the result is the same")


def _add_grid(relax: argparse.ArgumentParser) -> None:
    group = relax.add_argument_group("where (one number for all axes or one each)")
    add_box(group, _count, "nodes")
    group.add_argument("--unit", type=_positive, metavar="U", help="divide the loss by U, for example its typical size")


def _add_output(relax: argparse.ArgumentParser) -> None:
    group = relax.add_argument_group("what to keep")
    group.add_argument("--plot", metavar="FILE", help="draw the result (.png, .pdf, .svg)")
    group.add_argument("--animate", metavar="FILE.gif", help="draw it relaxing up to the last time, at the first beta")
    group.add_argument("--frames", type=_count, default=40, metavar="N", help="frames of the animation (40)")
    group.add_argument("--save", metavar="FILE.npz", help="keep the numbers; pdeopt.load reads them")
