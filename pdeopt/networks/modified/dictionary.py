"""The dictionary from kinds of noise to means, columns of noise and their words."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from pdeopt._types import Arguments
from pdeopt.networks.layers import DenseBranch, ResidualLayer
from pdeopt.networks.modified import added, dense, masks, means, spreads
from pdeopt.networks.modified.branches import Branch, called_branch
from pdeopt.networks.modified.forms import Form, form_of
from pdeopt.networks.modified.laws import added_law, law_of
from pdeopt.networks.modified.means import Mean
from pdeopt.networks.modified.roots import rooted
from pdeopt.networks.noise import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ShakeShake,
    StochasticDepth,
)
from pdeopt.systems.compilation import Function

__all__ = ["Parts", "Spread", "parts_of"]

NATURAL = 8
"""Columns of noise up to which they stay what they are, where there are more than components."""

LARGEST_MASKED = 10
"""Components up to which all masks of them are averaged over."""


class Spread(NamedTuple):
    """Columns of noise, times the root of h."""

    kind: str
    """``"along"``: a vector times one Brownian motion; ``"own"``, ``"additive"``, ``"diagonal"``: a vector with one for
    each component, of that component alone, constant, or of all; ``"matrix"``: a function that fills it."""
    function: Function
    n_noise: int


class Parts(NamedTuple):
    """What the equations of a layer are made of."""

    form: Form
    args: Arguments
    mean: Mean
    spread: Spread | None
    rank: int
    words: tuple[str, str]
    second_drift: Function | None
    second_spread: Spread | None


class Known(NamedTuple):
    """What is known of a layer before its noise is looked at."""

    layer: ResidualLayer
    form: Form
    branch: Branch
    second: Branch | None
    args: Arguments
    key: dense.Key


def parts_of(layer: ResidualLayer, spread: Any = None) -> Parts:
    """Return what the equations of a layer are made of."""
    known = _known(layer)
    if spread is not None and not isinstance(layer.noise, BatchNoise):
        raise ValueError(f"spread={spread!r} is for BatchNoise alone, and noise={layer.noise!r}. Leave it out.")
    if isinstance(layer.noise, AdditiveNoise | BatchNoise | MultiplicativeNoise):
        return _added_parts(known, spread)
    law, numbers = law_of(layer.noise, layer.step, layer.n_blocks or 1)
    mean, columns, rank, words = _of_branch(known, law)
    drift = means.second_drift(mean, known.form)
    args = (layer.step, *numbers, *known.args)
    return Parts(known.form, args, mean, columns, rank, words, drift, columns)


def _known(layer: ResidualLayer) -> Known:
    form, args = form_of(layer.dim), tuple(layer.args)
    branch, key, args = _compiled_branch(layer.branch, layer, form, args)
    if layer.second is None:
        return Known(layer, form, branch, None, args, key)
    second, _, args = _compiled_branch(layer.second, layer, form, args)
    return Known(layer, form, branch, second, args, key)


def _compiled_branch(
    branch: Any, layer: ResidualLayer, form: Form, args: Arguments
) -> tuple[Branch, dense.Key, Arguments]:
    if not isinstance(branch, DenseBranch):
        return called_branch(branch, form, len(layer.args)), ("", False, 0), args
    key = (branch.activation, branch.outer_weight is not None, len(args))
    return dense.dense_branch(key, form), key, args + dense.weights_of(branch)


def _of_branch(known: Known, law: Function) -> tuple[Mean, Spread | None, int, tuple[str, str]]:
    form, branch, noise = known.form, known.branch, known.layer.noise
    if isinstance(noise, ShakeShake):
        assert known.second is not None
        vector = spreads.shaken_vector(branch, known.second, law, form)
        words = ("(f + g) / 2", f"{noise.factor.variance:.6g} (f - g)(f - g)^T")
        return means.shaken_mean(branch, known.second, form), Spread("along", vector, 1), 1, words
    if isinstance(noise, Dropout) and noise.where == "input":
        return masks.masked_mean(branch, form), *_input_spread(known)
    mean = means.scaled_mean(branch, law, form)
    if noise is None:
        return mean, None, 0, ("f", "0")
    name = f"{type(noise).__name__} {noise.where}" if isinstance(noise, Dropout) else type(noise).__name__
    return mean, *SPREADS[name](known, law)


def _depth_spread(known: Known, law: Function) -> tuple[Spread, int, tuple[str, str]]:
    noise = known.layer.noise
    assert isinstance(noise, StochasticDepth)
    p = "p(t)" if noise.decay else "p"
    words = ("f", f"(1 - {p}) / {p} f f^T") if noise.inverted else (f"{p} f", f"{p} (1 - {p}) f f^T")
    return Spread("along", spreads.branch_vector(known.branch, law, known.form), 1), 1, words


def _branch_spread(known: Known, law: Function) -> tuple[Spread, int, tuple[str, str]]:
    vector, dim = spreads.branch_vector(known.branch, law, known.form), known.form.dim
    return Spread("diagonal", vector, dim), dim, ("f", "(1 - p) / p diag(f_i^2)")


def _connection_spread(known: Known, law: Function) -> tuple[Spread, int, tuple[str, str]]:
    vector, dim = dense.connection_vector(known.key, law, known.form), known.form.dim
    return Spread("diagonal", vector, dim), dim, ("f", "(1 - p) / p diag(sum_j W2_ij^2 s_j^2)")


def _hidden_spread(known: Known, law: Function) -> tuple[Spread, int, tuple[str, str]]:
    n_hidden, dim = len(known.layer.branch.inner_bias), known.form.dim
    spread = _matrix(dense.hidden_columns(known.key, law, known.form), n_hidden, dim)
    return spread, min(n_hidden, dim), ("f", "(1 - p) / p W2 diag(s_j^2) W2^T")


def _input_spread(known: Known) -> tuple[Spread, int, tuple[str, str]]:
    branch, form, d = known.branch, known.form, known.form.dim
    if d > LARGEST_MASKED:
        raise ValueError(
            f"layer has dim={d} and dropout of its inputs: 2^{d} masks are above the limit 2^{LARGEST_MASKED}. Use "
            "Dropout(keep, where='hidden') or where='branch', whose moments need no masks."
        )
    words = ("mean of f(x * xi) over all masks", "covariance of f(x * xi) over all masks")
    if 2**d - 1 <= NATURAL:
        return Spread("matrix", masks.interaction_columns(branch, form), 2**d - 1), d, words
    return Spread("matrix", rooted(masks.mask_columns(branch, form), 2**d), d), d, words


def _matrix(fill: Function, n_columns: int, dim: int) -> Spread:
    if n_columns <= max(dim, NATURAL):
        return Spread("matrix", fill, n_columns)
    return Spread("matrix", rooted(fill, n_columns), dim)


def _added_parts(known: Known, spread: Any) -> Parts:
    layer, form, branch = known.layer, known.form, known.branch
    law, numbers = added_law(layer.noise, layer.step, layer.n_blocks or 1, spread)
    mean, dim = means.scaled_mean(branch, law, form), form.dim
    parts = partial(Parts, form, (layer.step, *numbers, *known.args), mean)
    if isinstance(layer.noise, MultiplicativeNoise):
        first = Spread("own", added.state_vector(law, form), dim)
        return parts(first, dim, ("f", "strength^2 diag(x_i^2) / h"), None, None)
    drift = added.second_added_drift(branch, mean, law, form)
    second = Spread("matrix", added.second_added_columns(branch, law, form), dim)
    first = Spread("additive", added.added_vector(law, form), dim)
    words = "strength^2 I / h" if isinstance(layer.noise, AdditiveNoise) else "(coefficient spread / h)^2 I"
    return parts(first, dim, ("f", words), drift, second)


SPREADS: dict[str, Callable[[Known, Function], tuple[Spread, int, tuple[str, str]]]] = {
    StochasticDepth.__name__: _depth_spread,
    f"{Dropout.__name__} branch": _branch_spread,
    f"{Dropout.__name__} hidden": _hidden_spread,
    GaussianDropout.__name__: _branch_spread,
    DropConnect.__name__: _connection_spread,
}
