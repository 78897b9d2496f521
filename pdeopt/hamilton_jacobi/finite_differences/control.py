"""Control of steps by an embedded error estimate."""

from dataclasses import dataclass, replace

__all__ = ["Control"]

LEAST, MOST, BELOW = 0.2, 3.0, 0.9
"""Factors between steps, and the part of the predicted step that is taken."""


@dataclass(frozen=True)
class Control:
    """A proportional-integral controller of the error per unit of time.

    Parameters
    ----------
    tolerance : float
        Error of a step, divided by the step, in values per unit of time. As solutions contract in the largest norm,
        steps over a time T add no more than ``T tolerance`` to the error, as far as the estimate holds.
    order : int
        Of the embedded solution.
    step : float
        Proposed next; infinite at the start, where the bound of the scheme decides.
    last : float
        The error of the last accepted step per `tolerance`.

    References
    ----------
    K. Gustafsson, M. Lundh and G. Söderlind, *A PI stepsize control for the numerical solution of ordinary
    differential equations*, BIT 28 (1988) 270-287.
    """

    tolerance: float
    order: int
    step: float = float("inf")
    last: float = 1.0

    def __post_init__(self) -> None:
        if not self.tolerance > 0.0:
            raise ValueError(f"tolerance={self.tolerance:g} must be positive, such as tolerance=1e-4.")

    def after(self, dt: float, error: float, planned: float) -> tuple["Control", bool]:
        """Return the next state, and whether the step is accepted.

        Parameters
        ----------
        dt : float
            The step taken.
        error : float
            Largest difference to the embedded solution.
        planned : float
            The step that would have been taken had no output time been near.
        """
        ratio = max(error / (self.tolerance * dt), 1e-10)
        if not ratio <= 1.0:
            # Not a number is a failure too.
            factor = max(BELOW * ratio ** (-1.0 / self.order), LEAST) if ratio < float("inf") else LEAST
            return replace(self, step=factor * dt), False
        factor = BELOW * ratio ** (-0.7 / self.order) * self.last ** (0.4 / self.order)
        proposed = dt * min(max(factor, LEAST), MOST)
        return replace(self, step=max(proposed, planned) if dt < planned else proposed, last=ratio), True
