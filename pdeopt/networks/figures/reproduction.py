"""The record of a figure computed again: our numbers beside the printed ones."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import fill

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.figures.records import Figure, Published
from pdeopt.networks.segments import Segment

__all__ = ["Finding", "Reproduction", "Row"]

PAPER = "arXiv 1908.11843"
ENOUGH = 2.5
"""Standard errors, and points, up to which two numbers agree."""
WIDTH = 110
SURE = 2.0
"""Standard errors from which an ordering is one."""
HEADS = ("", "step", "of", "published", "ours", "+-", "s.d.", "difference", "in s.e.", "verdict")


def told(number: float, form: str) -> str:
    """Return a number as text, empty where there is none."""
    return format(number, form) if np.isfinite(number) else ""


@dataclass(frozen=True)
class Row:
    """One number of ours, beside the printed one if there is one.

    Parameters
    ----------
    label : str
        Of the method.
    settings : str
        Of the method; empty for a segment.
    quantity : str
        Accuracies are in percent.
    step : int
    ours : float
        Mean over runs.
    standard_error : float
        Of the mean; NaN of a single run.
    deviation : float
        Standard deviation of a run.
    n_runs : int
        Runs that did not blow up.
    published : Published, optional
    """

    label: str
    settings: str
    quantity: str
    step: int
    ours: float
    standard_error: float
    deviation: float
    n_runs: int
    published: Published | None = None

    @property
    def difference(self) -> float:
        """Ours less the printed number; NaN without one."""
        return self.ours - self.published.value if self.published else np.nan

    @property
    def difference_error(self) -> float:
        """Standard error of the difference: of our mean, of theirs with our spread of a run, and of their rounding."""
        if self.published is None:
            return np.nan
        theirs = self.deviation**2 / self.published.n_runs + self.published.rounding**2 / 12.0
        return float(np.sqrt(self.standard_error**2 + theirs))

    @property
    def z(self) -> float:
        """The difference in units of its standard error."""
        return self.difference / self.difference_error

    @property
    def verdict(self) -> str:
        """``"agrees"`` by standard errors, ``"close"`` by points, ``"differs"``, nothing without a printed number."""
        if not np.isfinite(self.difference):
            return ""
        if abs(self.z) <= ENOUGH:
            return "agrees"
        return "close" if abs(self.difference) <= ENOUGH else "differs"

    def cells(self) -> list[str]:
        """Return the texts of a line of a table."""
        digits = 1 if "accuracy" in self.quantity else 3
        numbers = [told(x, f".{digits}f") for x in (self.ours, self.standard_error, self.deviation)]
        printed = f"{self.published.value:.4g}" if self.published else "-"
        gap = [told(self.difference, f"+.{digits}f"), told(self.z, "+.1f")]
        what = self.quantity.replace("_", " ").replace(" accuracy", "")
        return [self.label, f"{self.step}", what, printed, *numbers, *gap, self.verdict]


@dataclass(frozen=True)
class Finding:
    """What the runs say of a statement of the paper.

    Parameters
    ----------
    words : str
        The statement.
    value : float
        How far it holds, positive where it does: a difference of accuracies in points, or minus a barrier.
    standard_error : float
    unit : str
    source : str
        Where the statement stands.
    """

    words: str
    value: float
    standard_error: float
    unit: str
    source: str

    @property
    def verdict(self) -> str:
        """``"holds"`` or ``"does not hold"`` beyond two standard errors, ``"undecided"`` between."""
        if self.value > SURE * self.standard_error:
            return "holds"
        return "does not hold" if self.value < -SURE * self.standard_error else "undecided"

    def __str__(self) -> str:
        found = f"{self.value:+.3g} +- {told(self.standard_error, '.2g') or '?'} {self.unit}"
        return f"{self.words} ({self.source}): {found}, {self.verdict}"


@dataclass(frozen=True, eq=False, repr=False)
class Reproduction:
    """A figure computed again.

    Parameters
    ----------
    settings : Figure
        What was run, after changes of `n_runs` and `n_steps`.
    rows : tuple of Row
    findings : tuple of Finding
    ensembles : mapping of str to TrainingEnsemble
        By label of the method.
    segments : mapping of str to tuple of Segment
        By ends, one for each run.
    seed : int
    seconds : float
    interrupted : bool
        Whether the user stopped it: then methods may be missing.
    """

    settings: Figure
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    ensembles: Mapping[str, TrainingEnsemble]
    segments: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)
    seed: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def figure(self) -> str:
        """Its key."""
        return self.settings.key

    @property
    def title(self) -> str:
        """What it shows."""
        return self.settings.title

    def row(self, label: str, quantity: str = "test_accuracy", step: int | None = None) -> Row:
        """Return the row of a method; the last step by default."""
        found = [r for r in self.rows if (r.label, r.quantity) == (label, quantity) and step in (None, r.step)]
        if not found:
            known = sorted({r.label for r in self.rows})
            raise ValueError(f"label={label!r} has no such row. Use one of {', '.join(map(repr, known))}.")
        return found[-1]

    @property
    def means(self) -> FloatArray:
        """Our test accuracies at the end in percent, in the order of the methods, shape (n_methods,)."""
        return np.array([self.row(label).ours for label in self.ensembles])

    def table(self) -> list[list[str]]:
        """Return head and lines of the table of numbers, as texts."""
        return [list(HEADS), *(row.cells() for row in self.rows)]

    def notes(self) -> list[str]:
        """Return findings and settings in sentences."""
        stopped = ["stopped by the user: methods may be missing"] if self.interrupted else []
        left_out = {label: len(found.blow_ups) for label, found in self.ensembles.items() if found.blow_ups}
        bad = [f"{label}: {count} runs blew up and are left out" for label, count in left_out.items()]
        words = [f"given by the paper: {self.settings.given}", f"chosen by us: {self.settings.chosen}"]
        return [*stopped, *bad, *map(str, self.findings), *words]

    @property
    def head(self) -> str:
        """What was run, in one line."""
        runs = self.settings.n_runs
        fresh = "run" if runs == 1 else "runs of each method"
        return f"{PAPER}, {self.title}; ours: {runs} {fresh}, seed {self.seed}"

    def markdown(self) -> str:
        """Return the table for a page."""
        lines = ["| " + " | ".join(cells) + " |" for cells in self.table()]
        notes = [f"- {note}" for note in self.notes()]
        return "\n".join([f"*{self.head}*", "", lines[0], "| --- " * len(HEADS) + "|", *lines[1:], "", *notes])

    def save(self, path: str | Path) -> Path:
        """Write the numbers to a .json file."""
        target = Path(path).with_suffix(".json") if Path(path).suffix == "" else Path(path)
        content = {
            "head": self.head,
            "rows": [asdict(row) | {"z": row.z, "verdict": row.verdict} for row in self.rows],
            "findings": [asdict(finding) | {"verdict": finding.verdict} for finding in self.findings],
            "notes": self.notes(),
        }
        target.write_text(json.dumps(content, indent=1) + "\n")
        return target

    def __str__(self) -> str:
        table = self.table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        aligned = [(cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])) for cells in table]
        lines = ["  " + "  ".join(cells).rstrip() for cells in aligned]
        notes = [fill(note, WIDTH, initial_indent="  ", subsequent_indent="    ") for note in self.notes()]
        return "\n".join([fill(self.head, WIDTH, subsequent_indent="  "), *lines, *notes, f"  {self.seconds:.3g} s"])

    def __repr__(self) -> str:
        verdicts = [row.verdict for row in self.rows if row.verdict] + [one.verdict for one in self.findings]
        counts = ", ".join(f"{verdicts.count(one)} {one}" for one in dict.fromkeys(verdicts))
        return f"<Reproduction of figure {self.figure}: {counts or 'nothing to compare'}>"
