"""The arguments of `pdeopt geometry`, and their help."""

import argparse

from pdeopt.cli.commands import Commands, add_command

__all__ = ["add_geometry"]

EXAMPLES = """\
examples
  pdeopt geometry himmelblau
      minima, passes, basins and depths
  pdeopt geometry mueller_brown --beta 0.1 --plot tree.png
      with the share of exp(-beta f) in each basin and the rates of crossing the passes; draws the merge tree
  pdeopt geometry loss.npz --time 1 10 100 --beta 10 --plot tracked.png --save tracked.npz
      when which minimum ends in which while the landscape is relaxed; draws their paths
  pdeopt geometry double_well --time 0.5 --beta 2 --audit
      with curvature against its bounds, and from when on the relaxation is convex, and has one minimum
  pdeopt geometry rastrigin --shallowest 0.5
      only minima deeper than 0.5 units of loss

The depth (persistence) of a minimum is how high water poured into it stands before it spills into a lower one. The
diffusion whose rates are printed is dX = -grad f dt + sqrt(2/beta) dW.
"""


def add_geometry(commands: Commands, inputs: str) -> argparse.ArgumentParser:
    """Add the command and its own options; return its parser."""
    parser = add_command(commands, "geometry", "minima, passes and basins of a landscape", inputs, EXAMPLES)
    parser.add_argument("input", metavar="INPUT", help="a name, module:function, or a file (see above)")
    group = parser.add_argument_group("what to look at")
    group.add_argument("--beta", type=float, metavar="B", help="inverse temperature of basins, rates and relaxation")
    group.add_argument("--time", type=float, nargs="+", metavar="T", help="follow the minima up to these times")
    group.add_argument("--shallowest", type=float, metavar="D", help="leave out minima no deeper than D")
    group.add_argument("--audit", action="store_true", help="compare curvature at the last time with every bound")
    sides = "free (the default), reflecting or periodic, where it is relaxed; one for all axes or one each"
    group.add_argument("--boundary", nargs="+", default=["free"], metavar="NAME", help=sides)
    group = parser.add_argument_group("what to keep")
    group.add_argument("--plot", metavar="FILE", help="draw the merge tree, or the tracked minima (.png, .pdf, .svg)")
    group.add_argument("--save", metavar="FILE.npz", help="keep the merge tree, or the tracked minima")
    return parser
