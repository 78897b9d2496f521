"""`local_entropy`: the relaxed landscape at points of any dimension."""

import numpy as np

from pdeopt._types import ArrayLike
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem, checked_problem
from pdeopt.entropy.record import LocalEntropy
from pdeopt.entropy.routes import estimate
from pdeopt.landscapes import Landscape

__all__ = ["local_entropy"]


def local_entropy(
    f: Landscape,
    x: ArrayLike,
    time: float = 0.5,
    beta: float = 1.0,
    rng: np.random.Generator | int | None = None,
    *,
    method: str | None = None,
    n_samples: int | None = None,
    tolerance: float | None = None,
    sampler: str | None = None,
) -> LocalEntropy:
    """Relax a landscape at points: value, gradient and Hessian of the local entropy, with errors.

    Parameters
    ----------
    f : Landscape
        The loss, of any dimension.
    x : array_like, shape (..., d)
        Points; in one dimension also numbers and arrays of numbers.
    time : float
        PDE time, length^2 per loss, not negative; 0 gives the landscape itself.
    beta : float
        Inverse temperature, positive; ``inf`` for the Hopf-Lax limit.
    rng : numpy.random.Generator or int, optional
        Draws of the sampling method, or its seed; by default seed 0.
    method : {None, "closed form", "separable", "radial", "ridge", "quadrature", "sampling"}
        By default the first of these that applies.
    n_samples : int, optional
        Draws per point of the sampling method.
    tolerance : float, optional
        Error of the value asked of quadrature and sampling, in units of loss.
    sampler : {None, "importance", "mala", "metropolised-obabo", "annealed"}
        How the sampling method draws: weighted draws of a mixture about the peaks, Markov chains that correct the bias
        of their steps, or walkers that go from the mixture to the law by levels. By default the first, and the last
        where it is too uneven.

    Returns
    -------
    LocalEntropy
        With ``value``, ``gradient``, ``hessian``, ``error``; prints itself.

    Raises
    ------
    ValueError
        If an argument is out of range, or a method does not apply; the message offers one that does.
    TypeError
        If `f` is not a Landscape.

    Notes
    -----
    The value solves ``u_t = -(grad u . grad u) / 2 + lap u / (2 beta)``, u = f at time zero. With the local Gibbs law
    ``rho(y) ~ exp(-beta (f(y) + |x - y|^2 / (2 t)))`` the gradient is (x - E y) / t and the Hessian
    (I - (beta / t) Cov y) / t.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation: partial differential equations for
    optimizing deep neural networks, Research in the Mathematical Sciences 5 (2018), equations (8) to (13).

    Examples
    --------
    >>> import pdeopt
    >>> e = pdeopt.local_entropy(pdeopt.landscapes.quadratic([3.0, 1.0]), [1.7, 0.0], time=0.4, beta=2.0)
    >>> e.method, e.gradient.round(12)
    ('closed form', array([2.31818182, 0.        ]))
    """
    problem = checked_problem(f, x, time, beta, rng, method, n_samples, tolerance, sampler)
    return _record(problem, estimate(problem))


def _record(problem: Problem, found: Estimate) -> LocalEntropy:
    shape, dim = problem.shape, problem.landscape.dim
    return LocalEntropy(
        found.value.reshape(shape),
        found.gradient.reshape(*shape, dim),
        found.hessian,
        found.error.reshape(shape),
        found.gradient_error.reshape(*shape, dim),
        found.hessian_error.reshape(shape),
        problem.points.reshape(*shape, dim),
        problem.time,
        problem.beta,
        found.method,
        found.error_kind,
        found.evaluations,
        found.effective_sample_size.reshape(shape),
        {name: np.asarray(entry).reshape(shape) for name, entry in found.diagnostics.items()},
    )
