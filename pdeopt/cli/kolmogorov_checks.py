"""What can be said against a question before it is solved, in the words of the command line."""

from argparse import Namespace
from collections.abc import Mapping

import numpy as np

from pdeopt._types import BoolArray
from pdeopt.cli.kolmogorov_systems import Process

__all__ = ["check_numbers", "check_places", "check_sets"]


def check_numbers(options: Namespace) -> None:
    """Refuse times and counts out of range."""
    for time in options.time or ():
        if not (np.isfinite(time) and time >= 0.0):
            raise ValueError(f"--time {time:g} must be finite and not negative, e.g. --time 1.")
    if options.question == "spectrum" and options.count < 1:
        raise ValueError(f"--count {options.count} must be at least 1, e.g. --count 6.")


def check_places(process: Process, options: Namespace) -> None:
    """Refuse points outside the grid."""
    if options.at is None:
        return
    grid, points = process.grid, process.points_of_interest(options)
    outside = ((points < grid.lower) | (points > grid.upper)).any(axis=1)
    if outside.any():
        where = ", ".join(f"{entry:g}" for entry in points[outside][0])
        raise ValueError(
            f"--at {where} lies outside the grid from {grid.lower} to {grid.upper}; use a point inside, or --lower "
            "and --upper."
        )


def check_sets(process: Process, sets: Mapping[str, BoolArray]) -> None:
    """Refuse sets without nodes, and sets that overlap."""
    grid = process.grid
    for name, nodes in sets.items():
        formula = process.asked.formulas[name]
        if not nodes.any():
            raise ValueError(
                f"{formula.option} {formula.text!r} holds at no node of the grid from {grid.lower} to "
                f"{grid.upper}; use --lower and --upper, or --shape for more nodes."
            )
    if {"start", "end"} <= set(sets) and (shared := sets["start"] & sets["end"]).any():
        where = ", ".join(f"{entry:g}" for entry in grid.points()[shared][0])
        raise ValueError(
            f"--from and --to both hold at {int(shared.sum())} nodes, {where} among them; use sets that do not "
            "overlap, such as 'x < -1' and 'x > 1'."
        )
