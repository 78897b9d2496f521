"""Rows and findings of a figure from the ensembles of its methods."""

from collections.abc import Mapping, Sequence

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.data import Data
from pdeopt.networks.ensemble_results import TrainingEnsemble, mean_and_error
from pdeopt.networks.figures.records import Claim, Figure, Published
from pdeopt.networks.figures.reproduction import Finding, Row
from pdeopt.networks.mlp import MLP
from pdeopt.networks.segments import Segment, loss_along_segment

__all__ = ["claims_of", "ends_of", "path_findings", "path_of", "path_rows", "rows_of"]

Ensembles = Mapping[str, TrainingEnsemble]
Ends = tuple[Sequence[FloatArray], Sequence[FloatArray]]
LOSS = "loss"
POINTS = "points"
END = "test_accuracy"
LOW = 0.01
"""Of the loss at zero parameters: barriers below it are none."""


def values_of(ensemble: TrainingEnsemble, quantity: str, step: int) -> FloatArray:
    """Return a quantity of each run after some steps, accuracies in percent; of the averaged classifier at the end."""
    at = int(np.searchsorted(ensemble.history.steps, step))
    final = step == ensemble.history.steps[-1]
    values: FloatArray = getattr(ensemble, quantity) if final else getattr(ensemble.history, quantity)[:, at]
    return 100.0 * values if "accuracy" in quantity else values


def row_of(
    label: str, settings: str, values: FloatArray, quantity: str, step: int, printed: Published | None = None
) -> Row:
    """Return the row of one number."""
    known = values[np.isfinite(values)]
    deviation = float(known.std(ddof=1)) if known.size > 1 else np.nan
    mean = float(known.mean()) if known.size else np.nan
    error = deviation / np.sqrt(max(known.size, 1))
    return Row(label, settings, quantity, step, mean, error, deviation, int(known.size), printed)


def rows_of(figure: Figure, ensembles: Ensembles) -> tuple[Row, ...]:
    """Return a row for every printed number that the runs reach, and for every method without one at the end."""
    rows: list[Row] = []
    for label, ensemble in ensembles.items():
        arm = figure.arm(label)
        wanted: list[Published | None] = [p for p in arm.published if p.step in figure.steps]
        for printed in wanted or [None]:
            name, step = (printed.quantity, printed.step) if printed else (END, figure.n_steps)
            rows.append(row_of(label, str(arm.method), values_of(ensemble, name, step), name, step, printed))
    return tuple(rows)


def claims_of(figure: Figure, ensembles: Ensembles) -> tuple[Finding, ...]:
    """Return what the runs say of orderings: differences run by run, which share data and initial parameters."""
    ready = [claim for claim in figure.claims if {claim.higher, *claim.lower} <= set(ensembles)]
    accuracies = {label: values_of(found, "test_accuracy", figure.n_steps) for label, found in ensembles.items()}
    return tuple(claim_of(claim, accuracies) for claim in ready)


def claim_of(claim: Claim, accuracies: Mapping[str, FloatArray]) -> Finding:
    """Return the difference to the best of the others."""
    best = max(claim.lower, key=lambda label: float(mean_and_error(accuracies[label])[0]))
    mean, error = mean_and_error(accuracies[claim.higher] - accuracies[best])
    return Finding(claim.words, float(mean), float(error), POINTS, claim.source)


def ends_of(ensembles: Ensembles, starts: Sequence[FloatArray]) -> dict[str, Ends]:
    """Return both ends of the segments of all runs: from the starts to each method, from the first to the others."""
    ends = {label: list(ensemble.parameters) for label, ensemble in ensembles.items()}
    first, *others = ends
    from_start: dict[str, Ends] = {f"start to {k}": (starts, end) for k, end in ends.items()}
    return from_start | {f"{first} to {label}": (ends[first], ends[label]) for label in others}


def path_of(
    net: MLP, data: Sequence[Data], starts: Sequence[FloatArray], ends: Sequence[FloatArray], n_points: int
) -> tuple[Segment, ...]:
    """Return one segment for each run that did not blow up."""
    pairs = zip(data, starts, ends, strict=True)
    return tuple(loss_along_segment(net, d, a, b, n_points=n_points) for d, a, b in pairs if np.isfinite(a + b).all())


def path_rows(figure: Figure, segments: Mapping[str, Sequence[Segment]]) -> tuple[Row, ...]:
    """Return barriers, climbs and lengths of segments."""
    rows = []
    for ends, lines in segments.items():
        for name in ("barrier", "climb", "distance"):
            values = np.array([getattr(line, name) for line in lines])
            rows.append(row_of(ends, "", values, name, figure.n_steps))
    return tuple(rows)


def path_findings(ensembles: Ensembles, segments: Mapping[str, Sequence[Segment]]) -> tuple[Finding, ...]:
    """Return whether there are barriers: by how much they stay below a hundredth of the loss of a constant answer."""
    outputs = [ensemble.net.sizes[-1] for ensemble in ensembles.values()]
    found, low = [], LOW * np.log(max([2, *outputs]))
    for name, lines in segments.items():
        mean, error = mean_and_error(np.array([low - line.barrier for line in lines]))
        free = sum(line.barrier <= low for line in lines)
        words = f"no barrier from {name}: {free} of {len(lines)} runs have none above {low:.4f}"
        found.append(Finding(words, float(mean), float(error), LOSS, "caption"))
    return tuple(found)
