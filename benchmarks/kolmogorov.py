"""Heston calls by alternating directions against QuantLib's finite differences: errors, steps, time at equal error."""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks import peers_quantlib as peer
from benchmarks.kolmogorov_heston import (
    CASES,
    SPOTS,
    STRIKE,
    Heston,
    extrapolated,
    generator_prices,
    largest_error,
    payoff,
    prices,
    split,
    spot_axis,
    variance_axis,
)
from benchmarks.measure import Row, faster, interleaved, table, versions
from pdeopt.kolmogorov.steppers import ModifiedCraigSneyd

Shape = tuple[int, int, int]

ASKED: Shape = (60, 101, 51)
PAIR: Shape = (56, 97, 49)
"""The finer grid of an extrapolation that costs, with the coarser one, no more than `ASKED`."""
OURS: tuple[Shape, ...] = tuple((n * 4 // 7 // 2 * 2, n + 1, n // 2 + 1) for n in (24, 32, 48, 64, 96, 128, 192, 256))
PEERS: tuple[Shape, ...] = ((60, 101, 51), (120, 201, 101), (240, 401, 201))
LONG = 240
"""Steps of the longer of two runs of the peer whose difference is steps alone."""


def cells(shape: Shape) -> int:
    """Return steps times nodes."""
    return int(np.prod(shape))


def halved(shape: Shape) -> Shape:
    return shape[0] // 2, (shape[1] + 1) // 2, (shape[2] + 1) // 2


def error_rows() -> list[Row]:
    cost = (cells(PAIR) + cells(halved(PAIR))) / cells(ASKED)
    rows = []
    for case in CASES:
        theirs = largest_error(case, peer.prices(case, ASKED, "hundsdorfer-verwer")) / STRIKE
        for name, found, target in (
            ("60 x 101 x 51, as it is", prices(case, ASKED), ""),
            (f"{cost:.2f} times its cells, extrapolated", extrapolated(case, PAIR), "<= 1e-5"),
            ("the same by Generator", extrapolated(case, PAIR, generator_prices), "<= 1e-5"),
        ):
            error = largest_error(case, found) / STRIKE
            what = f"Heston set {case.name}, MCS, {name}: largest error at S = 75, 100, 125, in strikes"
            rows.append(Row(what, f"{error:.1e}", f"QuantLib, HV, 60 x 101 x 51 {theirs:.1e}", error, target))
    return rows


def step_rows() -> list[Row]:
    return [_step_row(method) for method in ("modified-craig-sneyd",)]


def _step_row(method: str) -> Row:
    case, (n_steps, n_spots, n_variances) = CASES[0], ASKED
    spots, variances = spot_axis(case, n_spots), variance_axis(case, n_variances)
    stepper = ModifiedCraigSneyd().stepper(split(case, spots, variances), case.time / n_steps)
    start = np.repeat(payoff(spots)[:, None], n_variances, axis=1)

    def ours() -> None:
        values = start
        for _ in range(n_steps):
            values = stepper.apply(values)

    short, long = (partial(peer.price, case, 100.0, (n, *ASKED[1:]), method) for n in (n_steps, LONG))
    mine, few, many = interleaved(ours, short, long, rounds=9, busy=True)
    rates = [1e9 * seconds / cells(ASKED) for seconds in (mine, (many - few) * n_steps / (LONG - n_steps))]
    text = [f"{np.median(rate):.1f} ns" for rate in rates]
    ratio = float(np.median(rates[1] / rates[0]))
    return Row("MCS, 101 x 51 nodes, one step, a node, processor time", text[0], f"QuantLib {text[1]}", ratio, ">= 6")


def equal_error_rows() -> list[Row]:
    rows = []
    for case in CASES:
        for shape in PEERS:
            error = largest_error(case, peer.prices(case, shape, "hundsdorfer-verwer"))
            for name, solve, limit in (("as it is", prices, 6.0), ("extrapolated", extrapolated, 20.0)):
                rows.append(_equal_row(case, shape, error, name, solve, limit))
    return rows


def _equal_row(
    case: Heston, shape: Shape, error: float, name: str, solve: Callable[[Heston, Shape], np.ndarray], limit: float
) -> Row:
    # Errors may change their signs between grids: the first one from which all are small enough.
    enough = [largest_error(case, solve(case, grid)) <= error for grid in OURS]
    grid = OURS[len(OURS) - next((k for k, met in enumerate(reversed(enough)) if not met), len(OURS))]
    tasks = partial(solve, case, grid), partial(peer.price, case, float(SPOTS[1]), shape, "hundsdorfer-verwer")
    mine, theirs = interleaved(*tasks, rounds=3 if shape[0] > LONG // 2 else 7, busy=True)
    sizes = [" x ".join(map(str, item)) for item in (grid, shape)]
    what = f"Heston set {case.name}, error <= {error / STRIKE:.1e} strikes, {name} ({sizes[0]}), processor time"
    return faster(what, mine, theirs, f"QuantLib, HV, {sizes[1]}", limit)


def rows() -> list[Row]:
    return error_rows() + step_rows() + equal_error_rows()


def main() -> int:
    print(f"{versions()}\n")
    for group in (error_rows, step_rows, equal_error_rows):
        print(table(group()), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
