"""Sketches of quantiles: counts of values by the leading bits of their doubles.

The key of a value is the exponent and the first mantissa bits of its magnitude, ``bits >> shift``: bins of relative
width at most ``2^(shift - 52)``, by integer arithmetic alone. A sketch keeps, for either sign, the `m` (a power of two)
keys that end at that of the largest magnitude; smaller magnitudes are counted into the lowest kept key. What is
kept depends only on the set of values, so the order of adding and merging changes no bit. Cf. C. Masson, J. Rim,
H. Lee, "DDSketch", VLDB 12 (2019).
"""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._bits import bits_of, float_of
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.statistics.rows import keep_finite

MAGNITUDE = 0x7FFFFFFFFFFFFFFF


@kernel
def ordered(bits: int) -> int:
    """Map the bits of a double to integers in the order of the doubles, and back."""
    return bits ^ ((bits >> 63) & MAGNITUDE)


@kernel
def top_key(low: float, high: float, shift: int) -> int:
    """Return the key of the largest magnitude in an interval."""
    return max(bits_of(low) & MAGNITUDE, bits_of(high) & MAGNITUDE) >> shift


@kernel
def extremes(row: FloatArray) -> tuple[float, float]:
    """Return the least and the largest of finite values."""
    # Comparisons of integers become vector instructions; those of doubles do not, for fear of NaN.
    least = largest = ordered(bits_of(row[0]))
    for i in range(row.size):
        bits = ordered(bits_of(row[i]))
        least, largest = min(least, bits), max(largest, bits)
    return float_of(ordered(least)), float_of(ordered(largest))


@kernel
def raise_top(counts: IntArray, top: int, new_top: int) -> None:
    """Move the kept keys of `counts`, shape (2, m), up to `new_top`; what falls out goes to the lowest kept."""
    m = counts.shape[1]
    new_floor = new_top - m + 1
    if new_floor <= 0 or new_top <= top:
        return
    for side in range(2):
        fallen = 0
        for key in range(max(0, top - m + 1), min(new_floor, top + 1)):
            fallen += counts[side, key & (m - 1)]
            counts[side, key & (m - 1)] = 0
        counts[side, new_floor & (m - 1)] += fallen


@kernel
def widen(counts: IntArray, bounds: FloatArray, low: float, high: float, shift: int) -> None:
    """Make room for values in an interval: `bounds` holds the least and the largest value so far."""
    if not bounds[0] <= bounds[1]:
        bounds[0], bounds[1] = low, high
        return
    top = top_key(bounds[0], bounds[1], shift)
    bounds[0], bounds[1] = min(low, bounds[0]), max(high, bounds[1])
    raise_top(counts, top, top_key(bounds[0], bounds[1], shift))


@kernel
def count_keys(row: FloatArray, shift: int, floor: int, out: IntArray) -> None:
    """Count values by sign (negative first) and key, none below `floor`, into `out`, shape (2, m)."""
    last = out.shape[1] - 1
    for i in range(row.size):
        bits = bits_of(row[i])
        key = max(floor, (bits & MAGNITUDE) >> shift)
        out[1 + (bits >> 63), key & last] += 1


@kernel
def add_sketches(
    values: FloatArray, invalid: IntArray, scratch: FloatArray, shift: int, bounds: FloatArray, counts: IntArray
) -> None:
    """Add rows `values[t, v]` to sketches.

    Parameters
    ----------
    values : array, shape (k, n, lanes)
    invalid : array, shape (k, n)
        Number of non-finite entries of each row, which are left out.
    scratch : array, shape (lanes,)
    shift : int
        52 less the number of mantissa bits in a key.
    bounds : array, shape (k, n, 2)
        Least and largest value, NaN where there is none yet.
    counts : array, shape (k, n, 2, m)
    """
    m = counts.shape[3]
    for t in range(values.shape[0]):
        for v in range(values.shape[1]):
            row = values[t, v]
            if invalid[t, v] > 0:
                row = scratch[: keep_finite(row, scratch)]
            if row.size > 0:
                low, high = extremes(row)
                widen(counts[t, v], bounds[t, v], low, high, shift)
                floor = top_key(bounds[t, v, 0], bounds[t, v, 1], shift) - m + 1
                count_keys(row, shift, floor, counts[t, v])


