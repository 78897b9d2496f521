"""What a scheme makes of the harmonic potential `frequency**2 q**2 / 2`, mass 1: matrices, exact to rounding."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.landscapes import Landscape
from pdeopt.sde import linear
from pdeopt.sde.langevin import LangevinScheme, Parts, spring_energy, spring_force
from pdeopt.sde.scheme import Scheme, Stepper
from pdeopt.systems import langevin

__all__ = ["one_step", "spectral_radius", "stationary_covariance"]


def one_step(scheme: Scheme, frequency: float, friction: float, beta: float, h: float) -> tuple[FloatArray, FloatArray]:
    """Return mean and noise of one step of a scheme for Langevin dynamics.

    Parameters
    ----------
    scheme : Scheme
        One that is linear in its draws: without a Metropolis test.
    frequency, friction, beta, h : float
        Frequency of the potential, friction, inverse temperature, step.

    Returns
    -------
    mean, covariance : arrays of shape (2, 2)
        Of (q, p) after a step from a known point: the step is `x -> mean x + noise` with noise of this covariance.

    Raises
    ------
    ValueError
        If the scheme accepts or rejects.

    Examples
    --------
    >>> from pdeopt.sde import Splitting
    >>> mean, _ = one_step(Splitting("BAOAB"), frequency=1.0, friction=0.0, beta=1.0, h=0.5)
    >>> mean.tolist()
    [[0.875, 0.5], [-0.46875, 0.875]]
    """
    args = (beta, friction, 1.0, frequency**2)
    stepper = _stepper(scheme, args)
    noise = linear.noise_matrix(stepper, h, args)[:2]
    return linear.mean_matrix(stepper, h, args), noise @ noise.T


def stationary_covariance(scheme: Scheme, frequency: float, friction: float, beta: float, h: float) -> FloatArray:
    """Return the covariance of (q, p) that steps of this size leave alone.

    Parameters
    ----------
    scheme, frequency, friction, beta, h
        As for `one_step`.

    Returns
    -------
    array of shape (2, 2)
        From the discrete Lyapunov equation.

    Raises
    ------
    ValueError
        If the scheme accepts or rejects, or the step is not stable.

    Examples
    --------
    >>> from pdeopt.sde import Splitting
    >>> stationary_covariance(Splitting("OBABO"), 1.0, 1.0, 1.0, h=0.5).diagonal().round(12).tolist()
    [1.066666666667, 1.0]
    """
    args = (beta, friction, 1.0, frequency**2)
    stepper = _stepper(scheme, args)
    radius = _radius(linear.mean_matrix(stepper, h, args))
    if not radius < 1.0:
        raise ValueError(
            f"h={h} with frequency={frequency} and friction={friction} gives method={scheme.name!r} the spectral "
            f"radius {radius:.4g}: there is no stationary law. Use a smaller step, and friction above 0."
        )
    return linear.stationary_state(stepper, h, args)[:2, :2]


def spectral_radius(scheme: Scheme, frequency: float, friction: float, h: float) -> float:
    """Return by how much one step multiplies a mean (q, p), in the long run; above 1 the step is unstable.

    Parameters
    ----------
    scheme, frequency, friction, h
        As for `one_step`.

    Returns
    -------
    float

    Examples
    --------
    >>> from pdeopt.sde import Splitting
    >>> round(spectral_radius(Splitting("BAOAB"), frequency=1.0, friction=1.0, h=2.1), 6)
    1.254984
    """
    return _radius(one_step(scheme, frequency, friction, float("inf"), h)[0])


def _radius(matrix: FloatArray) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _stepper(scheme: Scheme, args: tuple[float, ...]) -> Stepper:
    if isinstance(scheme, LangevinScheme):
        return scheme.bind(Parts(spring_force, spring_energy, 1))
    beta, friction, _, stiffness = args
    return scheme.stepper(langevin(Landscape(spring_energy, spring_force, args=(stiffness,)), beta, friction))
