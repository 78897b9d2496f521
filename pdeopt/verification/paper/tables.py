"""Errata of tables: which of the published numbers belong to which algorithm."""

from collections.abc import Mapping

from pdeopt.verification.paper.comparison import Reason
from pdeopt.verification.paper.erratum import Evidence

__all__ = ["two_algorithms"]

Row = Mapping[str, tuple[float, float, int]]

TABLE_1: Row = {"mnistfc": (1.17, 0.04, 200), "LeNet": (0.50, 0.01, 70), "All-CNN": (7.89, 0.07, 145)}
"""HJ in Table 1: validation error in percent, its standard deviation, and the effective epochs."""

FIXED_POINT: Row = {"mnistfc": (1.17, 0.04, 200), "LeNet": (0.50, 0.01, 70), "All-CNN": (7.89, 0.07, 145)}
"""FP in the notes beside the authors' code: p <- 0.75 p + 0.25 grad f(x - gamma p)."""

INNER_LOOP: Row = {"mnistfc": (1.15, 0.03, 160), "LeNet": (0.51, 0.02, 60), "All-CNN": (7.82, 0.04, 200)}
"""HJB in the same notes: the inner loop of section 7.2."""

FIGURE_5B = 7.82


def two_algorithms(_seed: int) -> Evidence:
    """E22: the row of the authors' notes that the table repeats, and the one that the figure repeats."""
    same, other = (sum(TABLE_1[net] == row[net] for net in TABLE_1) for row in (FIXED_POINT, INNER_LOOP))
    figure = INNER_LOOP["All-CNN"][0] == FIGURE_5B != FIXED_POINT["All-CNN"][0]
    return (
        Reason(
            f"the table's HJ column is the notes' fixed-point iteration in {same} of {len(TABLE_1)} networks and their "
            f"inner loop in {other}; the figure's {FIGURE_5B:g} is the inner loop's",
            same == len(TABLE_1) and other == 0 and figure,
            "the two numbers are of two algorithms, and neither is a misprint of the other",
        ),
    )
