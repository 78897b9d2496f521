"""The Hopf-Lax formula against one NumPy pass, distance transforms and grey erosion."""

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from benchmarks.measure import Row, faster, interleaved, slower
from pdeopt.hamilton_jacobi.axes import Axis
from pdeopt.hamilton_jacobi.passes import hopf_lax_along
from pdeopt.hamilton_jacobi.solution import gathered
from pdeopt.kernels.envelopes import hopf_lax_line

N_NODES = 1_000_000
N_SIDE = 1024
N_LINES = 64
TIMES = (1e-6, 1e-4, 1e-2, 0.05, 0.1, 0.3, 1.0)


def line_task(f: np.ndarray, x: np.ndarray, time: float) -> Callable[[], None]:
    n = x.size
    pieces, stack, starts = np.empty((n, 4)), np.empty(n, np.int64), np.empty(n)
    out, argmin = np.empty(n), np.empty(n)
    return lambda: hopf_lax_line(f, x, x, time, pieces, stack, starts, out, argmin)


def one_line() -> list[Row]:
    x = np.linspace(-1.0, 1.0, N_NODES)
    noise = np.random.default_rng(0).standard_normal(N_NODES)
    cases = {
        "-cos(pi x)": (-np.cos(np.pi * x), 20.0),
        "x^2 + 0.3 sin 40x": (x**2 + 0.3 * np.sin(40.0 * x), 20.0),
        "white noise": (noise, 40.0),
    }
    rows = []
    for name, (f, limit) in cases.items():
        for t in TIMES:
            ours, peer = interleaved(line_task(f, x, t), lambda f=f, t=t: f + t * x)
            rows.append(slower(f"1-D Hopf-Lax with prox, {name}, t = {t:g}", ours, peer, "a + s*b", limit))
    return rows


def envelope(f: np.ndarray, axis: Axis, time: float, nodes_only: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values and both coordinates of the minimiser, two threads."""
    options = {"nodes_only": nodes_only, "with_argmin": True, "threads": 2}
    u, first = hopf_lax_along(f, 0, axis, axis.nodes, time, **options)
    v, second = hopf_lax_along(u, 1, axis, axis.nodes, time, **options)
    return v, gathered(first, 1, axis, second), second


def distance_transform() -> list[Row]:
    image = np.random.default_rng(0).random((N_SIDE, N_SIDE)) >= 0.01
    seeds = np.where(image, np.inf, 0.0)
    pixels = Axis(np.arange(float(N_SIDE)), "wall")
    squared = ndimage.distance_transform_edt(image) ** 2
    assert np.allclose(envelope(seeds, pixels, 0.5, nodes_only=True)[0], squared, rtol=1e-12)
    linear, nodes, bare, indexed = interleaved(
        lambda: envelope(seeds, pixels, 0.5, nodes_only=False),
        lambda: envelope(seeds, pixels, 0.5, nodes_only=True),
        lambda: ndimage.distance_transform_edt(image),
        lambda: ndimage.distance_transform_edt(image, return_indices=True),
    )
    rows = []
    for name, peer in (("edt with indices", indexed), ("edt", bare)):
        rows.append(faster("2-D Hopf-Lax with prox, 1 % seeds, piecewise linear", linear, peer, name, 1.5))
        rows.append(faster("2-D Hopf-Lax with prox, 1 % seeds, nodes only", nodes, peer, name, 3.0))
    return rows


def eroded(f: np.ndarray, structure: np.ndarray) -> None:
    """Erode `N_LINES` lines along each axis."""
    ndimage.grey_erosion(f[:, :N_LINES], structure=structure[:, None], mode="nearest")
    ndimage.grey_erosion(f[:N_LINES], structure=structure[None, :], mode="nearest")


def erosion() -> list[Row]:
    x, time = np.linspace(-1.0, 1.0, N_SIDE), 0.1
    axis, f = Axis(x, "wall"), -np.cos(np.pi * x)[:, None] - np.cos(np.pi * x)
    half = int(np.ceil(np.pi * time / axis.spacing))
    structure = -((np.arange(-half, half + 1) * axis.spacing) ** 2) / (2.0 * time)
    linear, nodes, peer = interleaved(
        lambda: envelope(f, axis, time, nodes_only=False),
        lambda: envelope(f, axis, time, nodes_only=True),
        lambda: eroded(f, structure),
    )
    peer *= N_SIDE / N_LINES
    name = f"grey_erosion, window {structure.size} ({N_LINES} lines, scaled)"
    rows = [faster("2-D Hopf-Lax with prox, cosines, t = 0.1, piecewise linear", linear, peer, name, 20.0)]
    return [*rows, faster("2-D Hopf-Lax with prox, cosines, t = 0.1, nodes only", nodes, peer, name, 20.0)]


def rows() -> list[Row]:
    return [*one_line(), *distance_transform(), *erosion()]
