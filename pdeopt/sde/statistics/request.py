"""What to collect of an ensemble."""

from dataclasses import dataclass

from pdeopt.sde.statistics.accumulator import Accumulator
from pdeopt.sde.statistics.sums import Covariances, Moments, Part

__all__ = ["Statistics"]


@dataclass(frozen=True)
class Statistics:
    """What to collect of an ensemble while it runs.

    Parameters
    ----------
    moments : int
        Highest order of the moments, 1 to 8.
    covariance : bool
        Whether to collect the covariance matrix of the values.
    """

    moments: int = 4
    covariance: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.moments, bool) or self.moments not in range(1, 9):
            raise ValueError(f"moments={self.moments!r} is not a whole number from 1 to 8. Use moments=4.")
        object.__setattr__(self, "moments", int(self.moments))

    def accumulator(self, n_times: int, n_values: int) -> Accumulator:
        """Return empty sums for `n_values` values at `n_times` times.

        Raises
        ------
        ValueError
            If a number is not positive.
        """
        for name, number in (("n_times", n_times), ("n_values", n_values)):
            if number < 1:
                raise ValueError(f"{name}={number} is less than one. Use {name}=1.")
        parts: dict[str, Part] = {"moments": Moments(n_times, n_values, self.moments)}
        if self.covariance:
            parts["covariances"] = Covariances(n_times, n_values)
        return Accumulator(n_times, n_values, parts)
