"""Mutants of the package: each changes what runs, is refuted by some tier, and leaves the package as it was."""

import numpy as np
import pytest
from mutants import MUTANTS, in_place, running
from tiers import TIERS

from pdeopt.kernels._specialise import fingerprint
from pdeopt.sde import Exit, compilation
from pdeopt.sde.exits import Boundary
from pdeopt.systems import SDE
from pdeopt.verification import weak_order

BY_NAME = {f"{m.scheme}: {m.name}": m for m in MUTANTS}
QUICK = {
    "noise of the stage 1, not 3/2": "weak order, linear",
    "one normal for W and its integral": "weak order, linear",
    "half the variance": "stationary covariance, linear",
    "noise not averaged": "stationary covariance, linear",
    "friction of whole steps, twice": "weak order, linear",
    "one normal for momentum and position": "weak order, linear",
    "wrong denominator": "stationary covariance, linear",
    "sign of the energy": "Metropolis balance",
    "no flip after a rejection": "Metropolis balance",
}
"""Mutants that a tier refutes within a fraction of a second."""
ENOUGH = 0.95
DECAY = SDE(lambda t, x: -1.3 * x, lambda t, x: 1.0, "additive")


def parts(mutant):
    """Return what runs: the functions of a scheme, of its draws and of exits."""
    event = Boundary.of(Exit(-1.0, 1.0), DECAY)
    drawing = [compilation.draw_function((kind,) * 2) for kind in ("increment", "two-point", "three-point")]
    merging = compilation.refined_draw_function(("increment", "time-integral"), 1)
    return *running(mutant.scheme, mutant.noise), *drawing, merging, event.crossing, event.margin


@pytest.mark.parametrize("key", BY_NAME)
def test_a_mutant_changes_what_runs_while_it_is_in_place(key):
    mutant = BY_NAME[key]
    before = fingerprint(*parts(mutant))
    with in_place(mutant):
        assert fingerprint(*parts(mutant)) != before
    assert fingerprint(*parts(mutant)) == before


@pytest.mark.parametrize("key", [key for key in BY_NAME if key.partition(": ")[2] in QUICK])
def test_a_tier_refutes_the_mutant_and_certifies_the_scheme(key):
    mutant = BY_NAME[key]
    tier = TIERS[QUICK[mutant.name]]
    assert tier(mutant.scheme, mutant.noise) == "certified"
    with in_place(mutant):
        assert tier(mutant.scheme, mutant.noise) == "refuted"


@pytest.mark.slow
def test_of_all_mutants_hardly_one_passes_every_tier():
    def refuted(mutant):
        with in_place(mutant):
            return any(tier(mutant.scheme, mutant.noise) == "refuted" for tier in TIERS.values())

    survivors = [key for key, mutant in BY_NAME.items() if not refuted(mutant)]
    assert len(survivors) <= (1.0 - ENOUGH) * len(MUTANTS), survivors


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "noise"), sorted({(m.scheme, m.noise) for m in MUTANTS}, key=str))
def test_every_tier_certifies_the_schemes_as_they_are(scheme, noise):
    assert {tier(scheme, noise) for tier in TIERS.values()} <= {"certified", None}


def test_a_change_in_the_size_of_rounding_is_not_refuted():
    constant = 1.5 + 1e-15

    def step(t, x, h, xi, args):
        first, second = xi
        b = -1.3 * x
        inner = x + 0.75 * h * b + constant * 0.5 * np.sqrt(h) * (first + second / np.sqrt(3.0))
        return x + h * (b / 3.0 - 1.3 * inner * 2.0 / 3.0) + np.sqrt(h) * first

    found = weak_order(step, DECAY, draws=("increment", "time-integral"), claimed=2.0)
    assert found.verdict == "certified"
    assert np.isfinite(found.errors).all()
