"""Names of the tensors of a model, by layer: what methods find their layers by."""

from collections.abc import Sequence

__all__ = ["by_module", "by_order", "in_one_layer"]


def by_module(names: Sequence[str], first: int = 1) -> list[str]:
    """Return a name for each tensor, every module being a layer.

    Parameters
    ----------
    names : sequence of str
        Names with the module in front, such as ``"encoder.2.weight"``.
    first : int
        Number of the first layer.

    Raises
    ------
    ValueError
        If two tensors have the same name.

    Examples
    --------
    >>> by_module(["0.weight", "0.bias", "2.weight"])
    ['layer1.weight', 'layer1.bias', 'layer2.weight']
    """
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"two parameters have the name {twice[0]!r}. Use model.named_parameters().")
    modules = list(dict.fromkeys(name.rpartition(".")[0] for name in names))
    split = [name.rpartition(".") for name in names]
    return [f"layer{first + modules.index(module)}.{leaf}" for module, _, leaf in split]


def by_order(n_axes: Sequence[int], first: int = 1) -> list[str]:
    """Return a name for each tensor, every one of two axes or more beginning a layer.

    Parameters
    ----------
    n_axes : sequence of int
        Number of axes of each tensor.
    first : int
        Number of the first layer.

    Examples
    --------
    >>> by_order([2, 1, 4, 1, 1])
    ['layer1.weight', 'layer1.bias', 'layer2.weight', 'layer2.bias', 'layer2.tensor3']
    """
    out: list[str] = []
    layer, place = first - 1, 0
    for axes in n_axes:
        layer, place = (layer + 1, 1) if axes > 1 or not out else (layer, place + 1)
        out.append(f"layer{layer}.{ {1: 'weight', 2: 'bias'}.get(place, f'tensor{place}') }")
    return out


def in_one_layer(names: Sequence[str], layer: int) -> list[str]:
    """Return names of tensors of several layers as those of one.

    Parameters
    ----------
    names : sequence of str
        From `by_module` or `by_order`.
    layer : int
        Number of the layer.

    Examples
    --------
    >>> in_one_layer(["layer1.weight", "layer2.weight"], 3)
    ['layer3.1.weight', 'layer3.2.weight']
    """
    inner = [name.partition(".") for name in names]
    single = len({front for front, _, _ in inner}) == 1
    return [f"layer{layer}.{leaf if single else front.removeprefix('layer') + '.' + leaf}" for front, _, leaf in inner]
