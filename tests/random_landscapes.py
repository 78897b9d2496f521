"""The compiled functions that random relaxation problems are made of."""

import numpy as np
from numba import njit


@njit
def fourier(x, wave, amplitude, phase):
    total = 0.0
    for k in range(amplitude.size):
        total += amplitude[k] * np.cos(wave * k * x + phase[k])
    return total


@njit
def fourier_slope(x, wave, amplitude, phase):
    total = 0.0
    for k in range(amplitude.size):
        total -= wave * k * amplitude[k] * np.sin(wave * k * x + phase[k])
    return total


@njit
def piecewise_linear(x, corners, heights):
    if x <= corners[0]:
        return heights[0]
    for j in range(corners.size - 1):
        if x <= corners[j + 1]:
            share = (x - corners[j]) / (corners[j + 1] - corners[j])
            return heights[j] * (1.0 - share) + heights[j + 1] * share
    return heights[-1]


@njit
def ridge(point, wave, amplitude, phase, cosine, sine):
    return fourier(cosine * point[0] + sine * point[1], wave, amplitude, phase)


@njit
def kinked(x, centre, jump, wave, amplitude, phase):
    return jump * abs(x - centre) + fourier(x, wave, amplitude, phase)


@njit
def wells(point, weights, centres, curvatures, own):
    lowest = np.inf
    for k in range(weights.size):
        lowest = min(lowest, well(point, weights, centres, curvatures, own, k))
    total = 0.0
    for k in range(weights.size):
        total += np.exp(lowest - well(point, weights, centres, curvatures, own, k))
    return (lowest - np.log(total)) / own


@njit
def well(point, weights, centres, curvatures, own, k):
    squares = 0.0
    for i in range(centres.shape[1]):
        squares += (point[i] - centres[k, i]) ** 2
    return 0.5 * own * curvatures[k] * squares - np.log(weights[k])


@njit
def wells_1d(x, weights, centres, curvatures, own):
    energies = 0.5 * own * curvatures * (x - centres) ** 2 - np.log(weights)
    lowest = energies.min()
    return (lowest - np.log(np.exp(lowest - energies).sum())) / own


@njit
def parabola(x, curvature):
    return 0.5 * curvature * x * x


@njit
def bowl(point, curvature):
    total = 0.0
    for coordinate in point:
        total += coordinate * coordinate
    return 0.5 * curvature * total


@njit
def lowest_parabola(x, heights, curvatures, centres):
    return (heights + 0.5 * curvatures * (x - centres) ** 2).min()
