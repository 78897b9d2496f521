"""The record of an erratum: its place, what is printed there, what is right, and how that is found."""

from collections.abc import Callable
from dataclasses import dataclass

from pdeopt.verification.paper.comparison import Comparison, Reason

__all__ = ["Erratum", "Evidence"]

Evidence = tuple[Comparison | Reason, ...]


@dataclass(frozen=True)
class Erratum:
    """One erratum.

    Parameters
    ----------
    id : str
        ``"E1"`` to ``"E23"``.
    place : str
        Where it stands in arXiv:1704.04932v2.
    printed : str
        What is stated there.
    corrected : str
        What is right.
    function : str
        Dotted name of the function of this package that has the corrected formula; empty if there is none.
    find : callable
        A function of the seed that returns the evidence.
    """

    id: str
    place: str
    printed: str
    corrected: str
    function: str
    find: Callable[[int], Evidence]
