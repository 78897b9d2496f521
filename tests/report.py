"""Measured errors of relaxations, in tables: `python tests/report.py 1000`, the number of random landscapes."""

import sys

import numpy as np
import published
import truth
from random_cases import probes, random_case

from pdeopt import Grid, landscapes, relax, smooth


def write(*columns):
    sys.stdout.write(
        "  ".join(f"{column:>12}" if isinstance(column, str) else f"{column:12.2e}" for column in columns) + "\n"
    )


def relative(found, expected):
    """Return the largest error in units of the largest expected entry, or of one."""
    if expected is None:
        return "-"
    scale = np.abs(expected).max() or 1.0
    return float(np.abs(np.reshape(found, np.shape(expected)) - expected).max() / scale)


def report_row(row):
    """Write errors of value, gradient and Hessian, the bound and its ratio to the error."""
    solved = (
        smooth(row.landscape(), row.grid, row.time)
        if row.beta == 0.0
        else relax(row.landscape(), row.grid, row.time, row.beta)
    )
    expected = (*row.expected, None, None)[:3]
    place = row.index()
    error = abs(solved.values[place] - expected[0])
    bound = float(solved.error_bound[place])
    derivatives = [
        relative(f[place], e) if e is not None else "-"
        for f, e in zip((solved.gradient, solved.hessian), expected[1:], strict=True)
    ]
    write(
        row.name,
        relative(solved.values[place], expected[0]),
        *derivatives,
        bound,
        bound / max(error, 1e-300),
        solved.method,
    )


def report_published():
    """Write the rows of viscous, inviscid and heat numbers."""
    for rows in (published.VISCOUS, published.INVISCID, published.HEAT):
        write("row", "value", "gradient", "hessian", "bound", "bound/error", "method")
        for row in rows:
            report_row(row)


def report_cosine():
    """Write the largest error at four points, off the grid of 256 and 2048 nodes, and the largest bound."""
    write("time", "beta", "256 nodes", "bound", "2048 nodes", "bound")
    for time, beta, expected in published.COSINE:
        columns = []
        for n in (256, 2048):
            r = relax(landscapes.cosine(), Grid(-1.0, 1.0, n, periodic=True), time, beta)
            columns += [float(np.abs(r.at(published.COSINE_POINTS) - expected).max()), float(r.error_bound.max())]
        write(time, beta, *columns)


def report_ladder():
    """Write the largest error of sampled cosines over times, in units of spacing squared, for every beta and size."""
    sizes = (64, 256, 1024)
    write("beta", *[f"{n} nodes" for n in sizes])
    for beta in [*np.geomspace(1e-2, 1e12, 15), np.inf]:
        write(float(beta), *[ladder_constant(beta, n) for n in sizes])


def ladder_constant(beta, n):
    """Return the largest error over times divided by the spacing squared."""
    grid = Grid(-1.0, 1.0, n, periodic=True)
    values, stride = truth_cosine(grid.axes[0]), n // 16
    worst = 0.0
    for time in np.geomspace(1e-8, 1e3, 12):
        exact = truth.relaxed(truth_cosine, grid.axes[0][::stride], time, beta)
        worst = max(worst, float(np.abs(relax(values, grid, time, beta).values[::stride] - exact).max()))
    return worst / grid.spacing[0] ** 2


def truth_cosine(y):
    """Return the landscape of the ladder."""
    return -np.cos(np.pi * y)


def report_random(count):
    """Write how many random landscapes violate the bound, and the quantiles of bound over error."""
    outside, ratios = [], []
    for seed in range(count):
        case = random_case(seed)
        r = relax(case.f, case.grid, case.time, case.beta, boundary=case.boundary)
        index = probes(case, seed)
        exact = case.exact(case.grid.points().reshape(-1, case.grid.dim)[index])
        error = np.abs(r.values.ravel()[index] - exact)
        doubt = 1e-12 * (1.0 + np.abs(exact)) * (1.0 + case.time)
        if (error > r.error_bound.ravel()[index] + doubt).any():
            outside.append((seed, case.label))
        if error.max() > 1e-12 + doubt.max():
            ratios.append(float(r.error_bound.max() / error.max()))
    write("landscapes", "outside", "ratio 50 %", "ratio 99 %", "largest")
    write(str(count), str(len(outside)), *np.quantile(ratios or [np.nan], [0.5, 0.99, 1.0]).tolist())
    for seed, label in outside:
        write("outside", str(seed), label)


if __name__ == "__main__":
    report_published()
    report_cosine()
    report_random(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    report_ladder()
