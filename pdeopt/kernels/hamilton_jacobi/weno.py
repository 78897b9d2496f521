"""Slopes from either side of a node, of fifth order where the data are smooth (Jiang and Peng 2000)."""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels._wide import wide_vectors

N_GHOSTS = 3


@kernel
def weno5_slopes(
    values: FloatArray,
    start: int,
    count: int,
    stride: int,
    inverse_spacing: float,
    epsilon: float,
    minus: FloatArray,
    plus: FloatArray,
) -> None:
    """Write the slopes `D- u` and `D+ u` of a run of nodes along one axis.

    Each is a convex combination of the derivatives of three cubics, through the node, one neighbour of its on the
    other side (or two, or none) and the rest on its own side, with the weights `1/10, 6/10, 3/10` over
    `(epsilon + S)**2`, where `S` is the smoothness of the second differences. A cubic is differentiated exactly.

    Parameters
    ----------
    values : array, shape (n,)
        Flat and padded: `N_GHOSTS` neighbours on either side of every node of the run are the caller's.
    start, count : int
        Place of the first node, and how many follow each other.
    stride : int
        How far apart neighbours along the axis lie.
    inverse_spacing : float
        `1 / h`.
    epsilon : float
        Added to `S`, a squared slope; a large one gives the linear scheme.
    minus, plus : array, shape (>= count,)
        Filled up to `count`.

    Notes
    -----
    `S` is in the usual normalisation, `13/12 (v1 - 2 v2 + v3)**2 + 1/4 (v1 - 4 v2 + 3 v3)**2` of slopes `v`. Its fourth
    power is formed to divide once only, for which `h**2 (epsilon + S)` must lie between 1e-75 and 1e75. The bits of a
    slope do not depend on how a row is cut into runs.

    References
    ----------
    Jiang and Peng, *Weighted ENO schemes for Hamilton-Jacobi equations*, SIAM J. Sci. Comput. 21 (2000).
    """
    before3, after3 = values[start - 3 * stride :], values[start + 3 * stride :]
    before2, after2 = values[start - 2 * stride :], values[start + 2 * stride :]
    before, after = values[start - stride :], values[start + stride :]
    here = values[start:]
    _slopes_from(before3, before2, before, here, after, after2, inverse_spacing, epsilon, minus[:count])
    # In a mirror: the order of the nodes and the sign of the slope change.
    _slopes_from(after3, after2, after, here, before, before2, -inverse_spacing, epsilon, plus[:count])


@kernel
def _slopes_from(
    far3: FloatArray,
    far2: FloatArray,
    far: FloatArray,
    here: FloatArray,
    near: FloatArray,
    near2: FloatArray,
    r: float,
    epsilon: float,
    out: FloatArray,
) -> None:
    """Write slopes biased to the side of `far`: with second differences a, b, c, d the formulas (2.5) to (2.13)."""
    wide_vectors()
    # One result and six rows a loop: with more, the compiler gives up proving that they do not overlap.
    # Second differences are not divided by h: that is a factor of all weights, and one of the slope.
    twelve, scale = 12.0 * epsilon / (r * r), r / 12.0
    for j in range(out.size):
        d1, d2, d3, d4 = far[j] - far2[j], here[j] - far[j], near[j] - here[j], near2[j] - near[j]
        a, b, c, d = d1 - (far2[j] - far3[j]), d2 - d1, d3 - d2, d4 - d3
        e0, e1, e2 = b - a, c - b, d - c
        f0, f1, f2 = e0 + 2.0 * b, b + c, 2.0 * c - e2
        s0 = twelve + 13.0 * e0 * e0 + 3.0 * f0 * f0
        s1 = twelve + 13.0 * e1 * e1 + 3.0 * f1 * f1
        s2 = twelve + 13.0 * e2 * e2 + 3.0 * f2 * f2
        # The weights over a common denominator.
        t0, t1, t2 = s1 * s2, s0 * s2, s0 * s1
        w0, w1, w2 = t0 * t0, 6.0 * t1 * t1, 3.0 * t2 * t2
        total = w0 + w1 + w2
        bend = (4.0 * w0 * (e1 - e0) + (2.0 * w2 - total) * (e2 - e1)) / total
        out[j] = scale * (7.0 * (d2 + d3) - d1 - d4 - bend)
