"""One number three ways: as printed, as corrected, and from a source that knows neither formula."""

from dataclasses import dataclass

import numpy as np

__all__ = ["AT_MOST", "EQUAL", "FAR", "STANDARD_ERRORS", "Comparison", "Reason"]

FAR = 10.0
"""Error bars that a printed value must miss by; the bar of a sample is four standard errors."""

STANDARD_ERRORS = 4.0
"""In the bar of a sample: one right formula in 16000 is outside."""

EQUAL, AT_MOST = "=", "<="


@dataclass(frozen=True)
class Comparison:
    """A number by the printed formula, by the corrected one, and by neither.

    Parameters
    ----------
    quantity : str
        What the number is, with the parameters.
    printed : float
        From the printed formula.
    corrected : float
        From the corrected one.
    oracle : float
        From a source that uses neither formula.
    error : float
        What `oracle` and the formulas may be off by together: a bound, an estimate, or four standard errors.
    source : str
        Where `oracle` comes from.
    relation : {"=", "<="}
        What a right formula has to the oracle: it is equal, or at most as large.

    Examples
    --------
    >>> Comparison("pi", 22 / 7, 355 / 113, 3.14159265, 1e-6, "a circle").verdict
    'confirmed'
    """

    quantity: str
    printed: float
    corrected: float
    oracle: float
    error: float
    source: str
    relation: str = EQUAL

    def __post_init__(self) -> None:
        if not 0.0 < self.error < np.inf:
            raise ValueError(f"error={self.error!r} of {self.quantity!r} must be positive and finite, e.g. 1e-12.")
        if self.relation not in (EQUAL, AT_MOST):
            raise ValueError(f"relation={self.relation!r} is not known. Use {EQUAL!r} or {AT_MOST!r}.")

    def misses_by(self, value: float) -> float:
        """Return how many error bars a value is off by; ``inf`` for one that is not a number."""
        gap = value - self.oracle
        gap = max(gap, 0.0) if self.relation == AT_MOST else abs(gap)
        return float(gap / self.error) if np.isfinite(gap) else float("inf")

    @property
    def separation(self) -> float:
        """Error bars between the printed value and the oracle."""
        return self.misses_by(self.printed)

    @property
    def verdict(self) -> str:
        """``"confirmed"``: the corrected value agrees and the printed one is far off; else what is wrong."""
        if not self.misses_by(self.corrected) <= 1.0:
            return "correction fails"
        return "confirmed" if self.separation > FAR else "not refuted"


@dataclass(frozen=True)
class Reason:
    """Why a statement cannot stand as printed, where no number decides.

    Parameters
    ----------
    claim : str
        What was looked at.
    holds : bool
        Whether it was found so.
    why : str
        What follows.
    """

    claim: str
    holds: bool
    why: str

    @property
    def verdict(self) -> str:
        """``"confirmed"`` or ``"does not hold"``."""
        return "confirmed" if self.holds else "does not hold"
