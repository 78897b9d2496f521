"""Sampled averages of words on a nonlinear potential against the exact invariant laws of the discrete schemes."""

import numpy as np
import pytest
from langevin_cases import landscape

import pdeopt
from pdeopt import sde

ORACLE = {
    ("baoab", 0.8): (-0.5586486227543, 1.1149372561300, 0.7767819042960),
    ("aboba", 0.4): (-0.5458335314037, 1.1173094035659, 1.0590324881089),
    ("obabo", 0.8): (-0.5059117093224, 1.3200229742733, 1.0044179954420),
    ("oabao", 0.4): (-0.5569052331212, 1.0784860113967, 1.0000310887799),
    ("bao", 0.4): (-0.5811713086121, 1.0350919721641, 1.0330842137848),
    ("ubu", 0.4): (-0.5532035983360, 1.0915255302731, 1.0192511186446),
}
"""<q>, <q^2> and <p^2> at friction 1 and temperature 1, by iteration of densities on a grid."""


@pytest.mark.slow
@pytest.mark.parametrize(("word", "h"), ORACLE)
def test_sampled_averages_are_those_of_the_discrete_invariant_law(word, h):
    system = pdeopt.langevin(landscape(1))
    run = sde.simulate(
        system, [-0.5, 0.0], step=h, n_steps=round(24 / h), n_paths=400_000, method=word, keep_paths=False
    )
    q, p = run.final.T
    samples = np.array([q, q**2, p**2])
    errors = samples.std(axis=1) / np.sqrt(samples.shape[1])
    # After 24 units of time the start is forgotten to e^-10.
    np.testing.assert_array_less(np.abs(samples.mean(axis=1) - ORACLE[word, h]), 4 * errors)
    assert errors[1] < 3e-3
