"""Filling the noise of paths: `PHASES` steps of every draw of a scheme, from one Brownian path for all step sizes.

Steps may be `substeps` steps of the noise long. A Brownian increment is then the sum of theirs in a fixed order, a pair
of increment and time integral is merged exactly, and an Ornstein-Uhlenbeck integral is the decayed sum of its pieces.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import strict_kernel
from pdeopt.kernels.lanes import PHASES, n_numbers
from pdeopt.kernels.random import (
    CHUNK,
    fill_draws,
    fill_normals,
    fill_three_point,
    fill_uniforms,
    fill_words,
    normal,
    spread_two_point,
    three_point,
    two_point,
    uniform,
)

NORMAL, UNIFORM, TWO_POINT, THREE_POINT = range(4)
CODES = {
    "increment": NORMAL,
    "time-integral": NORMAL,
    "friction": NORMAL,
    "normal": NORMAL,
    "uniform": UNIFORM,
    "two-point": TWO_POINT,
    "coin": TWO_POINT,
    "three-point": THREE_POINT,
}
STEPS_PER_WORD = 128
SQRT_3 = 1.7320508075688772
Key = tuple[int, int, float]
"""Seed, steps of the noise in a step, and what is left of a piece of friction noise one piece later.

Loops over a chunk take a negative second number if `noise` still holds what the step before was drawn from.
"""


def noise_size(kinds: tuple[str, ...]) -> int:
    """Return how many numbers the noise of a chunk takes, scratch included."""
    words = sum(CODES[kind] == TWO_POINT for kind in kinds)
    return (max(len(kinds), 1) * PHASES + 2 * words + 4) * CHUNK


def word_places(codes: tuple[int, ...]) -> tuple[int, ...]:
    """Return where the words of every two-point draw are kept: after the noise and the scratch."""
    after = (len(codes) * PHASES + 4) * CHUNK
    return tuple(after + 2 * CHUNK * sum(code == TWO_POINT for code in codes[:j]) for j in range(len(codes)))


@strict_kernel
def fill_kind(
    code: int, seed: int, first_path: int, index: int, draw: int, noise: FloatArray, words: int, fresh: bool
) -> None:
    """Write `PHASES` steps of one draw of a chunk of paths; `words` is where the words of two-point draws are kept."""
    start = draw * PHASES * CHUNK
    if code == NORMAL:
        fill_normals(seed, first_path, 2 * index, draw, noise, start)
        fill_normals(seed, first_path, 2 * index + 1, draw, noise, start + 2 * CHUNK)
    elif code == UNIFORM:
        fill_uniforms(seed, first_path, 2 * index, draw, noise, start)
        fill_uniforms(seed, first_path, 2 * index + 1, draw, noise, start + 2 * CHUNK)
    elif code == THREE_POINT:
        fill_three_point(seed, first_path, index, draw, noise, start)
    else:
        kept = noise.view(np.int64)
        step = PHASES * index
        if fresh or step % STEPS_PER_WORD == 0:
            fill_words(seed, first_path, step // STEPS_PER_WORD, draw, kept, words)
        for phase in range(PHASES):
            spread_two_point(kept, words, (step + phase) % STEPS_PER_WORD, noise, start + phase * CHUNK)


def draw_function(kinds: tuple[str, ...]) -> Callable[..., None]:
    """Return `draw(key, first_path, index, noise, fresh)` for the kinds of draws of one step."""
    codes = tuple(CODES[kind] for kind in kinds) or (NORMAL,)
    n_draws, places = len(kinds), word_places(codes)

    def draw(key: Key, first_path: int, index: int, noise: FloatArray, fresh: bool) -> None:
        for j in range(n_draws):
            fill_kind(codes[j], key[0], first_path, index, j, noise, places[j], fresh)

    return draw


@strict_kernel
def add_pieces(
    key: Key, first_path: int, draw: int, stride: int, splits: int, piece: int, noise: FloatArray, out: int, spare: int
) -> None:
    """Write the decayed sum of `key[1]` pieces of one noise, each a normal, scaled to a normal.

    A step of the noise has `splits` pieces, of draws `draw`, `draw + stride`, ...; `piece` is the first of them.
    """
    seed, substeps, decay = key
    total = 0.0
    row = noise[out : out + CHUNK]
    row[:] = 0.0
    for q in range(piece, piece + substeps):
        step, part = q // splits, q % splits
        fill_normals(seed, first_path, step >> 1, draw + stride * part, noise, spare)
        fine = noise[spare + (step & 1) * CHUNK : spare + (step & 1) * CHUNK + CHUNK]
        total = decay * decay * total + 1.0
        for i in range(CHUNK):
            row[i] = decay * row[i] + fine[i]
    scale = 1.0 / np.sqrt(total)
    for i in range(CHUNK):
        row[i] *= scale


@strict_kernel
def merge_time_integrals(
    key: Key, first_path: int, increment: int, integral: int, step: int, noise: FloatArray, out: int, spare: int
) -> None:
    """Write the normal of the time integral of a step, the second of the pair with its increment.

    With W and I over the fine steps so far, in units of the fine step: I grows by the I of the next one plus W.
    """
    seed, substeps, _ = key
    row = noise[out : out + CHUNK]
    walk = noise[spare + 2 * CHUNK : spare + 3 * CHUNK]
    row[:] = 0.0
    walk[:] = 0.0
    for fine in range(step * substeps, (step + 1) * substeps):
        place = spare + (fine & 1) * CHUNK
        fill_normals(seed, first_path, fine >> 1, integral, noise, spare)
        for i in range(CHUNK):
            row[i] += walk[i] + 0.5 * noise[place + i] / SQRT_3
        fill_normals(seed, first_path, fine >> 1, increment, noise, spare)
        for i in range(CHUNK):
            row[i] += 0.5 * noise[place + i]
            walk[i] += noise[place + i]
    for i in range(CHUNK):
        row[i] = SQRT_3 * (2.0 * row[i] / substeps**1.5 - walk[i] / np.sqrt(substeps))


def partners(kinds: tuple[str, ...]) -> tuple[int, ...]:
    """Return, for the k-th time integral, the draw of the k-th increment; -1 for other kinds."""
    increments = iter([j for j, kind in enumerate(kinds) if kind == "increment"])
    return tuple(next(increments) if kind == "time-integral" else -1 for kind in kinds)


def pieces(kinds: tuple[str, ...], splits: int) -> tuple[tuple[int, int, int, int], ...]:
    """Return, for every draw, the draw, stride and number of the pieces in a step of the noise, and its first piece.

    Friction noise has `splits` pieces, and so have increments where there is none. Their draws then lie piece after
    piece, each of all coordinates.
    """
    split = "friction" if "friction" in kinds else "increment"
    places = [j for j, kind in enumerate(kinds) if kind == split]
    width = max(len(places) // splits, 1)

    def of(j: int) -> tuple[int, int, int, int]:
        if splits == 1 or j not in places:
            return j, 1, 1, 0
        k = places.index(j)
        return places[k % width], width, splits, k // width

    return tuple(of(j) for j in range(len(kinds)))


def decays(kinds: tuple[str, ...]) -> tuple[bool, ...]:
    """Return which draws forget: those of friction noise."""
    return tuple(kind == "friction" for kind in kinds)


def refined_draw_function(kinds: tuple[str, ...], splits: int) -> Callable[..., None]:
    """Return `draw` where a step is several steps of the noise; see `pieces` for `splits`."""
    codes, pairs = tuple(CODES[kind] for kind in kinds), partners(kinds)
    friction, sources, words = decays(kinds), pieces(kinds, splits), word_places(codes)
    n_draws, spare = len(kinds), len(kinds) * PHASES * CHUNK

    def draw(key: Key, first_path: int, index: int, noise: FloatArray, fresh: bool) -> None:
        for j in range(n_draws):
            if codes[j] != NORMAL:
                fill_kind(codes[j], key[0], first_path, index, j, noise, words[j], fresh)
                continue
            first, stride, parts, part = sources[j]
            decaying = (key[0], key[1], key[2] if friction[j] else 1.0)
            for phase in range(PHASES):
                step, out = PHASES * index + phase, (j * PHASES + phase) * CHUNK
                if pairs[j] >= 0:
                    merge_time_integrals(key, first_path, pairs[j], j, step, noise, out, spare)
                else:
                    piece = (step * parts + part) * key[1]
                    add_pieces(decaying, first_path, first, stride, parts, piece, noise, out, spare)

    return draw


@strict_kernel
def one_draw(code: int, seed: int, path: int, step: int, draw: int) -> float:
    """Return one draw of one path."""
    if code == NORMAL:
        return normal(seed, path, step, draw)
    if code == UNIFORM:
        return uniform(seed, path, step, draw)
    if code == THREE_POINT:
        return three_point(seed, path, step, draw)
    return two_point(seed, path, step, draw)


def path_draw_function(kinds: tuple[str, ...]) -> Callable[..., None]:
    """Return `draw(key, path, index, noise, fresh)` for one path, the draws of a step one after another."""
    codes = tuple(CODES[kind] for kind in kinds) or (NORMAL,)
    n_draws = len(kinds)
    n_normals = next((j for j, code in enumerate(codes) if code != NORMAL), n_draws)

    def draw(key: Key, path: int, index: int, noise: FloatArray, _fresh: bool) -> None:
        for pair in range(PHASES // 2):
            even, odd = 2 * pair * n_draws, (2 * pair + 1) * n_draws
            rows = noise[even : even + n_normals], noise[odd : odd + n_normals]
            fill_draws(key[0], path, PHASES // 2 * index + pair, 0, rows[0], rows[1])
        for phase in range(PHASES):
            for j in range(n_normals, n_draws):
                noise[phase * n_draws + j] = one_draw(codes[j], key[0], path, PHASES * index + phase, j)

    return draw


@strict_kernel
def one_sum_of_pieces(key: Key, path: int, draw: int, stride: int, splits: int, piece: int) -> float:
    """Return, for one path, what `add_pieces` writes for many."""
    seed, substeps, decay = key
    total, value = 0.0, 0.0
    for q in range(piece, piece + substeps):
        total = decay * decay * total + 1.0
        value = decay * value + normal(seed, path, q // splits, draw + stride * (q % splits))
    scale: float = 1.0 / np.sqrt(total)
    return value * scale


def refined_path_draw_function(kinds: tuple[str, ...], splits: int) -> Callable[..., None]:
    """Return `draw` of one path where a step is several steps of the noise, without time integrals."""
    codes, friction, sources = tuple(CODES[kind] for kind in kinds), decays(kinds), pieces(kinds, splits)
    n_draws = len(kinds)

    def draw(key: Key, path: int, index: int, noise: FloatArray, _fresh: bool) -> None:
        for j in range(n_draws):
            first, stride, parts, part = sources[j]
            decaying = (key[0], key[1], key[2] if friction[j] else 1.0)
            for phase in range(PHASES):
                step, out = PHASES * index + phase, phase * n_draws + j
                if codes[j] == NORMAL:
                    piece = (step * parts + part) * key[1]
                    noise[out] = one_sum_of_pieces(decaying, path, first, stride, parts, piece)
                else:
                    noise[out] = one_draw(codes[j], key[0], path, step, j)

    return draw


def keyed_draws(layout: Any, kinds: tuple[str, ...], first: int = 0) -> Callable[..., Any]:
    """Return `draws(seed, path, step)`, the draws of one step of one path in nested tuples like `layout`."""
    if not isinstance(layout, tuple):
        code = CODES[kinds[first]]

        def number(seed: int, path: int, step: int) -> float:
            return one_draw(code, seed, path, step, first)

        return number
    head = keyed_draws(layout[0], kinds, first)
    if len(layout) == 1:

        def last(seed: int, path: int, step: int) -> Any:
            return (head(seed, path, step),)

        return last
    rest = keyed_draws(layout[1:], kinds, first + n_numbers(layout[0]))

    def items(seed: int, path: int, step: int) -> Any:
        return (head(seed, path, step), *rest(seed, path, step))

    return items
