"""Values of draws and their probabilities: moments of the laws they stand for."""

import numpy as np
import pytest

from pdeopt.verification.draws import RULES, draw_values

NORMAL_MOMENTS = {0: 1.0, 1: 0.0, 2: 1.0, 3: 0.0, 4: 3.0, 5: 0.0, 6: 15.0}
EXACT_UP_TO = {"two-point": 3, "coin": 3, "three-point": 5}


@pytest.mark.parametrize("kind", RULES)
def test_draws_have_the_moments_of_a_normal_number_up_to_their_degree(kind):
    values, probabilities = draw_values((kind,))
    for power in range(EXACT_UP_TO.get(kind, 6) + 1):
        assert probabilities @ values[:, 0] ** power == pytest.approx(NORMAL_MOMENTS[power], abs=1e-12)


def test_several_draws_are_independent():
    values, probabilities = draw_values(("increment", "three-point", "coin"))
    first, second, third = values.T
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-13)
    assert probabilities @ (first**2 * second**4 * third**2) == pytest.approx(3.0, abs=1e-12)
    assert probabilities @ (first * second * third) == pytest.approx(0.0, abs=1e-13)


def test_a_step_without_draws_has_one_value():
    values, probabilities = draw_values(())
    assert values.shape == (1, 0)
    np.testing.assert_array_equal(probabilities, [1.0])


def test_kinds_without_a_rule_and_too_many_draws_are_refused():
    with pytest.raises(ValueError, match="kind 'uniform' have no rule"):
        draw_values(("uniform",))
    with pytest.raises(ValueError, match=r"9 draws a step .* method='euler-maruyama'"):
        draw_values(("increment",) * 9)
