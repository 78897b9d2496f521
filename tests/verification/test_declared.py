"""What schemes declare is what their steps do."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from pdeopt import sde
from pdeopt.verification import declarations


@pytest.mark.parametrize(
    "method", [*sde.SCHEMES, "baoab", "aboba", "obabo", "ubu", "bub", "ava", "vav", "bao", "aoboa"]
)
def test_every_scheme_takes_the_evaluations_and_draws_that_it_declares(method):
    found = declarations(method)
    assert [one.noise for one in found] == [*sde.get(method).orders]
    assert {one.verdict for one in found} == {"certified"}


@dataclass(frozen=True)
class Boastful(sde.StochasticHeun):
    """Heun's scheme, said to evaluate once."""

    evaluations: ClassVar[tuple[float, float]] = (1, 1)


def test_a_scheme_that_declares_too_little_is_refuted():
    found = declarations(Boastful())
    assert {one.verdict for one in found} == {"refuted"}
    assert "declares 1 and 1 evaluations, takes 2 and 2" in str(found[0])
