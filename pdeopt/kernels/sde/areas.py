"""Iterated integrals of independent Brownian motions over one step, in units of the step size."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt.kernels._points import with_item
from pdeopt.kernels.vectors import Vector

Integrals = Callable[[Any], Any]
"""Takes the draws of one step, of which the first are the increments; returns rows `M[l][j]`, l the inner motion."""


def tail_variance(n_terms: int) -> float:
    """Return `sum_{r > p} 1 / (2 pi^2 r^2)` for p = `n_terms`."""
    return float(1.0 / 12.0 - np.sum(1.0 / np.arange(1, n_terms + 1) ** 2.0) / (2.0 * np.pi**2))


def levy_area(n_terms: int) -> Callable[..., float]:
    """Return a function that approximates the Levy area of two of several Brownian motions.

    ``area(l, j, xi, draws)`` is a Fourier series of `n_terms` terms whose tail is Gaussian: conditional mean and
    variance given the increments are exact for any number p of terms, and the mean-square error falls as `p^-2`
    (Mrongowius and Roessler 2022; without the last Gaussian as `p^-1`, Kloeden and Platen 1992, section 5.8).

    `draws` is (tail of the first kind, one for every motion; tail of the second kind, one for every pair; the
    terms (zeta, eta), each with one normal for every motion).
    """
    tail = float(np.sqrt(tail_variance(n_terms)))
    root_two, scale = float(np.sqrt(2.0)), float(0.5 / np.pi)

    def area(l: int, j: int, xi: Vector, draws: Any) -> float:  # noqa: E741
        mu, tau, terms = draws
        total = 0.0
        for r in range(n_terms):
            zeta, eta = terms[r]
            first, second = root_two * xi[l] + eta[l], root_two * xi[j] + eta[j]
            total += (zeta[l] * second - zeta[j] * first) / (r + 1.0)
        # For l < j only: the pair (l, j) has the number below.
        pair = l * (2 * len(xi) - l - 1) // 2 + j - l - 1
        value: float = scale * total + tail * (mu[l] * xi[j] - mu[j] * xi[l] + tau[pair])
        return value

    return area


def area_layout(n_motions: int, n_terms: int) -> Any:
    """Return an example of the `draws` of `levy_area`."""
    each = (0.0,) * n_motions
    return each, (0.0,) * (n_motions * (n_motions - 1) // 2), ((each, each),) * n_terms


def products(n_motions: int, shift: float) -> Integrals:
    """Return the integrals without areas, `(xi_l xi_j - shift delta_lj) / 2`: shift 1 for Ito, 0 for Stratonovich."""
    zeros = ((0.0,) * n_motions,) * n_motions

    def integrals(xi: Vector) -> Any:
        rows = zeros
        for i in range(n_motions):
            row = rows[i]
            for j in range(n_motions):
                row = with_item(row, j, 0.5 * (xi[i] * xi[j] - (shift if i == j else 0.0)))
            rows = with_item(rows, i, row)
        return rows

    return integrals


def products_and_areas(n_motions: int, shift: float, n_terms: int) -> Integrals:
    """Return all integrals, of draws `(xi, draws of levy_area)`."""
    symmetric, area = products(n_motions, shift), levy_area(n_terms)

    def integrals(draws: Any) -> Any:
        xi, rest = draws
        rows = symmetric(xi)
        for i in range(n_motions):
            for j in range(i + 1, n_motions):
                a = area(i, j, xi, rest)
                rows = with_item(rows, i, with_item(rows[i], j, rows[i][j] + a))
                rows = with_item(rows, j, with_item(rows[j], i, rows[j][i] - a))
        return rows

    return integrals
