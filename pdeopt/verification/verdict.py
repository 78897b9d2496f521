"""The record of a decision on an order of convergence."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.verification.fits import Fit, extrapolated_order, local_slopes, sizes

__all__ = ["CERTIFIED", "INCONCLUSIVE", "REFUTED", "Verdict", "decided", "verdict_of"]

CERTIFIED, REFUTED, INCONCLUSIVE = "certified", "refuted", "inconclusive"

TOLERANCE = 0.02
"""What an order may fall short of a claim by; orders are a half apart."""


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """What errors at several step sizes say about a claimed order.

    Parameters
    ----------
    name : str
        Of the method and the quantity, such as ``"milstein, weak order"``.
    verdict : {"certified", "refuted", "inconclusive"}
        Certified: the order is at least the claimed one, refuted: it is lower, both by the whole interval and up to
        the tolerance; inconclusive otherwise.
    order : float
        The measured order; ``inf`` for an error of rounding alone, NaN where too few errors exceed that.
    interval : (float, float)
        Around `order`, by its error bar; for samples that of 95 %.
    claimed : float
        The order in question; where none was given, the nearest multiple of a half.
    steps, errors : arrays, shape (n,)
        Step sizes, the largest first, and the errors, in the units of the observables: root mean squares over
        starting points and observables where there are several.
    slopes : array, shape (n - 1,)
        Local slopes, before any extrapolation.
    tier : str
        The kind of evidence.
    evidence : str
        Problem, norm and resolution, in words.
    standard_errors : array, shape (n,), optional
        Of the errors, where they are sampled.
    n_paths : int
        Paths sampled; 0 where there are none.
    needed_paths : int
        How many would settle an inconclusive sample; 0 where nothing is to be settled, or no number would do.
    tolerance : float
        What an order may fall short of a claim by; 0.05 for samples.
    p_values : tuple of float
        Of a sample: the probabilities of such errors if the order were less than the claim less the tolerance, and
        if it were more than the claim and the tolerance.
    """

    name: str
    verdict: str
    order: float
    interval: tuple[float, float]
    claimed: float
    steps: FloatArray
    errors: FloatArray
    slopes: FloatArray
    tier: str
    evidence: str
    standard_errors: FloatArray | None = None
    n_paths: int = 0
    needed_paths: int = 0
    tolerance: float = TOLERANCE
    p_values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict not in (CERTIFIED, REFUTED, INCONCLUSIVE):
            raise ValueError(
                f"verdict={self.verdict!r} is not known. Use {CERTIFIED!r}, {REFUTED!r} or {INCONCLUSIVE!r}."
            )

    @property
    def is_sharp(self) -> bool:
        """Whether the measured order is the claimed one within the tolerance, and not a higher one."""
        return self.order == self.claimed or bool(abs(self.order - self.claimed) <= self.tolerance)

    def __str__(self) -> str:
        columns = [[f"{h:12.6g}" for h in self.steps], [f"{error:12.4e}" for error in self.errors]]
        head = f"{'step':>12} {'error':>12}"
        if self.standard_errors is not None:
            columns.append([f"{deviation:9.1e}" for deviation in self.standard_errors])
            head += f" {'+-':>9}"
        columns.append([f"{slope:>8}" for slope in ("", *(f"{slope:.4f}" for slope in self.slopes))])
        lines = [" ".join(row).rstrip() for row in zip(*columns, strict=True)]
        return "\n".join([self.summary, f"{head} {'slope':>8}", *lines, *self._advice, f"{self.tier}: {self.evidence}"])

    @property
    def _advice(self) -> list[str]:
        if self.verdict != INCONCLUSIVE or not self.n_paths:
            return []
        paths = f"{self.needed_paths} paths would settle it"
        return [paths if self.needed_paths else "no number of paths would settle it at these steps: use finer ones"]

    @property
    def summary(self) -> str:
        """The decision in one line."""
        if not np.isfinite(self.order):
            return f"{self.name}: {self.verdict}; claimed {self.claimed:g}, {_limits(self.order)}"
        bar = max(self.interval[1] - self.order, 5e-5)
        found = f"order {round(self.order, 4) + 0.0:.4f} +- {bar:.4f}"
        return f"{self.name}: {self.verdict}; claimed {self.claimed:g}, {found}"

    def __repr__(self) -> str:
        return f"<Verdict {self.summary}>"


def _limits(order: float) -> str:
    return "no error beyond rounding" if order == float("inf") else "no order: too few errors beyond rounding"


def decided(fit: Fit, claimed: float, tolerance: float = TOLERANCE) -> str:
    """Return the verdict on a claim by two one-sided comparisons with the interval of a fit.

    Parameters
    ----------
    fit : Fit
    claimed : float
        ``inf`` claims that there is no error.
    tolerance : float
        What the order may fall short by.

    Returns
    -------
    {"certified", "refuted", "inconclusive"}

    Examples
    --------
    >>> decided(Fit(1.501, 0.004), 2.0), decided(Fit(1.501, 0.004), 1.5), decided(Fit(1.8, 0.4), 2.0)
    ('refuted', 'certified', 'inconclusive')
    """
    if fit.order - fit.bar >= claimed - tolerance:
        return CERTIFIED
    return REFUTED if fit.order + fit.bar < claimed - tolerance else INCONCLUSIVE


def verdict_of(
    name: str,
    steps: ArrayLike,
    errors: ArrayLike,
    *,
    claimed: float | None,
    tier: str,
    evidence: str,
    rounding: ArrayLike = 0.0,
) -> Verdict:
    """Return the verdict on errors that are known to rounding.

    Parameters
    ----------
    name : str
    steps, errors
        As for `extrapolated_order`.
    claimed, tier, evidence
        As for `Verdict`; `claimed` of None takes the nearest multiple of a half, and asks for an order within 0.02.
    rounding
        As for `extrapolated_order`.

    Returns
    -------
    Verdict
    """
    h, signed = np.asarray(steps, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    fit = extrapolated_order(h, signed, rounding)
    e = sizes(signed.reshape(h.size, -1))
    claim = _nearest(fit.order) if claimed is None else float(claimed)
    decision = decided(fit, claim)
    if claimed is None and not (fit.order == claim or abs(fit.order - claim) + fit.bar <= TOLERANCE):
        decision = INCONCLUSIVE
    interval = (fit.order - fit.bar, fit.order + fit.bar)
    return Verdict(name, decision, fit.order, interval, claim, h, e, local_slopes(h, e), tier, evidence)


def _nearest(order: float) -> float:
    return float(np.round(2.0 * order) / 2.0)
