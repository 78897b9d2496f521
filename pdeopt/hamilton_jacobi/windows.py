"""The windows and matrices by which tiles of outputs are transformed for many lines at once."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from pdeopt._types import FloatArray, IntArray
from pdeopt.hamilton_jacobi.axes import Extension
from pdeopt.kernels.bands import transform_banded, window_reach
from pdeopt.kernels.tiles import TILE

__all__ = ["Windows", "make_windows", "uniform_step"]

FEWEST_OUTPUTS = 1 << 12
"""Outputs of all lines below which the matrices cost more than they save."""
LARGEST = 512
SAMPLES = 8
DEVIATIONS = (24.0, 20.0, 18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
TAIL = 50.0
LINES_PER_MATRIX = 16


@dataclass(frozen=True, eq=False)
class Windows:
    """Arguments of `pdeopt.kernels.bands.transform_banded`.

    Parameters
    ----------
    extension : Extension
    outputs : array, shape (m,)
    step, variance : float
        Spacing of the outputs and variance of the Gaussian.
    matrix : array, shape (TILE, TILE)
        For the tiles whose windows are too narrow.
    reach : float
        How far windows go beyond their outputs.
    inner : (first, end)
        The nodes that windows are checked for.
    starts, phases : arrays, shape (n_tiles,)
        For every tile of outputs, where its window ends among these nodes and which matrix it uses.
    matrices : array, shape (n_phases, n_window, TILE)
    """

    extension: Extension
    outputs: FloatArray
    step: float
    variance: float
    matrix: FloatArray
    reach: float
    inner: tuple[int, int]
    starts: IntArray
    phases: IntArray
    matrices: FloatArray

    def transform(self, lines: FloatArray, beta: float, start: int, stop: int, out: FloatArray) -> None:
        """Write the transforms of lines, along the last of up to three axes, at some outputs from a whole tile on."""
        tiles = slice(start // TILE, -(-stop // TILE))
        transform_banded(
            _strided(lines),
            beta,
            self.extension.index,
            self.extension.nodes,
            self.outputs[start:stop],
            self.step,
            self.variance,
            self.matrix,
            self.reach,
            self.inner,
            self.starts[tiles],
            self.phases[tiles],
            self.matrices,
            _strided(out, writeable=True),
        )


def _strided(lines: FloatArray, *, writeable: bool = False) -> FloatArray:
    """Return a view of lines, of shape (2, a, b, n)."""
    lines = lines if lines.ndim == 3 else lines[None]
    # Seen twice over: contiguous in no order, so that a kernel is compiled for one layout and not for three.
    return as_strided(lines, (2, *lines.shape), (0, *lines.strides), writeable=writeable)


def uniform_step(outputs: FloatArray) -> float | None:
    """Return the distance of equally spaced outputs, None if they are not."""
    if outputs.size == 1:
        return 0.0
    step = float((outputs[-1] - outputs[0]) / (outputs.size - 1))
    even = outputs[0] + np.arange(outputs.size) * step
    return step if step > 0 and np.allclose(outputs, even, rtol=0.0, atol=1e-9 * step) else None


def _deviations(lines: FloatArray, width: float) -> float:
    """Return how many standard deviations beyond an output something matters, infinite where too many.

    `width` is a standard deviation in spacings. Seen on some lines of energies only: whether it was enough is found
    out when it has been used.
    """
    enough = np.inf
    for number in DEVIATIONS:
        gap = min(int(number * width), lines.shape[-1] - 1)
        with np.errstate(invalid="ignore"):
            fall = np.abs(lines[..., gap:] - lines[..., : lines.shape[-1] - gap])
        if (fall[np.isfinite(fall)] > 0.5 * number**2 - TAIL).any():
            break
        enough = number
    return enough


def make_windows(
    extension: Extension,
    outputs: FloatArray,
    step: float,
    variance: float,
    matrix: FloatArray,
    lines: FloatArray,
    beta: float,
) -> Windows | None:
    """Return the windows of equally spaced nodes and outputs, None where they do not pay.

    Tiles that lie alike among the nodes share a matrix. How far windows reach depends on how steep the lines are.
    """
    nodes, n_lines = extension.nodes, lines.size // lines.shape[-1]
    if n_lines * outputs.size < FEWEST_OUTPUTS:
        return None
    spacing, deviation = float(nodes[-1] - nodes[0]) / (nodes.size - 1), float(np.sqrt(variance))
    some = lines[tuple(slice(None, None, max(size // SAMPLES, 1)) for size in lines.shape[:-1])]
    reach = deviation * _deviations(beta * some, deviation / spacing)
    if not (TILE - 1) * step + 2.0 * reach < LARGEST * spacing:
        return None
    n_window = int(((TILE - 1) * step + 2.0 * reach) / spacing) // 2 * 2 + 4
    far = window_reach(nodes.size, variance)
    inner = slice(*np.searchsorted(nodes, [outputs[0] - far, outputs[-1] + far]).tolist())
    if inner.stop - inner.start < 2:
        return None
    low, origin = outputs[::TILE], nodes[inner.start]
    # Nudged, so that the rounding of positions does not tear apart tiles that lie alike.
    first = np.floor((low - reach - origin) / spacing + 1e-6).astype(np.int64) - 1
    offsets = low - (origin + first * spacing)
    _, chosen, phases = np.unique(np.rint(offsets / spacing * 2.0**20), return_index=True, return_inverse=True)
    rounding = 8.0 * np.finfo(float).eps * max(np.abs(nodes).max(), np.abs(outputs).max())
    if chosen.size * LINES_PER_MATRIX > n_lines or np.abs(offsets - offsets[chosen][phases]).max() > rounding:
        return None
    places = offsets[chosen, None, None] + np.arange(TILE) * step - np.arange(n_window)[:, None] * spacing
    starts = first + n_window
    # A window off the nodes: one of zeros, which tells that nothing was found.
    starts[(starts < 0) | (starts > inner.stop - inner.start + n_window)] = 0
    shape = (reach, (inner.start, inner.stop), starts, phases.astype(np.int64), np.exp(-0.5 * places**2 / variance))
    return Windows(extension, outputs, step, variance, matrix, *shape)
