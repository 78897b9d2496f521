"""Slow NumPy twins of the random kernels: Philox in 64-bit integers, Box-Muller, areas by quadrature."""

import numpy as np

LOW = np.uint64(0xFFFFFFFF)
WORD = np.uint64(32)


def philox(counter, key):
    """Return the words of Philox4x32-10, an array of four rows; counters broadcast."""
    c0, c1, c2, c3 = (np.asarray(c, dtype=np.uint64) for c in counter)
    k0, k1 = key
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        words = (second >> WORD) ^ c1 ^ np.uint64(k0), second & LOW, (first >> WORD) ^ c3 ^ np.uint64(k1), first & LOW
        c0, c1, c2, c3 = words
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.stack(np.broadcast_arrays(*words))


def blocks(seed, paths, index, draw):
    """Return the words of one block of many paths."""
    paths = np.asarray(paths, dtype=np.int64).astype(np.uint64)
    seed %= 2**64
    counter = paths & LOW, paths >> WORD, index % 2**32, (index // 2**32) * 2**16 + draw
    return philox(counter, (seed % 2**32, seed // 2**32))


def fractions(low, high):
    """Return (k + 1/2) 2**-52 with k the low 52 bits of high low."""
    k = ((high & np.uint64(0xFFFFF)) << WORD) | low
    return (k.astype(float) + 0.5) * 2.0**-52


def box_muller(u, v, sign_bit):
    """Return the two normals of radius sqrt(-2 log u) and angle pi v, v less than 1/2 in size, sign on the cosine."""
    r = np.sqrt(-2.0 * np.log(u))
    sign = 1.0 - 2.0 * sign_bit.astype(float)
    # The sine of the complement keeps its digits where the cosine is small.
    return np.stack([r * sign * np.sin(np.pi * (0.5 - np.abs(v))), r * np.sin(np.pi * v)])


def normals(seed, paths, index, draw):
    """Return the normals of steps 2 index and 2 index + 1 of many paths, as two rows."""
    w0, w1, w2, w3 = blocks(seed, paths, index, draw)
    return box_muller(fractions(w0, w1), fractions(w2, w3) - 0.5, w3 >> np.uint64(31))


def fast_normals(seed, paths, index, draw):
    """Return the fast normals of steps 4 index to 4 index + 3 of many paths, as four rows."""
    words = blocks(seed, paths, index, draw)
    rows = []
    for low, high in (words[:2], words[2:]):
        v = ((high % np.uint64(2**31)).astype(float) + 0.5) * 2.0**-31 - 0.5
        rows.append(box_muller((low.astype(float) + 0.5) * 2.0**-32, v, high >> np.uint64(31)))
    return np.concatenate(rows)


def uniforms(seed, paths, index, draw):
    """Return the uniforms of steps 2 index and 2 index + 1 of many paths, as two rows."""
    w0, w1, w2, w3 = blocks(seed, paths, index, draw)
    return np.stack([fractions(w0, w1), fractions(w2, w3)])


def three_points(seed, paths, index, draw):
    """Return the three-point variables of steps 4 index to 4 index + 3 of many paths, as four rows."""
    words = blocks(seed, paths, index, draw)
    sixth = round(2**32 / 6)
    return np.sqrt(3.0) * np.where(words < sixth, 1.0, np.where(words >= 2**32 - sixth, -1.0, 0.0))


def two_points(seed, paths, index, draw):
    """Return the signs of steps 128 index to 128 index + 127 of many paths, as 128 rows."""
    words = blocks(seed, paths, index, draw)
    return np.concatenate(
        [1.0 - 2.0 * ((word >> np.arange(32, dtype=np.uint64)[:, None]) & np.uint64(1)) for word in words]
    )


def area_of_series(h, xi, X, Y):
    """Integrate (W_1 dW_2 - W_2 dW_1) / 2 along the path of a finite Fourier series, X and Y of shape (2, p)."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    s = 0.5 * (nodes + 1.0)
    r = np.arange(1, X.shape[1] + 1)
    scale = -np.sqrt(h / 2.0) / (np.pi * r)
    angle = 2.0 * np.pi * r[:, None] * s
    wave = (scale * X) @ (np.cos(angle) - 1.0) + (scale * Y) @ np.sin(angle)
    slope = (scale * X * 2.0 * np.pi * r) @ -np.sin(angle) + (scale * Y * 2.0 * np.pi * r) @ np.cos(angle)
    W = np.sqrt(h) * xi[:, None] * s + wave
    dW = np.sqrt(h) * xi[:, None] + slope
    return 0.25 * weights @ (W[0] * dW[1] - W[1] * dW[0])
