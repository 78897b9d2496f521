"""Evidence from exact errors along a path: linear equations with additive noise, and affine ones."""

from types import ModuleType

from pdeopt.systems import SDE
from pdeopt.verification.evidence import Evidence
from pdeopt.verification.methods import Method
from pdeopt.verification.moments import affine, affine_strong, linear, linear_strong

__all__ = ["has_exact_strong_errors", "strong_evidence"]


def has_exact_strong_errors(method: Method, system: SDE, draws: tuple[str, ...] = ("increment",)) -> bool:
    """Tell whether the root mean square error of a method along a path is known without sampling.

    Parameters
    ----------
    method : str, Scheme or callable
    system : SDE
    draws : tuple of str
        The kinds of the draws of your own step.

    Returns
    -------
    bool
        True on linear equations with additive noise, Langevin dynamics included, and on affine ones with
        multiplicative noise, for steps that are affine in the state and whose draws belong to the path. False also
        where the method does not take the system.

    Examples
    --------
    >>> from pdeopt.systems.problems import harmonic_langevin
    >>> [has_exact_strong_errors(method, harmonic_langevin().system) for method in ("baoab", "metropolised-obabo")]
    [True, False]
    """
    tier = _tier_of(system)
    try:
        if tier is not None:
            tier.check_coupled(method, system, draws)
    except (TypeError, ValueError):
        return False
    return tier is not None


def strong_evidence(method: Method, system: SDE, draws: tuple[str, ...] = ("increment",)) -> Evidence:
    """Return the root mean square errors of each component at time 1, from a standard normal start.

    Parameters
    ----------
    method, system, draws
        As for `has_exact_strong_errors`.

    Returns
    -------
    Evidence

    Raises
    ------
    ValueError
        If the errors are not known without sampling; the message says which condition fails.
    """
    tier = _tier_of(system)
    if tier is None:
        raise ValueError(f"{system!r} is not affine in x, or depends on t. Use a problem such as problems.gbm().")
    evidence: Evidence = tier.strong_evidence(method, system, draws)
    return evidence


def _tier_of(system: SDE) -> ModuleType | None:
    if linear.is_linear(system):
        return linear_strong
    return affine_strong if affine.is_affine(system) else None
