"""The two-scale systems of relaxation: Entropy-SGD in two forms, heat smoothing, and elastic replicas."""

from pdeopt.landscapes import Landscape
from pdeopt.systems.two_scales import Elastic, EntropySGD, EntropySGD2, Heat

__all__ = ["elastic", "entropy_sgd", "entropy_sgd_2", "heat"]


def entropy_sgd(
    f: Landscape, time: float = 0.5, beta: float = 1.0, epsilon: float = 0.1, *, noise: str = "corrected"
) -> EntropySGD:
    """Return Entropy-SGD: dx = -(x - y)/t ds, dy = -(1/epsilon) (grad f(y) + (y - x)/t) ds + sqrt(2/(epsilon beta)) dW.

    Parameters
    ----------
    f : Landscape
        The potential of d coordinates, any number; a missing gradient is numerical.
    time : float
        PDE time t, length^2 per loss, positive: how far y may go from x.
    beta : float
        Inverse temperature, positive; ``inf`` for no noise.
    epsilon : float
        Ratio of the fast time scale to the slow one, positive.
    noise : {"corrected", "printed"}
        ``"printed"`` is the noise of the paper, 1/sqrt(epsilon beta), whose fast law is that of twice the `beta`.

    Returns
    -------
    EntropySGD
        An `SDE` of dimension 2 d, state (x, y), ``args = (0.0, sigma, epsilon, time, *f.args)``.

    Raises
    ------
    TypeError, ValueError
        If `f` is not a landscape, or a number is out of range.

    Notes
    -----
    As epsilon goes to 0, x follows dX = -grad f_t(X) ds, f_t the local entropy: with y at rest under
    ``exp(-beta (f(y) + |x - y|^2 / (2 t)))`` the mean of (x - y)/t is its gradient.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation: partial differential equations for
    optimizing deep neural networks, Research in the Mathematical Sciences 5 (2018), theorem 5.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.double_well(), time=0.5, epsilon=0.01)
    >>> system.dim, system.start(0.3).tolist()
    (2, [0.3, 0.3])
    """
    return EntropySGD(f, time, beta, epsilon, noise)


def entropy_sgd_2(
    f: Landscape, time: float = 0.5, beta: float = 1.0, epsilon: float = 0.1, *, noise: str = "corrected"
) -> EntropySGD2:
    """Return the gradient form: dx = -grad f(x - z) ds, dz = -(1/epsilon) (z/t - grad f(x - z)) ds + noise.

    Parameters
    ----------
    f, time, beta, epsilon
        As for `entropy_sgd`.
    noise : {"corrected", "printed"}
        sqrt(2/(epsilon beta)) dW, or that of the paper, 1/sqrt(epsilon), which does not depend on `beta`.

    Returns
    -------
    EntropySGD2
        An `SDE` of dimension 2 d, state (x, z), z = x - y.

    Raises
    ------
    TypeError, ValueError
        As `entropy_sgd`.

    Notes
    -----
    The same limit as `entropy_sgd`: by parts the mean of grad f(x - z) is that of z/t.
    """
    return EntropySGD2(f, time, beta, epsilon, noise)


def heat(f: Landscape, time: float = 0.5, beta: float = 1.0, epsilon: float = 0.1, *, noise: str = "corrected") -> Heat:
    """Return heat smoothing: dx = -grad f(x - z) ds, dz = -z/(epsilon t) ds + sqrt(2/(epsilon beta)) dW.

    Parameters
    ----------
    f, time, beta, epsilon
        As for `entropy_sgd`.
    noise : {"corrected", "printed"}
        ``"printed"`` is 1/sqrt(epsilon beta), under which z has half the variance, t/(2 beta).

    Returns
    -------
    Heat
        An `SDE` of dimension 2 d, state (x, z).

    Raises
    ------
    TypeError, ValueError
        As `entropy_sgd`.

    Notes
    -----
    In the limit dX = -grad (G * f)(X) ds, G the Gaussian of variance t/beta per coordinate.
    """
    return Heat(f, time, beta, epsilon, noise)


def elastic(
    f: Landscape,
    time: float = 0.5,
    beta: float = 1.0,
    epsilon: float = 0.1,
    n_replicas: int = 4,
    coupling: str = "centre",
    *,
    noise: str = "corrected",
    centre_noise: bool = False,
) -> Elastic:
    """Return n replicas y_k tied by springs to a centre c, which is x or their mean.

    dx = -(x - mean y)/t ds, dy_k = -(1/epsilon) (grad f(y_k) + (y_k - c)/t) ds + sqrt(2/(epsilon beta)) dW_k.

    Parameters
    ----------
    f, time, beta, epsilon
        As for `entropy_sgd`.
    n_replicas : int
        Number n of replicas, at least 1.
    coupling : {"centre", "mean"}
        Whether the springs hold the replicas at x, or at their mean, which then does not see x.
    noise : {"corrected", "printed"}
        sqrt(2/(epsilon beta)) or 1/sqrt(epsilon beta), independent for every replica.
    centre_noise : bool
        True adds the noise sqrt(2/(n beta)) dV to x, with ``coupling="centre"``.

    Returns
    -------
    Elastic
        An `SDE` of dimension (n + 1) d, state (x, y_1, ..., y_n).

    Raises
    ------
    TypeError, ValueError
        As `entropy_sgd`, and if `coupling` is not known.

    Notes
    -----
    Tied to x, the limit is that of `entropy_sgd` with 1/n of its noise. With `centre_noise` the law of (x, y) is
    ``exp(-beta sum_k (f(y_k) + |x - y_k|^2 / (2 t)))`` for every epsilon, so that x samples ``exp(-n beta f_t)``. Tied
    to their mean, the replicas have the same law as under that one, without x: their mean plus an independent normal
    of variance t/(n beta) samples ``exp(-n beta f_t)`` too, and for many replicas it settles where grad f_t = 0.

    References
    ----------
    S. Zhang, A. Choromanska, Y. LeCun, Deep learning with elastic averaging SGD, NeurIPS 2015.
    C. Baldassi et al., Unreasonable effectiveness of learning neural networks, PNAS 113 (2016).
    """
    return Elastic(f, time, beta, epsilon, noise, n_replicas, coupling, centre_noise)
