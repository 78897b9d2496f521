"""What makes a residual layer stochastic: dropout and its relatives, as records."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Self

from pdeopt.networks.checks import checked_name, checked_number
from pdeopt.networks.factors import Factor, bernoulli, gaussian, uniform

__all__ = [
    "AdditiveNoise",
    "BatchNoise",
    "DropConnect",
    "Dropout",
    "GaussianDropout",
    "MultiplicativeNoise",
    "Noise",
    "ShakeShake",
    "StochasticDepth",
]


class Noise(ABC):
    """What a residual layer ``x + h f(x)`` becomes at random: the base of the records in this module."""

    def at(self, block: int, n_blocks: int) -> Self:  # noqa: ARG002 - those that change with depth use them
        """Return the noise of one block of a network, the first being ``block=0``; most are the same in all."""
        return self

    @property
    @abstractmethod
    def factor(self) -> Factor:
        """The law of one random factor; of noise that is added, that of a standard normal number."""


def _check_keep(keep: Any) -> None:
    real = isinstance(keep, Real) and not isinstance(keep, bool)
    if not (real and 0.0 < keep <= 1.0):
        raise ValueError(f"keep={keep!r} must be a probability above 0 and at most 1, e.g. keep=0.5.")


@dataclass(frozen=True)
class StochasticDepth(Noise):
    """A whole branch is kept or left out: ``x + h eta f``, one Bernoulli number eta per layer.

    Parameters
    ----------
    keep : float
        Probability p that the branch is kept; with ``decay="linear"`` that of the last block.
    inverted : bool
        Whether a kept branch is divided by p ("drop path"), so that the mean is ``f`` and not ``p f``.
    decay : {"linear"}, optional
        Block l = 1, ..., L is kept with probability ``1 - (l / L)(1 - keep)``.
    shared : bool
        Whether all points of a minibatch share eta, as in the paper; by default each has its own.

    Notes
    -----
    G. Huang, Y. Sun, Z. Liu, D. Sedra, K. Weinberger, Deep networks with stochastic depth, ECCV 2016.

    Examples
    --------
    >>> StochasticDepth(keep=0.5, decay="linear").at(4, 10)
    StochasticDepth(keep=0.75, inverted=False, decay=None, shared=False)
    """

    keep: float = 0.5
    inverted: bool = False
    decay: str | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        _check_keep(self.keep)
        if self.decay is not None:
            checked_name(self.decay, "decay", ("linear",))

    def at(self, block: int, n_blocks: int) -> Self:
        """Return the noise of one block, with its own probability and no decay."""
        if self.decay is None:
            return self
        return replace(self, keep=1.0 - (block + 1) / n_blocks * (1.0 - self.keep), decay=None)

    @property
    def factor(self) -> Factor:
        """The law of eta, or of eta / p."""
        return bernoulli(self.keep, 1.0 / self.keep if self.inverted else 1.0)


@dataclass(frozen=True)
class Dropout(Noise):
    """Units are kept or left out, each by itself: factors 0 or 1 / p.

    Parameters
    ----------
    keep : float
        Probability p that a unit is kept.
    where : {"branch", "hidden", "input"}
        ``"branch"``: the components of f, ``x + h f * xi``. ``"hidden"``: the hidden units after their activation.
        ``"input"``: the components of x where they enter the branch, before its activation, which biases the mean.

    Notes
    -----
    N. Srivastava et al., J. Mach. Learn. Res. 15 (2014) 1929-1958.
    """

    keep: float = 0.5
    where: str = "branch"

    def __post_init__(self) -> None:
        _check_keep(self.keep)
        checked_name(self.where, "where", ("branch", "hidden", "input"))

    @property
    def factor(self) -> Factor:
        """The law of xi."""
        return bernoulli(self.keep, 1.0 / self.keep)


@dataclass(frozen=True)
class DropConnect(Noise):
    """Weights from the hidden units to the branch are kept or left out, each by itself: factors 0 or 1 / p.

    Parameters
    ----------
    keep : float
        Probability p that a weight is kept. Each point has its own.

    Notes
    -----
    L. Wan, M. Zeiler, S. Zhang, Y. LeCun, R. Fergus, ICML 2013.
    """

    keep: float = 0.5

    def __post_init__(self) -> None:
        _check_keep(self.keep)

    @property
    def factor(self) -> Factor:
        """The law of one factor."""
        return bernoulli(self.keep, 1.0 / self.keep)


@dataclass(frozen=True)
class GaussianDropout(Noise):
    """Components of the branch times normal factors of mean 1 and the variance ``(1 - p) / p`` of dropout.

    Parameters
    ----------
    keep : float
        p, the probability of the dropout of this variance.

    Notes
    -----
    N. Srivastava et al., J. Mach. Learn. Res. 15 (2014), section 10.
    """

    keep: float = 0.5

    def __post_init__(self) -> None:
        _check_keep(self.keep)

    @property
    def factor(self) -> Factor:
        """The law of one factor."""
        return gaussian(1.0, (1.0 - self.keep) / self.keep)


@dataclass(frozen=True)
class ShakeShake(Noise):
    """Two branches with random weights: ``x + h (eta f + (1 - eta) g)``, one eta per layer and point.

    Parameters
    ----------
    law : {"uniform", "bernoulli"}
        Of eta: on the interval from 0 to 1, or 0 or 1 with equal probability.
    backward : {"same", "independent"}
        Whether gradients go back through both branches with the eta of the way forward, or with another one, drawn
        by itself, as in the paper: that is no gradient of a loss.

    Notes
    -----
    X. Gastaldi, Shake-shake regularization, arXiv 1705.07485.
    """

    law: str = "uniform"
    backward: str = "same"

    def __post_init__(self) -> None:
        checked_name(self.law, "law", ("uniform", "bernoulli"))
        checked_name(self.backward, "backward", ("same", "independent"))

    @property
    def factor(self) -> Factor:
        """The law of eta."""
        return uniform() if self.law == "uniform" else bernoulli(0.5, 1.0)


@dataclass(frozen=True)
class AdditiveNoise(Noise):
    """Normal numbers are added: ``x + h f + strength sqrt(h) zeta``, a step of Euler and Maruyama.

    Parameters
    ----------
    strength : float
        Noise of a standard deviation s in every layer, whatever h, has ``strength = s / sqrt(h)``.
    """

    strength: float = 0.1

    def __post_init__(self) -> None:
        checked_number(self.strength, "strength", 0.1, zero=True)

    @property
    def factor(self) -> Factor:
        """The law of zeta."""
        return gaussian(0.0, 1.0)


@dataclass(frozen=True)
class MultiplicativeNoise(Noise):
    """Normal factors act on the state: ``x + h f + strength sqrt(h) x * zeta``.

    Parameters
    ----------
    strength : float
    """

    strength: float = 0.1

    def __post_init__(self) -> None:
        checked_number(self.strength, "strength", 0.1, zero=True)

    @property
    def factor(self) -> Factor:
        """The law of zeta."""
        return gaussian(0.0, 1.0)


@dataclass(frozen=True)
class BatchNoise(Noise):
    """Normal numbers as large as the spread of the batch are added: ``y + coefficient std(y) zeta``, ``y = x + h f``.

    The standard deviation is that of all components of all points of the minibatch together, about their one mean.

    Parameters
    ----------
    coefficient : float

    Notes
    -----
    B. Wang, B. Yuan, Z. Shi, S. Osher, EnResNet: ResNet ensemble via the Feynman-Kac formalism, arXiv 1811.10745. As in
    the authors' code the sum of squares is divided by one less than their number, gradients go through the deviation
    too, and outputs, logits, are averaged over members; there the noise stays at test time.
    """

    coefficient: float = 0.1

    def __post_init__(self) -> None:
        checked_number(self.coefficient, "coefficient", 0.1, zero=True)

    @property
    def factor(self) -> Factor:
        """The law of zeta."""
        return gaussian(0.0, 1.0)
