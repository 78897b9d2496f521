"""What was found for every erratum: a table that prints itself, saves and loads."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from textwrap import fill
from typing import Any

from pdeopt.verification.paper.comparison import Comparison, Reason
from pdeopt.verification.paper.markdown import markdown_tables
from pdeopt.verification.paper.words import number

__all__ = ["PaperCheck", "PaperLine"]

KIND = "pdeopt paper check"
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


@dataclass(frozen=True)
class PaperCheck:
    """The errata of the paper, each with its evidence.

    Parameters
    ----------
    lines : tuple of PaperLine
    seed : int
        Of the oracles that sample.
    seconds : float
        Wall time.
    """

    lines: tuple[PaperLine, ...]
    seed: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every erratum is confirmed."""
        return bool(self.lines) and all(line.passed for line in self.lines)

    @property
    def n_numeric(self) -> int:
        """How many errata a number decides."""
        return sum(line.is_numeric for line in self.lines)

    def __getitem__(self, name: str) -> PaperLine:
        """Return the line of an erratum, such as ``check["E9"]``."""
        for line in self.lines:
            if line.id == name:
                return line
        raise KeyError(f"{name!r} is not among {', '.join(line.id for line in self.lines)}")

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        confirmed = sum(line.passed for line in self.lines)
        numbers = sum(len(line.comparisons) for line in self.lines)
        return (
            f"{confirmed} of {len(self.lines)} errata confirmed, {self.n_numeric} of them by {numbers} numbers; "
            f"{self.seconds:.1f} s"
        )

    def __str__(self) -> str:
        head = f"{'':4} {'printed':>11} {'corrected':>11} {'':2} {'oracle':>11} {'+-':>8} {'off by':>7}  {'':2} of what"
        note = (
            "off by: error bars from oracle to printed value; <=: oracle is a limit; ok: corrected value within the bar"
        )
        return "\n".join([head, *(row for line in self.lines for row in line.rows), note, self.summary])

    def __repr__(self) -> str:
        return f"<PaperCheck: {self.summary}>"

    def to_markdown(self) -> str:
        """Return a table of statements and a table of numbers, in Markdown."""
        return markdown_tables(self.lines)

    def to_json(self) -> str:
        """Return everything as JSON, numbers that are not finite as words; `from_json` reads it."""
        return json.dumps({"kind": KIND, **_plain(asdict(self))}, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "PaperCheck":
        """Return what `to_json` wrote.

        Parameters
        ----------
        text : str

        Raises
        ------
        ValueError
            If the text is no such record.
        """
        try:
            content = json.loads(text)
            if content.pop("kind") != KIND:
                raise KeyError("kind")
            lines = tuple(_line(item) for item in content.pop("lines"))
            return cls(lines, **content)
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the text is no paper check ({error!r}); files are written by PaperCheck.save.") from None

    def save(self, path: str | Path) -> Path:
        """Write the record to a .json file, in one piece; `load` reads it."""
        target = Path(path).with_suffix(".json")
        temporary = target.with_name(f".{target.name}.part")
        temporary.write_text(self.to_json(), encoding="utf-8")
        return temporary.replace(target)

    @classmethod
    def load(cls, path: str | Path) -> "PaperCheck":
        """Read a record that `save` wrote."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _numbers(comparison: dict[str, Any]) -> dict[str, float]:
    return {name: float(comparison.pop(name)) for name in ("printed", "corrected", "oracle", "error")}


def _line(content: dict[str, Any]) -> PaperLine:
    comparisons = tuple(Comparison(**{**_numbers(one), **one}) for one in content.pop("comparisons"))
    reasons = tuple(Reason(**one) for one in content.pop("reasons"))
    return PaperLine(comparisons=comparisons, reasons=reasons, **content)
