"""The largest stable step of overdamped dynamics."""

import numpy as np
import pytest

import pdeopt
from pdeopt import sde
from pdeopt.kernels._specialise import interpreted

OVERDAMPED = [name for name, scheme in sde.SCHEMES.items() if scheme.decay_limit is not None]


def parabola(x):
    return 0.5 * x * x


def itself(x):
    return x


def zeros(layout):
    return tuple(zeros(part) for part in layout) if isinstance(layout, tuple) else 0.0


def amplification(name, h):
    """Return by what a step without noise multiplies a small deviation."""
    scheme = sde.get(name)
    f = pdeopt.Landscape(parabola, itself, dim=1)
    system = pdeopt.overdamped_langevin(f, 1.0)
    system = system.as_stratonovich() if scheme.interpretation == "stratonovich" else system
    stepper = scheme.stepper(system)
    begin, prepare, step = (interpreted(one) for one in (stepper.begin, stepper.prepare, stepper.step))
    rest = zeros(stepper.xi)
    constants = prepare(h, system.args)
    first, at_zero = (step(0.0, begin(0.0, x, system.args), h, rest, constants) for x in (1.0, 0.0))
    return float(np.subtract(*(np.ravel(np.array(one, dtype=object))[0] for one in (first, at_zero))))


@pytest.mark.parametrize("name", OVERDAMPED)
def test_beyond_the_stated_limit_deviations_grow(name):
    limit = sde.get(name).decay_limit
    assert abs(amplification(name, 0.999 * limit)) < 1.0 < abs(amplification(name, 1.001 * limit))


def test_a_step_beyond_the_limit_of_the_landscape_is_warned_of_and_its_advice_is_taken():
    system = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=4.0)
    sizes = {"n_steps": 1, "n_paths": 2, "progress": False}
    # Twice over the curvature at the minima, which is 2.
    with pytest.warns(sde.UnstableStepWarning, match=r"step=1 is at or above .* 1 of .* curvature 2 .*Use step=0\.5"):
        pdeopt.simulate(system, 1.0, step=1.0, **sizes)
    pdeopt.simulate(system, 1.0, step=0.5, **sizes)
