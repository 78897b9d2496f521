"""What was found for every erratum: a table that prints itself, saves and loads."""

import json
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from pdeopt.verification.paper.comparison import Comparison, Reason
from pdeopt.verification.paper.line import PaperLine
from pdeopt.verification.paper.markdown import markdown_tables

__all__ = ["PaperCheck"]

KIND = "pdeopt paper check"


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
