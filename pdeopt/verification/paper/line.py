"""What was found for one erratum."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill

from pdeopt.verification.paper.comparison import Comparison, Reason
from pdeopt.verification.paper.words import number

__all__ = ["PaperLine"]

WIDTH = 118
NONE = "none"


@dataclass(frozen=True)
class PaperLine:
    """One erratum and the evidence for it.

    Parameters
    ----------
    id : str
        ``"E1"`` to ``"E23"``.
    place : str
        Where it stands in the paper.
    printed, corrected : str
        What is stated there, and what is right.
    function : str
        Dotted name of the function that has the corrected formula.
    comparisons : tuple of Comparison
        Numbers.
    reasons : tuple of Reason
        What no number decides.
    seconds : float
    """

    id: str
    place: str
    printed: str
    corrected: str
    function: str
    comparisons: tuple[Comparison, ...] = ()
    reasons: tuple[Reason, ...] = ()
    seconds: float = 0.0

    @property
    def is_numeric(self) -> bool:
        """Whether a number tells the printed formula from the corrected one."""
        return bool(self.comparisons)

    @property
    def verdict(self) -> str:
        """``"confirmed"``, or the first verdict that is not."""
        verdicts = [one.verdict for one in self.comparisons] + [one.verdict for one in self.reasons]
        return next((word for word in verdicts if word != "confirmed"), "confirmed" if verdicts else "no evidence")

    @property
    def passed(self) -> bool:
        """Whether all evidence confirms the erratum."""
        return self.verdict == "confirmed"

    def __str__(self) -> str:
        head = f"{self.id}, {self.place}: {self.verdict}"
        said = [
            f"  printed    {self.printed}",
            f"  corrected  {self.corrected}",
            f"  function   {self.function or NONE}",
        ]
        return "\n".join([head, *said, *(line for one in self.comparisons for line in _details(one)), *self._reasons])

    @property
    def _reasons(self) -> list[str]:
        texts = (f"{one.claim}: {one.why} ({one.verdict})" for one in self.reasons)
        return [fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ") for text in texts]

    @property
    def rows(self) -> Iterator[str]:
        """Lines of the table: one for each number, or else one for the place."""
        for k, one in enumerate(self.comparisons):
            yield _cut(f"{self.id if k == 0 else '':4} {_cells(one)}  {_mark(one.verdict)} {one.quantity}")
        if not self.comparisons:
            yield _cut(f"{self.id:4} {'by reason':>59}  {_mark(self.verdict)} {self.place}")


def _cells(one: Comparison) -> str:
    values = f"{one.printed:>11.6g} {one.corrected:>11.6g} {one.relation:>2} {one.oracle:>11.6g}"
    bars = f"{one.separation:.0e}" if one.separation >= 1e4 else f"{one.separation:.0f}"
    return f"{values} {one.error:8.1e} {bars:>7}"


def _mark(verdict: str) -> str:
    return "ok" if verdict == "confirmed" else verdict.upper()


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def _details(one: Comparison) -> list[str]:
    values = f"printed {number(one.printed)}, corrected {number(one.corrected)}"
    relation = "oracle" if one.relation == "=" else "at most"
    oracle = f"{relation} {number(one.oracle)} +- {one.error:.1e} ({one.source})"
    return [f"  {one.quantity}", f"    {values}, {oracle}: {one.verdict}"]
