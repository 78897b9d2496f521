"""The gradient of a network by loops against products of matrices: where one begins to be faster than the other."""

from collections.abc import Callable

import numpy as np

from benchmarks.measure import Row, interleaved
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.kernels.networks.layout import prefers_blas, work_size
from pdeopt.kernels.networks.products import gradient_blas
from pdeopt.networks import MLP
from pdeopt.networks.blas_threads import one_blas_thread

SIZES = [
    [2, 20, 1],
    [2, 500, 1],
    [2, 20, 20, 1],
    [2, 50, 50, 1],
    [2, 100, 100, 1],
    [64, 32, 10],
    [64, 100, 10],
    [784, 10],
    [784, 32, 10],
    [784, 250, 10],
]
BATCHES = (1, 10, 32, 100)
LIMIT = "<= 1.5"
ROUNDS, SECONDS = 9, 0.01


def repeated(way: Callable[..., None], net: MLP, n_rows: int) -> tuple[Callable[[], None], int]:
    """Return a function that takes so many gradients, some hundredths of a second long, and how many."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((200, net.sizes[0])), np.zeros((200, 1))
    work, out = np.empty(work_size(net.layout, n_rows)), np.empty(net.n_parameters)
    arguments = (net.initial(0), net.layout, x, y, rng.permutation(200)[:n_rows], work, out)
    way(*arguments)
    n = 1 + int(SECONDS / (2e-6 + 6e-11 * net.n_parameters * n_rows * 6))

    def many() -> None:
        for _ in range(n):
            way(*arguments)

    return many, n


def rows() -> list[Row]:
    """Return a row for each network and batch: the way that `prefers_blas` takes against the other one."""
    with one_blas_thread():
        return [way_row(MLP(sizes), n_rows) for n_rows in BATCHES for sizes in SIZES]


def way_row(net: MLP, n_rows: int) -> Row:
    """Return processor times of both ways; Python's call of a kernel, some 1.5 microseconds, is in each of them."""
    ways = {"loops": gradient, "products": gradient_blas}
    chosen, other = ("products", "loops") if prefers_blas(net.layout, n_rows) else ("loops", "products")
    (ours, n), (theirs, _) = (repeated(ways[name], net, n_rows) for name in (chosen, other))
    a, b = interleaved(ours, theirs, rounds=ROUNDS, busy=True)
    cells = [f"{name} {1e6 * float(np.median(each)) / n:.3g} us" for name, each in ((chosen, a), (other, b))]
    what = f"gradient of {'-'.join(map(str, net.sizes))}, batch {n_rows}, processor time"
    return Row(what, *cells, float(np.median(a / b)), LIMIT)
