"""The record of what a multilevel estimator would find."""

from dataclasses import dataclass

from pdeopt._types import FloatArray

__all__ = ["LevelCheck"]


@dataclass(frozen=True, eq=False, repr=False)
class LevelCheck:
    """What a multilevel estimator would find on some levels of steps.

    Parameters
    ----------
    name : str
    steps : array, shape (n,)
        The largest first; the difference of a level is that of this step and half of it.
    means, standard_errors, variances, kurtosis : arrays, shape (n,)
        Of the differences.
    consistency : array, shape (n - 1,)
        How far two independent estimates of the same mean lie apart, the finer one of a level and the coarser one of
        the next, over three times the sum of their standard deviations: above 1 the paths of a level are not those of
        the next.
    alpha, beta, gamma : (float, float)
        Rates of mean, variance and cost, each with its standard deviation.
    n_paths : int
        Of each level.
    evidence : str
    """

    name: str
    steps: FloatArray
    means: FloatArray
    standard_errors: FloatArray
    variances: FloatArray
    kurtosis: FloatArray
    consistency: FloatArray
    alpha: tuple[float, float]
    beta: tuple[float, float]
    gamma: tuple[float, float]
    n_paths: int
    evidence: str

    @property
    def relative_error(self) -> float:
        """Standard deviation of the mean over the mean, at the finest step: orders say nothing where it is large."""
        return float(self.standard_errors[-1] / abs(self.means[-1])) if self.means[-1] else float("inf")

    def __str__(self) -> str:
        rates = zip(("alpha", "beta", "gamma"), (self.alpha, self.beta, self.gamma), strict=True)
        summary = f"{self.name}: " + ", ".join(f"{word} {rate:.3f} +- {sd:.3f}" for word, (rate, sd) in rates)
        head = f"{'step':>12} {'mean':>12} {'+-':>9} {'variance':>10} {'kurtosis':>9} {'consistency':>12}"
        checked = ["", *(f"{value:.3f}" for value in self.consistency)]
        rows = zip(self.steps, self.means, self.standard_errors, self.variances, self.kurtosis, checked, strict=True)
        lines = [f"{h:12.6g} {m:12.4e} {s:9.1e} {v:10.3e} {k:9.1f} {c:>12}".rstrip() for h, m, s, v, k, c in rows]
        return "\n".join([summary, head, *lines, self.evidence])

    def __repr__(self) -> str:
        return f"<LevelCheck {str(self).splitlines()[0]}>"
