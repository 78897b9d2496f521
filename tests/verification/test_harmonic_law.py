"""Closed forms in the harmonic well, against the expansions of the literature and forty-digit solutions."""

from functools import cache

import pytest

from pdeopt import sde
from pdeopt.sde.harmonic import stationary_covariance as numerical_covariance
from pdeopt.verification import stationary_covariance

sympy = pytest.importorskip("sympy", reason="the extra pdeopt[symbolic] is not installed")
H, W, GAMMA, C = sympy.symbols("h w gamma c", positive=True)
X = H**2 * W**2 / 4
LIE = 2 * (1 + C) - H**2 * W**2

law_of = cache(stationary_covariance)

CLOSED_FORMS = {
    "baoab": (1, 0, 1 - X),
    "gjf": (1, 0, 1 - X),
    "obabo": (1 / (1 - X), 0, 1),
    "bbk": ((1 + GAMMA**2 * H**2 / 4) / (1 - X), 0, 1),
    "bao": ((1 + C) ** 2 / LIE, H * C * (1 + C) / LIE, (1 + C) * (2 - (1 - C) * H**2 * W**2) / LIE),
    "aoboa": ((1 + C) / (2 * sympy.sqrt(C)), 0, 2 * (1 + C) / (2 * (1 + C) - sympy.sqrt(C) * H**2 * W**2)),
}


@pytest.mark.parametrize("method", CLOSED_FORMS)
def test_closed_forms_are_those_of_the_literature(method):
    law = law_of(method)
    for found, expected in zip((law.position, law.cross, law.momentum), CLOSED_FORMS[method], strict=True):
        assert sympy.simplify(found - expected) == 0


BIAS = {
    "aboba": ((0, 0), (0, 0), (2, W**2 / 4), 2),
    "oabao": ((2, -(W**2) / 4), (0, 0), (0, 0), 2),
    "babo": ((2, W**2 / 4), (0, 0), (0, 0), 1),
    "oba": ((1, -GAMMA / 2), (1, sympy.Rational(1, 2)), (2, W**2 / 4), 1),
    "ava": ((2, GAMMA**2 / 12), (0, 0), (2, W**2 / 4), 2),
    "euler-maruyama": ((1, W**2 / GAMMA), (1, -sympy.Rational(1, 2)), (1, W**2 / GAMMA + GAMMA / 2), 1),
}
SLOWER = {
    "vav": ((2, W**2 / 4 + GAMMA**2 / 12), (2, -GAMMA / 8), (4, GAMMA**2 * W**2 / 64), 2),
    "ubu": ((2, -(W**2) / 6), (2, GAMMA / 24), (2, W**2 / 12), 2),
    "bub": ((2, W**2 / 12), (2, -GAMMA / 12), (2, -(W**2) / 6), 2),
    "boaob": ((2, W**2 / 4 + GAMMA**2 / 8), (2, -GAMMA / 4), (4, GAMMA**2 * W**2 / 16), 2),
    "exponential-euler": ((1, W**2 / (2 * GAMMA)), (3, W**2 / 24), (1, W**2 / (2 * GAMMA)), 1),
}


def check_bias(method, expected):
    law = law_of(method)
    for entry, (power, coefficient) in zip(("position", "cross", "momentum"), expected, strict=False):
        found = law.leading_bias(entry)
        assert found[0] == power
        assert sympy.simplify(found[1] - coefficient) == 0
    assert law.weak_order == expected[3]


@pytest.mark.parametrize("method", BIAS)
def test_leading_errors_are_those_of_the_expansion(method):
    check_bias(method, BIAS[method])


@pytest.mark.slow
@pytest.mark.parametrize("method", SLOWER)
def test_leading_errors_of_words_with_two_exact_parts_are_those_of_the_expansion(method):
    check_bias(method, SLOWER[method])


@pytest.mark.slow
def test_closed_forms_have_the_digits_of_the_numerical_solution():
    law = law_of("ubu")
    values = {"h": 0.6, "w": 2.0, "gamma": 0.5, "c": sympy.exp(-0.3)}

    def number(expression):
        return float(expression.subs({one: values[str(one)] for one in expression.free_symbols}))

    c = numerical_covariance(sde.get("ubu"), 2.0, 0.5, 1.0, 0.6)
    found = [number(law.position) / 4.0, number(law.cross), number(law.momentum)]
    assert found == pytest.approx([c[0, 0], c[0, 1], c[1, 1]], rel=1e-11)


def test_palindromes_have_even_powers_alone_and_others_do_not():
    for word, symmetric in (("aoboa", True), ("baoab", True), ("bao", False)):
        law = law_of(word)
        assert law.is_symmetric is symmetric is sde.Splitting(word).is_palindrome
        assert all(value == 0 for one in law.bias for value in one[::2]) is symmetric


@pytest.mark.parametrize("method", ["baoab", "bao", "euler-maruyama"])
@pytest.mark.parametrize("friction", [0.1, 1.0])
def test_conditions_change_their_sign_at_the_limit_of_stability(method, friction):
    law = law_of(method)
    limit = {"baoab": 2.0, "bao": {0.1: 1.911044883, 1.0: 1.556232192}[friction], "euler-maruyama": friction}[method]

    def is_stable(h):
        values = {"h": h, "w": 1.0, "gamma": friction, "c": sympy.exp(-friction * h)}
        return all(one.subs({s: values[str(s)] for s in one.free_symbols}) > 0 for one in law.conditions)

    assert is_stable(limit * (1 - 1e-8))
    assert not is_stable(limit * (1 + 1e-8))


def test_the_text_says_what_is_exact_and_what_is_not():
    text = str(law_of("baoab"))
    assert "<q^2> w^2 / tau  1   no error up to h^4" in text
    assert "error (-w**2/4) h^2" in text
    assert "weak order 2" in text


def test_noise_that_is_carried_and_rejections_are_refused():
    with pytest.raises(ValueError, match=r"'bbk-shared' carries noise .* method='baoab'"):
        stationary_covariance("bbk-shared")
    with pytest.raises(ValueError, match=r"accepts or rejects.* method='baoab'"):
        stationary_covariance("metropolised-obabo")


def test_without_sympy_the_message_names_the_extra(monkeypatch):
    def missing(name, *rest):
        raise ImportError(name)

    monkeypatch.setattr("pdeopt.verification.algebra.symbolic.import_module", missing)
    with pytest.raises(ImportError, match=r"pip install 'pdeopt\[symbolic\]'"):
        stationary_covariance("baoab")
