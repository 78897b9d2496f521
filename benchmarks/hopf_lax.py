"""The Hopf-Lax formula against one NumPy pass, distance transforms and grey erosion."""

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from benchmarks.measure import Row, faster, interleaved, slower
from pdeopt.hamilton_jacobi.axes import Axis
from pdeopt.hamilton_jacobi.passes import hopf_lax_along
from pdeopt.kernels.envelopes import hopf_lax_line

Peer = tuple[Callable[[], object], float]
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
            ours, peer = interleaved(line_task(f, x, t), lambda f=f, t=t: f + t * x, rounds=7, busy=True)
            rows.append(slower(f"1-D Hopf-Lax with prox, {name}, t = {t:g}", ours, peer, "a + s*b", limit))
    return rows


def envelope(f: np.ndarray, axis: Axis, time: float, nodes_only: bool, threads: int) -> tuple[np.ndarray, ...]:
    """Return values and both coordinates of the minimiser."""
    found = np.empty((0, *f.shape))
    for k in range(2):
        f, found = hopf_lax_along(f, k, axis, axis.nodes, time, nodes_only=nodes_only, carried=found, threads=threads)
    return f, *found


def against(
    data: str, f: np.ndarray, axis: Axis, time: float, peers: dict[str, Peer], limits: tuple[float, float]
) -> list[Row]:
    """Time two threads by the clock, with the target, and one thread by its processor time, for information.

    A peer is a task of one thread and what its time has to be multiplied by.
    """
    found = []
    for threads in (2, 1):
        ours = [lambda k=k, t=threads: envelope(f, axis, time, k, t) for k in (False, True)]
        *mine, theirs = np.split(interleaved(*ours, *[task for task, _ in peers.values()], busy=threads == 1), [1, 2])
        unit = "two threads" if threads == 2 else "one thread, processor time"
        for seconds, kind, limit in zip(mine, ("piecewise linear", "nodes only"), limits, strict=True):
            for peer, name in zip(theirs, peers, strict=True):
                what = f"2-D Hopf-Lax with prox, {data}, {kind}, {unit}"
                scaled = peer * peers[name][1]
                found.append(faster(what, seconds[0], scaled, name, limit if threads == 2 else None))
    return found


def distance_transform() -> list[Row]:
    image = np.random.default_rng(0).random((N_SIDE, N_SIDE)) >= 0.01
    seeds = np.where(image, np.inf, 0.0)
    pixels = Axis(np.arange(float(N_SIDE)), "wall")
    squared = ndimage.distance_transform_edt(image) ** 2
    assert np.allclose(envelope(seeds, pixels, 0.5, True, 1)[0], squared, rtol=1e-12)
    peers = {
        "edt": (lambda: ndimage.distance_transform_edt(image), 1.0),
        "edt with indices": (lambda: ndimage.distance_transform_edt(image, return_indices=True), 1.0),
    }
    return against("1 % seeds", seeds, pixels, 0.5, peers, (1.5, 3.0))


def eroded(f: np.ndarray, structure: np.ndarray) -> None:
    """Erode `N_LINES` lines along each axis."""
    ndimage.grey_erosion(f[:, :N_LINES], structure=structure[:, None], mode="nearest")
    ndimage.grey_erosion(f[:N_LINES], structure=structure[None, :], mode="nearest")


def erosion() -> list[Row]:
    """Use the window the data need: `|x - y| <= L t` with slopes up to pi."""
    x, time = np.linspace(-1.0, 1.0, N_SIDE), 0.1
    axis, f = Axis(x, "wall"), -np.cos(np.pi * x)[:, None] - np.cos(np.pi * x)
    half = int(np.ceil(np.pi * time / axis.spacing))
    structure = -((np.arange(-half, half + 1) * axis.spacing) ** 2) / (2.0 * time)
    name = f"grey_erosion, window {structure.size} ({N_LINES} of {N_SIDE} lines, scaled)"
    peers = {name: (lambda: eroded(f, structure), N_SIDE / N_LINES)}
    return against("cosines, t = 0.1", f, axis, time, peers, (20.0, 20.0))


def rows() -> list[Row]:
    return [*one_line(), *distance_transform(), *erosion()]
