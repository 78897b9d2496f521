"""The merge tree of a field against gudhi's cubical complexes; the pairs are the same to the last bit."""

from collections.abc import Callable

import gudhi
import numpy as np
from gudhi.sklearn.cubical_persistence import CubicalPersistence
from scipy.ndimage import gaussian_filter

from benchmarks.measure import Row, interleaved, slower
from pdeopt import Grid
from pdeopt.geometry import merge_tree

N_SIDE = 1024
N_CUBE = 64
WIDTH = 8.0
ROUNDS = 3
LIMIT = 1 / 3
KINDS = {"all": "top_dimensional_cells", "axes": "vertices"}
"""Which nodes touch, here, and where the values live, in gudhi."""


def fields() -> dict[str, np.ndarray]:
    """Return a rough and a smooth field of a plane, and a rough one of space."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((N_SIDE, N_SIDE))
    smooth = gaussian_filter(noise, WIDTH, mode="wrap")
    return {
        f"white noise {N_SIDE}^2": noise,
        f"noise smoothed over {WIDTH:g} nodes {N_SIDE}^2": smooth / smooth.std(),
        f"white noise {N_CUBE}^3": rng.standard_normal((N_CUBE,) * 3),
    }


def ours(values: np.ndarray, neighbours: str) -> np.ndarray:
    """Return births and deaths."""
    grid = Grid((0.0,) * values.ndim, (1.0,) * values.ndim, values.shape)
    tree = merge_tree(values, grid, neighbours=neighbours)
    return np.stack([tree.births, tree.deaths], axis=1)


def complex_pairs(values: np.ndarray, neighbours: str) -> np.ndarray:
    """Return births and deaths by the general complex."""
    cubes = gudhi.CubicalComplex(**{KINDS[neighbours]: values})
    cubes.compute_persistence()
    return cubes.persistence_intervals_in_dimension(0)


def diagram(values: np.ndarray, neighbours: str) -> np.ndarray:
    """Return births and deaths by the class that chooses among gudhi's algorithms."""
    return CubicalPersistence(homology_dimensions=0, input_type=KINDS[neighbours]).fit_transform([values])[0]


def check_equal(values: np.ndarray, neighbours: str) -> None:
    """Raise unless all pairs are those of gudhi, to the last bit."""
    found, theirs = (
        pairs[np.lexsort(pairs.T)] for pairs in (ours(values, neighbours), complex_pairs(values, neighbours))
    )
    assert np.array_equal(found, theirs)


def against(name: str, values: np.ndarray, neighbours: str) -> list[Row]:
    """Time the merge tree and the peers in turns."""
    check_equal(values, neighbours)
    peers: dict[str, Callable[..., np.ndarray]] = {f"gudhi CubicalComplex({KINDS[neighbours]})": complex_pairs}
    # From vertices, and in space, the class below calls the one above.
    if neighbours == "all" and values.ndim == 2:
        peers[f"gudhi CubicalPersistence({KINDS[neighbours]})"] = diagram
    tasks = [lambda task=task: task(values, neighbours) for task in (ours, *peers.values())]
    mine, *theirs = interleaved(*tasks, rounds=ROUNDS)
    what = f"merge tree, {name}, {neighbours} neighbours"
    limits = (LIMIT if values.ndim == 2 else None, None)[: len(peers)]
    return [slower(what, mine, peer, who, limit) for peer, who, limit in zip(theirs, peers, limits, strict=True)]


def rows() -> list[Row]:
    return [
        row for name, values in fields().items() for neighbours in KINDS for row in against(name, values, neighbours)
    ]
