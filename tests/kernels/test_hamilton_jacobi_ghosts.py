"""Ghost layers against NumPy's pads."""

import numpy as np
import pytest
import reference_hamilton_jacobi as slow
from numba import njit

from pdeopt.kernels.hamilton_jacobi import ghosts as kernels

SIDES = {"periodic": kernels.PERIODIC, "reflecting": kernels.REFLECTING, "extrapolation": kernels.EXTRAPOLATED}
WALLS = [
    ("periodic", "periodic"),
    ("reflecting", "reflecting"),
    ("extrapolation", "extrapolation"),
    ("reflecting", "extrapolation"),
    ("extrapolation", "reflecting"),
]


@njit
def fill(values, axis, sides, shape, strides, ghosts):
    lines = 0, kernels.count_lines(axis, shape)
    kernels.fill_lines(values, axis, sides, lines, (True, True), shape, strides, ghosts)


def filled(box, axis, walls, ghosts):
    """Return the box with the ghosts of one axis, the others cut off."""
    padded = np.pad(box, ghosts, constant_values=np.nan)
    strides = tuple(s // padded.itemsize for s in padded.strides)
    flat = padded.ravel()
    fill(flat, axis, tuple(SIDES[wall] for wall in walls), box.shape, strides, ghosts)
    inside = [slice(ghosts, -ghosts)] * box.ndim
    inside[axis] = slice(None)
    return flat.reshape(padded.shape)[tuple(inside)]


@pytest.mark.parametrize("walls", WALLS, ids="-".join)
@pytest.mark.parametrize("shape", [(7, 4, 5), (5, 2, 3)], ids=str)
@pytest.mark.parametrize("ghosts", [1, 3])
def test_ghosts_of_every_axis_are_those_of_numpys_pads_also_where_there_are_more_than_nodes(shape, walls, ghosts):
    box = np.random.default_rng(1).normal(size=shape)
    for axis in range(3):
        expected = np.apply_along_axis(slow.with_ghosts, axis, box, walls, ghosts)
        np.testing.assert_allclose(filled(box, axis, walls, ghosts), expected, rtol=0.0, atol=1e-14 * 20)


def test_nodes_keep_their_values_and_corners_are_left_alone():
    box = np.random.default_rng(2).normal(size=(4, 3))
    padded = np.pad(box, 2, constant_values=np.nan)
    flat = padded.ravel()
    for axis in (0, 1):
        fill(flat, axis, (kernels.REFLECTING, kernels.REFLECTING), box.shape, (7, 1), 2)
    after = flat.reshape(padded.shape)
    np.testing.assert_array_equal(after[2:-2, 2:-2], box)
    assert np.isnan(after[:2, :2]).all()
    assert np.isfinite(after[2:-2]).all()


@njit
def fill_band(values, rows, sides, shape, strides, ghosts):
    kernels.fill_band(values, rows, sides, shape, strides, ghosts)


@pytest.mark.parametrize("shape", [(9,), (6, 5), (5, 4, 3), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("ghosts", [1, 3])
def test_a_band_of_rows_has_the_neighbours_that_the_whole_field_has(shape, ghosts):
    dim, n_rows = len(shape), int(np.prod(shape[:-1]))
    padded = np.pad(np.random.default_rng(3).normal(size=shape), ghosts, constant_values=np.nan)
    strides = tuple(s // padded.itemsize for s in padded.strides)
    sides = tuple((SIDES[low], SIDES[high]) for low, high in (WALLS[0], WALLS[3], WALLS[4])[-dim:])
    whole = padded.ravel().copy()
    for axis in range(dim):
        fill(whole, axis, sides[axis], shape, strides, ghosts)
    for rows in [(0, n_rows), *((r, r + 1) for r in range(n_rows)), (n_rows // 3, 2 * n_rows // 3 + 1)]:
        band = padded.ravel().copy()
        fill_band(band, rows, sides, shape, strides, ghosts)
        read = neighbours(rows, shape, strides, ghosts)
        assert np.isfinite(whole[read]).all()
        np.testing.assert_array_equal(band[read], whole[read])


def neighbours(rows, shape, strides, ghosts):
    """Return the flat indices that differences along axes at the nodes of some rows read."""
    nodes = np.indices(shape).reshape(len(shape), -1)[:, rows[0] * shape[-1] : rows[1] * shape[-1]] + ghosts
    steps = np.arange(-ghosts, ghosts + 1)
    return np.concatenate([(np.dot(strides, nodes)[:, None] + steps * stride).ravel() for stride in strides])
