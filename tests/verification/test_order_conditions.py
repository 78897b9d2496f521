"""Order conditions in exact fractions: published tableaux, and the steps of the package."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest

from pdeopt.sde.binding import bound
from pdeopt.sde.scheme import Orders, Scheme, Stepper
from pdeopt.verification import Tableau, expansion_orders, order_conditions
from pdeopt.verification.algebra.polynomials import Ring, rational
from pdeopt.verification.algebra.tableaux import tableau_of

SRIW1 = Tableau(
    "SRIW1 as published",
    A0=[[0, 0, 0, 0], ["3/4", 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    B0=[[0, 0, 0, 0], ["3/2", 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    A1=[[0, 0, 0, 0], ["1/4", 0, 0, 0], [1, 0, 0, 0], [0, 0, "1/4", 0]],
    B1=[[0, 0, 0, 0], ["1/2", 0, 0, 0], [-1, 0, 0, 0], [-5, 3, "1/2", 0]],
    alpha=["1/3", "2/3", 0, 0],
    beta=[[-1, "4/3", "2/3", 0], [-1, "4/3", "-1/3", 0], [2, "-4/3", "-2/3", 0], [-2, "5/3", "-2/3", 1]],
)
SRIW2 = Tableau(
    "SRIW2 as published",
    A0=[[0, 0, 0, 0], [1, 0, 0, 0], ["1/4", "1/4", 0, 0], [0, 0, 0, 0]],
    B0=[[0, 0, 0, 0], [0, 0, 0, 0], [1, "1/2", 0, 0], [0, 0, 0, 0]],
    A1=[[0, 0, 0, 0], ["1/4", 0, 0, 0], [1, 0, 0, 0], [0, 0, "1/4", 0]],
    B1=[[0, 0, 0, 0], ["-1/2", 0, 0, 0], [1, 0, 0, 0], [2, -1, "1/2", 0]],
    alpha=["1/6", "1/6", "2/3", 0],
    beta=[[-1, "4/3", "2/3", 0], [1, "-4/3", "1/3", 0], [2, "-4/3", "-2/3", 0], [-2, "5/3", "-2/3", 1]],
)
SRA1 = Tableau(
    "SRA1 as published",
    A0=[[0, 0], ["3/4", 0]],
    B0=[[0, 0], ["3/2", 0]],
    alpha=["1/3", "2/3"],
    beta=[[1, 0], [0, 0], [-1, 1]],
    c1=[1, 0],
)
SRA3 = Tableau(
    "SRA3 as published",
    A0=[[0, 0, 0], [1, 0, 0], ["1/4", "1/4", 0]],
    B0=[[0, 0, 0], [0, 0, 0], [1, "1/2", 0]],
    alpha=["1/6", "1/6", "2/3"],
    beta=[[1, 0, 0], [0, 0, 0], [-1, 1, 0]],
    c1=[1, 0, 0],
)


@pytest.mark.parametrize(("tableau", "without_noise"), [(SRIW1, 2), (SRIW2, 3), (SRA1, 2), (SRA3, 3)])
def test_published_tableaux_meet_all_conditions_of_strong_order_three_halves(tableau, without_noise):
    found = order_conditions(tableau, claimed=1.5)
    assert (found.verdict, found.order, found.failed) == ("certified", 1.5, ())
    assert found.deterministic_order == without_noise


def nonzero(matrix):
    return sorted(str(entry) for row in matrix for entry in row if entry)


def test_the_tableau_read_off_the_step_is_the_published_one():
    found = tableau_of("sriw1")
    assert (found.alpha, found.c0) == (SRIW1.alpha[:2], SRIW1.c0[:2])
    assert (found.beta, found.B1, found.c1) == (SRIW1.beta, SRIW1.B1, SRIW1.c1)
    assert [row[:2] for row in SRIW1.A0[:2]] == [*found.A0]
    assert nonzero(found.A1) == nonzero(SRIW1.A1)
    additive = tableau_of("sra1", additive=True)
    # The step evaluates the diffusion in the order of time.
    assert (additive.A0, additive.alpha, additive.c1) == (SRA1.A0, SRA1.alpha, SRA1.c1[::-1])
    assert [one[::-1] for one in additive.beta] == [*SRA1.beta]
    assert [row[::-1] for row in additive.B0] == [*SRA1.B0]


ORDERS = [
    ("euler-maruyama", "diagonal", 0.5, 1),
    ("euler-maruyama", "additive", 1.0, 1),
    ("derivative-free-milstein", "diagonal", 1.0, 1),
    ("sra1", "additive", 1.5, 2),
    ("sriw1", "diagonal", 1.5, 2),
    ("sriw1", "additive", 1.5, 2),
    ("sriw1-random-sign", "diagonal", 1.5, 2),
]


@pytest.mark.parametrize(("method", "noise", "strong", "without_noise"), ORDERS)
def test_conditions_give_the_steps_of_the_package_the_orders_proved(method, noise, strong, without_noise):
    found = order_conditions(method, noise=noise)
    assert (found.verdict, found.order, found.deterministic_order) == ("certified", strong, without_noise)


def test_one_in_place_of_three_halves_fails_two_conditions():
    found = order_conditions(replace(SRA1, B0=[[0, 0], [1, 0]]), claimed=1.5)
    assert (found.verdict, found.order) == ("refuted", 1.0)
    assert [(one.equation, one.value) for one in found.failed] == [
        ("alpha B0 e", Fraction(2, 3)),
        ("alpha (B0 e)^2", Fraction(2, 3)),
    ]
    assert "order 1.5: alpha B0 e = 2/3, not 1" in str(found)


FIELDS = [("A0", 1, 0), ("B0", 1, 0), ("A1", 1, 0), ("A1", 3, 2), ("B1", 1, 0), ("B1", 3, 2), ("beta", 1, 2)]


@pytest.mark.parametrize(("name", "i", "j"), FIELDS)
def test_any_entry_that_is_wrong_by_a_hundredth_is_refuted(name, i, j):
    rows = np.array(getattr(SRIW1, name), dtype=object)
    rows[i, j] += Fraction(1, 100)
    broken = replace(SRIW1, **{name: rows.tolist()}, c0=None, c1=None)
    assert order_conditions(broken, claimed=1.5).verdict == "refuted"


@dataclass(frozen=True)
class OfTableau(Scheme):
    """A scheme that steps by any explicit tableau."""

    tableau: Tableau
    kind: str = "diagonal"
    name: ClassVar[str] = "of-tableau"
    evaluations: ClassVar[tuple[float, float]] = (4, 4)

    @property
    def orders(self):
        return {self.kind: Orders(1.5, 1.5)}

    def stepper(self, system):
        parts, t = bound(self, system), self.tableau
        f, g, n = parts.drift, parts.diffusion, len(t.alpha)
        rows = [[[float(entry) for entry in row] for row in part] for part in (t.A0, t.B0, t.A1, t.B1, t.beta)]
        alpha = [float(entry) for entry in t.alpha]

        def step(time, x, h, xi, args):
            a0, b0, a1, b1, beta = rows
            w, u, root = xi[0], 0.5 * (xi[0] + xi[1] / 3.0**0.5), np.sqrt(h)
            integrals = (root * w, root * 0.5 * (w * w - 1.0), root * u, root * w * (w * w - 3.0) / 6.0)
            drifts, noises, total = [], [], x
            for i in range(n):
                first, second = x, x
                for j in range(i):
                    first = first + a0[i][j] * h * drifts[j] + b0[i][j] * root * u * noises[j]
                    second = second + a1[i][j] * h * drifts[j] + b1[i][j] * root * noises[j]
                drifts.append(f(time, first))
                noises.append(g(time, second))
                total = total + alpha[i] * h * drifts[i]
                for k in range(4):
                    total = total + beta[k][i] * integrals[k] * noises[i]
            return total

        return Stepper(step, parts.point, parts.point, parts.paired(), ("increment", "time-integral"))


@pytest.mark.parametrize(("name", "i", "j"), [("alpha", 0, 0), *FIELDS])
def test_conditions_and_taylor_expansions_agree_on_the_order_of_broken_tableaux(name, i, j):
    rows = np.array(getattr(SRIW1, name), dtype=object)
    rows[(i, j) if rows.ndim == 2 else i] += Fraction(1, 4)
    broken = replace(SRIW1, **{name: rows.tolist()}, c0=None, c1=None)
    assert expansion_orders(OfTableau(broken)).strong == order_conditions(broken).order < 1.5


def of_additive(tableau):
    """Return the scheme of a tableau for additive noise, whose diffusion may be evaluated anywhere."""
    p = len(tableau.alpha)
    zeros = [[0] * p] * p
    return replace(OfTableau(replace(tableau, A1=zeros, B1=zeros)), kind="additive")


@pytest.mark.parametrize(
    ("scheme", "weak", "term"),
    [
        (OfTableau(SRIW1), 1.5, "(-1/2 b0 s0^2 s2 + -1/12 s0^4 s3) h^5/2"),
        (OfTableau(SRIW2), 1.5, "(-1/12 b2 s0^2 s1) h^5/2"),
        (of_additive(SRA1), 2.0, "(1/48 b0^2 b2"),
        (of_additive(SRA3), 2.0, "(-1/24 b0 b3 s0^2"),
    ],
)
def test_published_tableaux_have_strong_order_three_halves_and_weak_orders_up_to_two(scheme, weak, term):
    found = expansion_orders(scheme, up_to=3)
    assert (found.strong, found.weak) == (1.5, weak)
    assert found.weak_term.startswith(term)


def test_the_classical_method_of_fourth_order_meets_all_conditions_of_trees():
    classical = Tableau(
        "Runge and Kutta",
        A0=[[0, 0, 0, 0], ["1/2", 0, 0, 0], [0, "1/2", 0, 0], [0, 0, 1, 0]],
        B0=[[0], [0], [0], [0]],
        alpha=["1/6", "1/3", "1/3", "1/6"],
        beta=[[1]],
    )
    assert order_conditions(classical).deterministic_order == 4


def test_irrational_entries_stay_exact():
    sympy = pytest.importorskip("sympy", reason="the extra pdeopt[symbolic] is not installed")
    root = sympy.sqrt(6)
    tableau = Tableau(
        "SRA2 as published",
        A0=[[0, 0], ["3/4", 0]],
        B0=[[sympy.Rational(4) / 10, 0], [sympy.Rational(4) / 10 + root / 10, 0]],
        alpha=["1/3", "2/3"],
        beta=[[1, 0], [0, 0], [-1, 1]],
        c1=[1, 0],
    )
    found = order_conditions(tableau)
    assert {one.equation for one in found.failed} == {"alpha B0 e", "alpha (B0 e)^2"}
    assert any(str(one.value) == "sqrt(6)/15 + 2/5" for one in found.failed)


def test_schemes_of_another_form_are_refused_with_one_of_it():
    for method in ("milstein", "ri6"):
        with pytest.raises(ValueError, match=rf"{method!r} has no tableau .*'sriw1'"):
            order_conditions(method)


def test_tables_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"A0 has 1 rows. Use 2 rows of 2 entries"):
        replace(SRA1, A0=[[0, 0]])
    with pytest.raises(ValueError, match=r"0\.123456789 is no fraction"):
        replace(SRA1, alpha=[0.123456789, 0.876543211])


def test_polynomials_add_multiply_and_lose_what_is_beyond_their_limit():
    ring = Ring(("r", "w"), limit=3)
    r, w = ring["r"], ring["w"]
    product = (1.0 + r * w) * (1.0 - r * w) * (r + 2.0)
    exponents = {tuple(ring.exponents(key).items()): value for key, value in product.rationals().items()}
    assert exponents == {(): 2, (("r", 1),): 1, (("r", 2), ("w", 2)): -2, (("r", 3), ("w", 2)): -1}
    assert (r**3 * w / (r * r)).rationals() == (r * w).rationals()
    assert (4.0 * r * r).root().rationals() == (2.0 * r).rationals()
    assert rational(1.0 / 3.0) == Fraction(1, 3)
