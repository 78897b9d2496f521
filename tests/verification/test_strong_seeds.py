"""Schemes that are right, over twenty seeds: none is refuted."""

from collections import Counter

import pytest
from strong_seeds import verdicts


@pytest.mark.slow
@pytest.mark.parametrize("method", ["milstein", "derivative-free-milstein", "heun", "euler-heun", "euler-maruyama"])
def test_no_seed_refutes_a_right_scheme(method):
    counts = Counter(found.verdict for found in verdicts(method, "diagonal", range(20)))
    assert counts["refuted"] == 0
    assert counts["certified"] >= 17
