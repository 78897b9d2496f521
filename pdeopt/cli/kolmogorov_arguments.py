"""The arguments of `pdeopt kolmogorov`, and their help."""

import argparse

from pdeopt.cli.commands import Commands, add_box, add_command

__all__ = ["add_kolmogorov"]

INPUTS = """\
Ask a question of a diffusion, and have it answered by a differential equation on a grid, with an estimate of the
error and without sampling. A landscape f at an inverse temperature beta moves by

    dX = -grad f(X) dt + sqrt(2/beta) dW,    with the stationary density exp(-beta f);

with --friction g by Langevin dynamics of positions q and momenta p.

INPUT is one of
  a name              double_well, mueller_brown, ...   (pdeopt landscapes lists them)
  module:name         a function of x, a Landscape, or an SDE of your own, in a module of this folder
  file.py:name        the same in a file anywhere
  a file              .npz with the axes x, y, z and one field, values or loss; .npy; .csv

QUESTION is one of
  exit-time    mean time until x leaves the set of --inside
  committor    chance to reach the set --to before the set --from
  invariant    stationary density
  spectrum     slowest eigenvalues of minus the generator, and the times in which they forget
  backward     mean of --terminal at a time, as a function of the start
  forward      density at a time, from the density --initial
"""

EXAMPLES = """\
examples
  pdeopt kolmogorov double_well --beta 4 --question exit-time --inside "x < 1"
      mean time from anywhere on the left to the bottom of the right well
  pdeopt kolmogorov double_well --beta 4 --question committor --from "x < -1" --to "x > 1" --plot committor.png
      where a path is as likely to go on as to go back
  pdeopt kolmogorov double_well --beta 8 16 --question spectrum --count 4
      how fast two wells mix, at two temperatures
  pdeopt kolmogorov mueller_brown --beta 0.05 --question exit-time --inside "y > 0.5" --at -0.558 1.442
      in two dimensions; the answer at one point
  pdeopt kolmogorov loss.npz --beta 3 --question invariant --plot density.png
      a landscape of your own: probability of its wells
  pdeopt kolmogorov double_well --beta 4 --question backward --terminal "x > 0" --time 1 10 --save mean.npz
      chance to be on the right at two times, by the start; conditions count 1 or 0
  pdeopt kolmogorov mymodel:system --lower 0 --upper 4 --question backward --terminal "max(x - 1, 0)" --time 1
      an SDE of your own

Conditions and functions: x, y, z (q, p with --friction), numbers, + - * / ^, < <= > >=, and, or, not, exp, log, sqrt,
abs, sin, cos, tan, tanh, max, min. What begins with a minus sign needs a space in it: "-1 < x < 1". Whether the
limit of a set belongs to it makes no difference: paths are continuous.

The grid chooses itself: as wide as exp(-beta f) is above 1e-14 of its maximum, or the domain of f, with nodes where
conditions change. The answer is extrapolated from this grid and finer ones; their difference gives its error.
"""


def add_kolmogorov(commands: Commands) -> None:
    """Add the command to the program."""
    command = add_command(
        commands, "kolmogorov", "exit times, committors, spectra and means of a diffusion", INPUTS, EXAMPLES
    )
    command.add_argument("input", metavar="INPUT", help="a name, module:name, or a file (see above)")
    _add_question(command)
    _add_process(command)
    _add_grid(command)
    _add_output(command)


def _add_question(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("what to ask")
    names = "exit-time, committor, invariant, spectrum, backward or forward"
    group.add_argument("--question", metavar="QUESTION", help=names)
    group.add_argument("--inside", metavar="CONDITION", help="exit-time: the set to leave")
    group.add_argument("--from", dest="start", metavar="CONDITION", help="committor: where it is 0")
    group.add_argument("--to", dest="end", metavar="CONDITION", help="committor: where it is 1")
    group.add_argument("--count", type=int, default=6, metavar="K", help="spectrum: how many eigenvalues (6)")
    group.add_argument("--terminal", metavar="FUNCTION", help="backward: what the mean is of")
    group.add_argument("--initial", metavar="FUNCTION", help="forward: the density at time 0, in any units")
    group.add_argument("--time", type=float, nargs="+", metavar="T", help="backward and forward: one or several times")
    points = "print the answer at points, coordinates one after the other (the minima of f by default)"
    group.add_argument("--at", type=float, nargs="+", metavar="X", help=points)


def _add_process(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("of which process")
    group.add_argument("--beta", type=float, nargs="+", metavar="B", help="inverse temperatures, for a landscape")
    group.add_argument("--friction", type=float, metavar="G", help="Langevin dynamics, per unit of time")
    walls = "reflecting (the default), absorbing, degenerate or linear; one for all axes or one each, or lower/upper"
    group.add_argument("--boundary", nargs="+", default=["reflecting"], metavar="NAME", help=walls)
    group.add_argument("--killing", metavar="FUNCTION", help="rate at which the process ends, such as 0.1 or x^2")
    group.add_argument("--rates", metavar="NAME", help="gibbs, scharfetter-gummel, ...; chosen by itself if left out")
    group.add_argument("--unit", type=float, metavar="U", help="divide the loss by U")


def _add_grid(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("where (one number for all axes or one each; chosen by itself if left out)")
    add_box(group, int, "nodes, about")


def _add_output(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("what to keep")
    group.add_argument("--plot", metavar="FILE", help="draw the answer (.png, .pdf, .svg)")
    group.add_argument("--save", metavar="FILE.npz", help="keep the numbers: axes x, y, z, values, error, ...")
