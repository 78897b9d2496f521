"""The arguments of `pdeopt solve`, and their help."""

import argparse

from pdeopt.cli.commands import Commands, add_command

__all__ = ["add_solve"]

INPUTS = """\
Solve a Hamilton-Jacobi equation on a grid by finite differences,

    u_t + H(t, x, u, grad u) = nu lap u + s(t, x),    u(x, 0) = f(x),

for Hamiltonians that no transform solves; for |p|^2 / 2 alone `pdeopt relax` is exact.

INPUT is one of
  a name              double_well, rastrigin, ...   (pdeopt landscapes lists them)
  b1, b2, ..., b12    a standard problem of the field, with its own H, domain and times
  module:function     f, a function of x, or a Landscape, in a module of this folder
  module:problem      a pdeopt.HamiltonJacobi of your own, complete with H, source and walls
  file.py:name        the same in a file anywhere
  a file              .npz with the axes x, y, z and one field, values or loss; .npy; .csv
"""

EXAMPLES = """\
examples
  pdeopt solve double_well --time 0.5 --beta 10
      minima before and after, steps, and an estimate of the error
  pdeopt solve himmelblau --hamiltonian eikonal --time 0.5 1 --plot levels.png
      u_t + |grad u| = 0 at two times
  pdeopt solve double_well --hamiltonian mymodel.py:drifting --convex --viscosity 0.05 --time 1
      a Hamiltonian of your own, drifting(t, x, u, p), with x and p floats, in more dimensions tuples
  pdeopt solve double_well --time 0.5 --boundary dirichlet=1/extrapolation
      u = 1 at the lower wall, a straight line through the upper one
  pdeopt solve rastrigin --time 0.5 --viscosity 0.1 --stepper ars111 --animate rastrigin.gif
      viscosity treated implicitly; how it gets there, drawn frame by frame
  pdeopt solve loss.npz --time 10 --every 0.1 --store run --max-seconds 3600
      100 frames on disk, for an hour; the same command goes on, to the bit
  pdeopt solve b5 --eoc 20 40 80 160
      errors and orders on four grids, against the exact solution

Without --method it is WENO5 where H is known to be convex, of fifth order where u is smooth, and else a filtered
scheme, which converges for any H. Steps are as long as the theory allows: with --method godunov --stepper euler the
solution obeys the comparison principle. A longer --step is refused, and the longest one named.
"""


def add_solve(commands: Commands) -> argparse.ArgumentParser:
    """Add the command to the program, but for the options of its grid; return its parser."""
    command = add_command(commands, "solve", "solve a Hamilton-Jacobi equation by finite differences", INPUTS, EXAMPLES)
    command.add_argument("input", metavar="INPUT", help="a name, module:name, or a file (see above)")
    _add_equation(command)
    _add_method(command)
    _add_output(command)
    return command


def _add_equation(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("which equation")
    names = "quadratic (the default, |p|^2/2), eikonal (|p|), or module:function of (t, x, u, p)"
    group.add_argument("--hamiltonian", metavar="H", help=names)
    group.add_argument("--convex", action="store_true", help="your H is convex in p: the upwind scheme fits")
    group.add_argument("--viscosity", type=float, metavar="NU", help="nu, not negative (0)")
    group.add_argument("--beta", type=float, metavar="B", help="instead: nu = 1 / (2 beta), as in `pdeopt relax`")
    group.add_argument("--source", metavar="S", help="module:function of (t, x)")
    walls = (
        "reflecting (the default), extrapolation, periodic or dirichlet=VALUE; one for all axes or one each, each for "
        "both ends or as lower/upper"
    )
    group.add_argument("--boundary", nargs="+", metavar="NAME", help=walls)
    group.add_argument("--time", type=float, nargs="+", metavar="T", help="one or several times")
    group.add_argument("--every", type=float, metavar="DT", help="frames at every multiple of DT up to one --time")


def _add_method(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("how")
    group.add_argument("--method", metavar="NAME", help="in space: weno5, filtered, godunov, lax-friedrichs")
    group.add_argument("--stepper", metavar="NAME", help="in time: euler, heun, ssprk33, ssprk104, ars222, strang, ...")
    group.add_argument("--step", type=float, metavar="DT", help="the largest step; as long as allowed if left out")
    group.add_argument("--tolerance", type=float, metavar="E", help="choose steps by their estimated error, per time")
    group.add_argument("--threads", type=int, metavar="N", help="all cores by default; the result is the same")
    group.add_argument("--steady", type=float, metavar="E", help="stop when the range of u_t is below E")
    group.add_argument("--max-seconds", type=float, metavar="S", help="stop after so many seconds")
    eoc = "errors and orders on grids of N cells an axis instead"
    group.add_argument("--eoc", type=int, nargs="*", metavar="N", help=eoc)


def _add_output(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("what to keep")
    group.add_argument("--plot", metavar="FILE", help="draw the solution (.png, .pdf, .svg)")
    group.add_argument("--animate", metavar="FILE.gif", help="draw it as it evolves, frame by frame")
    group.add_argument("--frames", type=int, default=40, metavar="N", help="frames of the animation, about (40)")
    group.add_argument("--save", metavar="FILE.npz", help="keep the numbers; pdeopt.load reads them")
    store = "write frames to a folder as they come; the same command goes on with what it holds"
    group.add_argument("--store", metavar="FOLDER", help=store)
    group.add_argument("--resume", metavar="FOLDER", help="as --store, but the folder must hold a part of this run")
