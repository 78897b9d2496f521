"""Moments and correlations of the draws of a scheme, over many paths and some steps, against those they stand for."""

from functools import cache

import numpy as np
from scipy.special import ndtri

from pdeopt.kernels._specialise import fingerprint
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.noise import noise_size
from pdeopt.kernels.random import CHUNK
from pdeopt.sde import compilation
from pdeopt.verification.draws import RULES

LEVEL = 0.001
N_CHUNKS, N_BLOCKS = 64, 2
SUBSTEPS, DECAY = 3, 0.9


def sampled(kinds, draw, key):
    """Return draws of `N_BLOCKS * PHASES` steps of many paths, shape (paths, steps, draws)."""
    noise = np.zeros(noise_size(kinds))
    rows = []
    for chunk in range(N_CHUNKS):
        blocks = []
        for index in range(N_BLOCKS):
            draw(key, chunk * CHUNK, index, noise, index == 0)
            blocks.append(noise[: len(kinds) * PHASES * CHUNK].reshape(len(kinds), PHASES, CHUNK).T.copy())
        rows.append(np.concatenate(blocks, axis=1))
    return np.concatenate(rows)


def standard_scores(draws, kinds):
    """Return all distances of means from what they should be, in standard errors."""
    flat = draws.reshape(draws.shape[0], -1)
    fourth = np.tile([RULES[kind][0] ** 4 @ RULES[kind][1] for kind in kinds], draws.shape[1])
    second = flat.T @ flat / len(flat) - np.eye(flat.shape[1])
    spread = np.sqrt((flat**2).T @ flat**2 / len(flat) - (second + np.eye(flat.shape[1])) ** 2)
    scores = [_scores(flat.mean(0), flat.std(0), len(flat)), _scores(second, spread, len(flat))]
    scores += [_scores((flat**3).mean(0), (flat**3).std(0), len(flat))]
    scores += [_scores((flat**4).mean(0) - fourth, (flat**4).std(0), len(flat))]
    return np.concatenate([each.ravel() for each in scores])


def _scores(gaps, spreads, n):
    # Of signs all even moments are exact.
    return np.where(np.abs(gaps) < 1e-12, 0.0, gaps / np.maximum(spreads, 1e-12) * np.sqrt(n))


@cache
def largest_score(kinds, splits, _mark):
    """Return the largest score of plain and of merged draws, and the bound at a level for all of them together.

    The fingerprint is that of what draws: scores are kept for it.
    """
    samples = [sampled(kinds, compilation.draw_function(kinds), (7, 1, 1.0))]
    merging = merging_function(kinds, splits)
    if merging is not None:
        samples.append(sampled(kinds, merging, (7, SUBSTEPS, DECAY)))
    scores = np.concatenate([standard_scores(each, kinds) for each in samples])
    return float(np.abs(scores).max()), float(-ndtri(0.5 * LEVEL / scores.size))


def merging_function(kinds, splits):
    """Return what merges the draws of several steps, None for time integrals without an increment."""
    alone = kinds.count("time-integral") > kinds.count("increment")
    return None if alone else compilation.refined_draw_function(kinds, splits)


def passes(kinds, splits):
    """Tell whether the draws of a scheme are as they should be, at a level."""
    mark = fingerprint(compilation.draw_function(kinds), merging_function(kinds, splits))
    score, bound = largest_score(kinds, splits, mark)
    return score < bound
