"""Weak orders on the circle: by operators of `pdeopt.verification`, and by coefficients of Fourier."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.audit import fourier, kernels, tableaus
from benchmarks.audit.tables import Finding, write_errors
from pdeopt.systems import problems
from pdeopt.verification import Verdict, weak_order

PAIR = ("increment", "time-integral")
PAIR_AND_COIN = (*PAIR, "coin")
LEVEL, RIPPLE, ADDITIVE = 0.8, 0.4, 0.9
OURS = "operators"
FINEST = 1 / 1024
"""Below it the second code meets its rounding, and those of peers take long."""

noise = fourier.noise(LEVEL, RIPPLE)


@dataclass(frozen=True)
class Case:
    """A scheme, the order to decide on, where it is documented, and the two codes."""

    scheme: str
    claimed: float
    documented: str
    method: str | Callable[..., Any]
    step: Callable[..., np.ndarray]
    draws: tuple[str, ...] = PAIR
    additive: bool = False
    code: str = "Fourier coefficients"

    @property
    def coefficients(self) -> tuple[float, float]:
        """Level and ripple of the noise."""
        return (ADDITIVE, 0.0) if self.additive else (LEVEL, RIPPLE)

    @property
    def values(self) -> tuple[list[np.ndarray], np.ndarray]:
        """Values of the draws, and weights."""
        return fourier.pair_and_coin() if "coin" in self.draws else fourier.pair()

    def errors(self, step: Callable[..., np.ndarray], steps: np.ndarray) -> list[float]:
        """Return the errors of a step by the second code."""
        return [fourier.weak_error(step, h, self.values, *self.coefficients) for h in steps]

    def one_step_errors(self, steps: np.ndarray) -> list[float]:
        """Return the errors of one step by the second code."""
        return [fourier.one_step_error(self.step, h, self.values, *self.coefficients) for h in steps]

    def verdict(self) -> Verdict:
        """Return the verdict of the first code."""
        problem = problems.torus_additive(ADDITIVE) if self.additive else problems.torus(LEVEL, RIPPLE)
        return weak_order(self.method, problem, draws=self.draws, claimed=self.claimed)


def of_ito(tableau: tableaus.ForIto) -> Callable[..., np.ndarray]:
    return tableaus.step_for_ito(tableau, fourier.drift, noise)


def of_additive(tableau: tableaus.ForAdditive) -> Callable[..., np.ndarray]:
    return tableaus.step_for_additive(tableau, fourier.drift, ADDITIVE)


CASES = (
    Case("SRIW1", 2.0, "2", "sriw1", of_ito(tableaus.SRIW1)),
    Case("SRIW2", 3.0, "3; 1.5 by torchsde", kernels.sriw2, of_ito(tableaus.SRIW2)),
    Case("SRA1", 2.0, "2", "sra1", of_additive(tableaus.SRA1), additive=True),
    Case("SRA3", 3.0, "3", kernels.sra3, of_additive(tableaus.SRA3), additive=True),
    Case("SRIW1, random sign", 2.0, "", "sriw1-random-sign", of_ito(tableaus.SRIW1), PAIR_AND_COIN),
    Case("SRIW2, random sign", 2.0, "", kernels.sriw2_random_sign, of_ito(tableaus.SRIW2), PAIR_AND_COIN),
)


def observed(case: Case, peers: dict[str, Callable[..., np.ndarray]]) -> Finding:
    """Write the errors of all codes and return the finding."""
    verdict = case.verdict()
    shown = verdict.steps >= FINEST
    steps, codes = verdict.steps[shown], {case.code: case.step} | peers
    errors = {OURS: verdict.errors[shown]} | {name: case.errors(step, steps) for name, step in codes.items()}
    write_errors(case.scheme, f"`{verdict.summary}`", steps, errors)
    bar = max(verdict.interval[1] - verdict.order, 1e-4)
    order = f"{verdict.order:.4f} ± {bar:.4f}, {verdict.verdict} at {case.claimed:g}"
    return Finding(case.scheme, "weak", case.documented, order, ", ".join(errors))


def write_one_step() -> None:
    """Write the errors of one step with and without a random sign of sqrt(h)."""
    steps = 0.5 ** np.arange(6.0, 15.0, 2.0)
    errors = {case.scheme: case.one_step_errors(steps) for case in CASES if not case.additive}
    note = "Expectations after one step, by the second code: the exponent is one more than that at a fixed time."
    write_errors("One step", note, steps, errors)
