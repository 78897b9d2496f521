"""The inner loops of the softmin transform against BLAS, near the limit of the processor, and numpy.exp."""

import numpy as np

from benchmarks.measure import Row, interleaved, slower
from pdeopt.kernels._jit import fast_kernel
from pdeopt.kernels.cole_hopf import apply_tile_matrix, tile_matrix, transform_line
from pdeopt.kernels.gaussian import exponentials
from pdeopt.kernels.tiles import TILE

N_VALUES = 1_000_000
N_NODES = 1024
SIDE = 64  # small enough for BLAS to stay on one thread
N_SQUARES = 256


@fast_kernel
def products(rows: np.ndarray, matrix: np.ndarray, out: np.ndarray) -> None:
    """Multiply every row by one tile matrix."""
    for k in range(rows.shape[0]):
        apply_tile_matrix(rows[k], matrix, out[k])


def tile_products() -> list[Row]:
    n_rows = N_SQUARES * SIDE**3 // TILE**2
    squares, square = np.random.default_rng(0).random((N_SQUARES, SIDE, SIDE)), np.eye(SIDE)
    tiles, matrix = np.random.default_rng(0).random((n_rows, TILE)), tile_matrix(0.1, 0.1, 1.0)
    out, peer_out = np.empty_like(tiles), np.empty_like(squares)

    ours, peer = interleaved(
        lambda: products(tiles, matrix, out), lambda: np.matmul(squares, square, out=peer_out), busy=True
    )
    return [slower(f"{n_rows} products by a tile matrix, one thread", ours, peer, "BLAS, as many multiply-adds")]


def tile_transform() -> list[Row]:
    """Time a transform whose every output sees every node."""
    x = np.linspace(-1.0, 1.0, N_NODES)
    h, variance = x[1] - x[0], 4.0
    energy, matrix = np.cos(np.pi * x), tile_matrix(h, h, variance)
    fields, out, averages = np.empty((0, N_NODES)), np.empty(N_NODES), np.empty((0, N_NODES))
    squares, square = np.ones((N_NODES**2 // SIDE**3, SIDE, SIDE)), np.eye(SIDE)
    exponents = -np.linspace(0.0, 40.0, 2 * N_NODES * N_NODES // TILE)
    peer_out, powers = np.empty_like(squares), np.empty_like(exponents)

    def limit() -> None:
        np.matmul(squares, square, out=peer_out)
        exponentials(exponents, powers)

    ours, peer = interleaved(
        lambda: transform_line(energy, x, x, h, variance, matrix, fields, 0, out, averages), limit, rounds=21, busy=True
    )
    name = f"BLAS for {N_NODES}^2 multiply-adds and {exponents.size} exponentials"
    return [slower(f"transform of {N_NODES} nodes, every pair counts, one thread", ours, peer, name)]


def exponential_rows() -> list[Row]:
    x = np.random.default_rng(0).uniform(-50.0, 0.0, N_VALUES)
    out, peer_out = np.empty_like(x), np.empty_like(x)
    ours, peer = interleaved(lambda: exponentials(x, out), lambda: np.exp(x, out=peer_out), rounds=11, busy=True)
    return [slower(f"{N_VALUES} exponentials, one thread", ours, peer, "numpy.exp")]


def rows() -> list[Row]:
    return [*tile_products(), *tile_transform(), *exponential_rows()]
