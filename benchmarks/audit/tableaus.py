"""Tableaus of Roessler 2010, and steps of plain NumPy that read them.

SIAM J. Numer. Anal. 48, 922-952: SRI1W1 and SRI2W1 of section 6.1 and SRA1 and SRA3 of section 6.2, called SRIW1 and
SRIW2 elsewhere. The equations here have one component and do not depend on time, so that the vectors c are not needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
Rows = tuple[tuple[Fraction, ...], ...]


def rows(*texts: str) -> Rows:
    """Return rows of fractions."""
    return tuple(tuple(Fraction(word) for word in text.split()) for text in texts)


@dataclass(frozen=True)
class ForIto:
    """A tableau for diagonal noise: A and B of the stages of drift (0) and diffusion (1), then the weights."""

    A0: Rows
    A1: Rows
    B0: Rows
    B1: Rows
    alpha: tuple[Fraction, ...]
    betas: Rows


@dataclass(frozen=True)
class ForAdditive:
    """A tableau for additive noise that does not depend on time."""

    A0: Rows
    B0: Rows
    alpha: tuple[Fraction, ...]


BETA = ("-1 4/3 2/3 0", "1 -4/3 1/3 0", "2 -4/3 -2/3 0", "-2 5/3 -2/3 1")
SRIW1 = ForIto(
    A0=rows("0 0 0 0", "3/4 0 0 0", "0 0 0 0", "0 0 0 0"),
    A1=rows("0 0 0 0", "1/4 0 0 0", "1 0 0 0", "0 0 1/4 0"),
    B0=rows("0 0 0 0", "3/2 0 0 0", "0 0 0 0", "0 0 0 0"),
    B1=rows("0 0 0 0", "1/2 0 0 0", "-1 0 0 0", "-5 3 1/2 0"),
    alpha=rows("1/3 2/3 0 0")[0],
    betas=rows(BETA[0], "-1 4/3 -1/3 0", *BETA[2:]),
)
SRIW2 = ForIto(
    A0=rows("0 0 0 0", "1 0 0 0", "1/4 1/4 0 0", "0 0 0 0"),
    A1=rows("0 0 0 0", "1/4 0 0 0", "1 0 0 0", "0 0 1/4 0"),
    B0=rows("0 0 0 0", "0 0 0 0", "1 1/2 0 0", "0 0 0 0"),
    B1=rows("0 0 0 0", "-1/2 0 0 0", "1 0 0 0", "2 -1 1/2 0"),
    alpha=rows("1/6 1/6 2/3 0")[0],
    betas=rows(*BETA),
)
SRA1 = ForAdditive(A0=rows("0 0", "3/4 0"), B0=rows("0 0", "3/2 0"), alpha=rows("1/3 2/3")[0])
SRA3 = ForAdditive(
    A0=rows("0 0 0", "1 0 0", "1/4 1/4 0"), B0=rows("0 0 0", "0 0 0", "1 1/2 0"), alpha=rows("1/6 1/6 2/3")[0]
)


def numbers(rows: Rows) -> np.ndarray:
    """Return rows as an array of floats."""
    return np.array([[float(entry) for entry in row] for row in rows])


def step_for_ito(tableau: ForIto, drift: Function, noise: Function) -> Callable[..., np.ndarray]:
    """Return the step of (x, h, w, u, sign): increment over sqrt(h), its time integral over h^1.5, sign of sqrt(h)."""
    A0, A1, B0, B1, betas = map(numbers, (tableau.A0, tableau.A1, tableau.B0, tableau.B1, tableau.betas))
    alpha = numbers((tableau.alpha,))[0]

    def step(x: np.ndarray, h: float, w: np.ndarray, u: np.ndarray, sign: float | np.ndarray = 1.0) -> np.ndarray:
        root, values = np.sqrt(h), []
        integrals = (w * root, sign * root * (w**2 - 1.0) / 2.0, u * root, root * (w**3 - 3.0 * w) / 6.0)
        for i in range(len(alpha)):
            at_drift, at_noise = x, x
            for j, (b, g) in enumerate(values):
                at_drift = at_drift + A0[i, j] * b * h + B0[i, j] * g * u * root
                at_noise = at_noise + A1[i, j] * b * h + B1[i, j] * g * sign * root
            values.append((drift(at_drift), noise(at_noise)))
        out = x
        for i, (b, g) in enumerate(values):
            out = out + alpha[i] * b * h + g * sum(beta[i] * each for beta, each in zip(betas, integrals, strict=True))
        return out

    return step


def step_for_additive(tableau: ForAdditive, drift: Function, level: float) -> Callable[..., np.ndarray]:
    """Return the step of (x, h, w, u) for noise of a constant level."""
    A0, B0 = numbers(tableau.A0), numbers(tableau.B0)
    alpha = numbers((tableau.alpha,))[0]

    def step(x: np.ndarray, h: float, w: np.ndarray, u: np.ndarray) -> np.ndarray:
        root, drifts = np.sqrt(h), []
        for i in range(len(alpha)):
            stage = x + B0[i].sum() * level * u * root
            for j, b in enumerate(drifts):
                stage = stage + A0[i, j] * b * h
            drifts.append(drift(stage))
        return x + h * sum(weight * b for weight, b in zip(alpha, drifts, strict=True)) + level * w * root

    return step