@kernel
def add_counts(first: int, last: int, counts: IntArray, out: IntArray) -> None:
    """Add the counts of keys `first` to `last` of a ring to those of another of the same size."""
    m = out.size
    start, stop = first & (m - 1), (first & (m - 1)) + last - first + 1
    for slot in range(start, min(stop, m)):
        out[slot] += counts[slot]
    for slot in range(stop - m):
        out[slot] += counts[slot]


@kernel
def merge_sketch(
    bounds: FloatArray, counts: IntArray, other_bounds: FloatArray, other_counts: IntArray, shift: int
) -> None:
    """Merge a sketch into another: bounds of shape (2,), counts of shape (2, m)."""
    m = counts.shape[1]
    widen(counts, bounds, other_bounds[0], other_bounds[1], shift)
    floor = max(0, top_key(bounds[0], bounds[1], shift) - m + 1)
    top = top_key(other_bounds[0], other_bounds[1], shift)
    for side in range(2):
        for key in range(max(0, top - m + 1), min(floor, top + 1)):
            counts[side, floor & (m - 1)] += other_counts[side, key & (m - 1)]
        if top >= floor:
            add_counts(max(floor, top - m + 1), top, other_counts[side], counts[side])


@kernel
def merge_sketches(
    bounds: FloatArray, counts: IntArray, other_bounds: FloatArray, other_counts: IntArray, shift: int
) -> None:
    """Merge the sketches of other paths into those of `add_sketches`."""
    for t in range(bounds.shape[0]):
        for v in range(bounds.shape[1]):
            if other_bounds[t, v, 0] <= other_bounds[t, v, 1]:
                merge_sketch(bounds[t, v], counts[t, v], other_bounds[t, v], other_counts[t, v], shift)


@kernel
def key_edge(key: int, floor: int, shift: int) -> float:
    """Return the least magnitude that is counted under a key."""
    edge: float = float_of(key << shift) if key > max(0, floor) else 0.0
    return edge


@kernel
def find_quantile(rank: float, counts: IntArray, bounds: FloatArray, shift: int) -> float:
    """Return the value of (real) `rank` among the values of a sketch, the least having rank zero.

    It lies in the bin that holds the value of rank ``floor(rank)``, at the place of `rank` among those of the bin.
    """
    m = counts.shape[1]
    top = top_key(bounds[0], bounds[1], shift)
    floor = top - m + 1
    below = 0
    for j in range(2 * m):
        # Negative values from the largest magnitude to the least, then positive ones upward.
        side, key = (0, top - j) if j < m else (1, floor + j - m)
        n = counts[side, key & (m - 1)] if key >= 0 else 0
        if rank < below + n:
            left, right = key_edge(key, floor, shift), float_of((key + 1) << shift)
            if side == 0:
                left, right = -right, -left
            place = min(1.0, (rank - below + 0.5) / n)
            return float(min(bounds[1], max(bounds[0], left + place * (right - left))))
        below += n
    return float(bounds[1])


@kernel
def find_quantiles(
    levels: FloatArray, count: IntArray, counts: IntArray, bounds: FloatArray, shift: int, out: FloatArray
) -> None:
    """Write quantiles to `out`, shape levels.shape + (n_times, n); NaN where there are no values."""
    for t in range(count.shape[0]):
        for v in range(count.shape[1]):
            for j in range(levels.size):
                rank = levels[j] * (count[t, v] - 1)
                if 0.0 < rank < count[t, v] - 1.0:
                    out[j, t, v] = find_quantile(rank, counts[t, v], bounds[t, v], shift)
                else:
                    # The extremes are known exactly; without values they are NaN.
                    out[j, t, v] = bounds[t, v, 0 if rank <= 0.0 else 1]
