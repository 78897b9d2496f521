"""Pages say what the code does: their programs run, their tables are those of the records."""

import re
from math import inf
from pathlib import Path

import numpy as np
import pytest
from mutants import MUTANTS

from pdeopt import sde
from pdeopt.sde.harmonic import stationary_covariance

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(<!-- not run -->\n)?```python\n(.*?)```", re.DOTALL)
WORDS = ["BAOAB", "OBABO", "ABOBA", "BAO", "UBU"]
ADAPTIVE = ["BADODAB"]


def programs(path):
    return [code for skipped, code in BLOCK.findall(path.read_text()) if not skipped]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["docs/simulate.md", "docs/own_loops.md"])
def test_the_code_of_a_page_runs_as_one_program(page):
    names = {"__name__": "page"}
    for code in programs(ROOT / page):
        exec(compile(code, page, "exec"), names)
    assert len(programs(ROOT / page)) > 4


def test_the_code_of_the_readme_runs():
    names = {"__name__": "page"}
    for code in programs(ROOT / "README.md"):
        exec(compile(code, "README.md", "exec"), names)


def number(order):
    return "" if order is None else "exact" if order == inf else f"{order:g}"


def rows_of(scheme, name):
    """Return the rows of the table: one for each set of orders."""
    drifts, diffusions = scheme.evaluations
    facts = f"{scheme.interpretation} | {drifts:g}" + (f" + {diffusions:g}" if diffusions else "")
    size = "any" if scheme.arrays else "8"
    by_orders = {}
    for kind, orders in scheme.orders.items():
        by_orders.setdefault(orders, []).append(kind)
    for orders, kinds in by_orders.items():
        each = " | ".join(map(number, (orders.strong, orders.weak, orders.invariant)))
        yield f"| {name} | {facts} | {', '.join(kinds)} | {each} | {size} |"


def test_the_table_of_schemes_is_that_of_the_records():
    page = (DOCS / "choose.md").read_text()
    names = [*sde.SCHEMES, *WORDS, *ADAPTIVE]
    expected = [row for name in names for row in rows_of(sde.get(name), f"`{name}`")]
    found = [line for line in page.splitlines() if line in expected]
    assert found == expected, "The table should be:\n" + "\n".join(expected)


def test_the_table_of_stationary_covariances_is_that_of_the_lyapunov_equation():
    page = (DOCS / "theory" / "langevin.md").read_text()
    rows = re.findall(r"^\| ([A-Z]+) \| ([-\d.]+) \| ([-\d.]+) \| ([-\d.]+) \|", page, re.MULTILINE)
    assert len(rows) == 9
    for name, *values in rows:
        c = stationary_covariance(sde.get(name), 1.0, 1.0, 1.0, h=0.5)
        np.testing.assert_allclose([float(v) for v in values], [c[0, 0], c[0, 1], c[1, 1]], rtol=0, atol=5.1e-7)


def test_the_page_of_mutants_has_a_row_for_each():
    page = (DOCS / "mutations.md").read_text().partition("## Mutants of them")[2]
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert rows == [(mutant.scheme, mutant.name) for mutant in MUTANTS]
