"""Orders for all smooth coefficients at once, against what is proved of schemes, and of what is left of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from pdeopt import SDE, sde
from pdeopt.kernels.sde.runge_kutta import increments_and_integrals
from pdeopt.sde.binding import bound
from pdeopt.sde.scheme import Orders, Scheme, Stepper
from pdeopt.verification import expansion_orders

PROVED = [
    ("euler-maruyama", "diagonal", 0.5, 1.0),
    ("euler-maruyama", "additive", 1.0, 1.0),
    ("weak-euler-two-point", "diagonal", None, 1.0),
    ("weak-euler-three-point", "diagonal", None, 1.0),
    ("milstein", "diagonal", 1.0, 1.0),
    ("derivative-free-milstein", "diagonal", 1.0, 1.0),
    ("heun", "diagonal", 1.0, 1.0),
    ("heun", "additive", 1.0, 2.0),
    ("euler-heun", "diagonal", 1.0, 1.0),
    ("sra1", "additive", 1.5, 2.0),
    ("sriw1", "diagonal", 1.5, 1.5),
    ("sriw1", "additive", 1.5, 2.0),
    ("sriw1-random-sign", "diagonal", 1.5, 2.0),
    ("ri6", "diagonal", None, 2.0),
]


@pytest.mark.parametrize(("method", "noise", "strong", "weak"), PROVED)
def test_orders_are_those_proved(method, noise, strong, weak):
    found = expansion_orders(method, noise=noise)
    assert (found.strong, found.weak, found.verdict) == (strong, weak, "certified")


def test_what_euler_lacks_is_the_next_term_of_the_expansion_of_ito():
    found = expansion_orders("euler-maruyama")
    # sigma sigma' (W^2 - h) / 2, and h^2 / 2 times the generator of the drift.
    assert found.strong_term == "(-1/2 w^2 s0 s1 + 1/2 s0 s1) h^1"
    assert expansion_orders("euler-maruyama", noise="additive").weak_term.startswith(
        "(-1/2 b0 b1 + -1/4 b2 s0^2) h^2 in the mean"
    )


def test_the_odd_part_of_sriw1_has_the_coefficient_of_its_term():
    x, h = 0.3, 1e-3
    step = sde.SRIW1(random_sign=True).stepper(SDE(lambda t, x: 0.5 + 0.2 * x, lambda t, x: 0.8 + 0.4 * np.cos(x))).step
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = weights / weights.sum()

    def second_moment(sign):
        squares = [[(step(0.0, x, h, ((w, z), sign), ()) - x) ** 2 for z in nodes] for w in nodes]
        return weights @ np.array(squares) @ weights

    # What changes with the sign of sqrt(h) is odd in it; s2 and s3 are derivatives of the diffusion.
    b0, s0, s2, s3 = 0.56, 0.8 + 0.4 * np.cos(x), -0.4 * np.cos(x), 0.4 * np.sin(x)
    found = 0.5 * (second_moment(1.0) - second_moment(-1.0)) / h**2.5
    assert expansion_orders("sriw1").weak_term.startswith("(-1/2 b0 s0^2 s2 + -1/12 s0^4 s3) h^5/2")
    # The next odd power is one higher.
    assert found == pytest.approx(-b0 * s0**2 * s2 / 2 - s0**4 * s3 / 12, rel=5 * h)


@dataclass(frozen=True)
class Mutant(Scheme):
    """SRA1 with another factor of the noise in its stage, and shares of its two normals in the time integral."""

    stage: float = 1.5
    shared: bool = False
    name: ClassVar[str] = "mutant"
    interpretation: ClassVar[str] = "any"
    orders: ClassVar[Mapping[str, Orders]] = {"additive": Orders(1.5, 2.0)}
    evaluations: ClassVar[tuple[float, float]] = (2, 1)

    def stepper(self, system):
        parts, stage, shared = bound(self, system), self.stage, self.shared
        drift, diffusion = parts.drift, parts.diffusion

        def step(t, x, h, xi, args):
            w, u = increments_and_integrals((xi[0], xi[0]) if shared else xi)
            b, s = drift(t, x, *args), diffusion(t, x, *args)
            later = drift(t + 0.75 * h, x + 0.75 * h * b + stage * np.sqrt(h) * s * u, *args)
            return x + h / 3.0 * (b + 2.0 * later) + np.sqrt(h) * s * w

        return Stepper(step, parts.point, parts.point, parts.paired(), ("increment", "time-integral"))


def test_sra1_is_certified_and_with_one_in_place_of_three_halves_refuted():
    assert expansion_orders(Mutant()).verdict == "certified"
    found = expansion_orders(Mutant(stage=1.0))
    assert (found.verdict, found.strong, found.weak) == ("refuted", 1.0, 1.0)


def test_one_normal_for_increment_and_time_integral_is_refuted():
    with pytest.raises(ValueError, match="no fraction"):
        # A time integral that is correlated with the increment by 1/sqrt(3) has no rational coefficients.
        expansion_orders(Mutant(shared=True))


@pytest.mark.parametrize("method", ["tamed-euler", "drift-implicit-euler"])
def test_steps_that_are_no_polynomials_are_refused_with_one_that_is(method):
    with pytest.raises(ValueError, match=rf"{method!r} has a step that is no polynomial.*'sriw1'"):
        expansion_orders(method)
