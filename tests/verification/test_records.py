"""Verdicts as JSON: all that was decided comes back, and what is no verdict is refused."""

import json
from dataclasses import fields

import numpy as np
import pytest

from pdeopt.verification import from_json, to_json
from pdeopt.verification.verdict import Verdict, verdict_of

H = 0.5 ** np.arange(4, 10)
CASES = {
    "certified": verdict_of("a step", H, H**2, claimed=2.0, tier="t", evidence="e"),
    "rounding alone": verdict_of("a step", H, 0.0 * H, claimed=2.0, tier="t", evidence="e"),
    "too few": verdict_of("a step", H, H**2, claimed=2.0, tier="t", evidence="e", rounding=1e-5),
}


@pytest.mark.parametrize("name", CASES)
def test_a_verdict_comes_back_with_all_digits(name):
    before = CASES[name]
    after = from_json(to_json(before))
    for field in fields(Verdict):
        one, other = getattr(before, field.name), getattr(after, field.name)
        np.testing.assert_array_equal(one, other, err_msg=field.name)
        assert type(one) is type(other), field.name
    assert str(after) == str(before)


def test_the_text_is_json_that_other_programs_read():
    def refused(word):
        raise AssertionError(word)

    content = json.loads(to_json(CASES["rounding alone"]), parse_constant=refused)
    assert content["order"] == "inf"
    assert content["steps"] == H.tolist()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: content.pop("kind"), 'lacks "kind"'),
        (lambda content: content.pop("errors"), "lacks errors"),
        (lambda content: content.update(colour="red"), "field 'colour'"),
        (lambda content: content.update(verdict="fine"), "verdict='fine' is not known"),
    ],
)
def test_what_is_no_verdict_is_refused(change, words):
    content = json.loads(to_json(CASES["certified"]))
    change(content)
    with pytest.raises(ValueError, match=words):
        from_json(json.dumps(content))


def test_text_that_is_no_json_is_refused():
    with pytest.raises(ValueError, match="no JSON"):
        from_json("certified")
