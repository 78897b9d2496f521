"""Pages say what the code does: their programs run, their tables are those of the records."""

import re
from math import inf
from pathlib import Path

import numpy as np
import pytest
from mutants import MUTANTS

from pdeopt import sde
from pdeopt.sde.harmonic import stationary_covariance
from pdeopt.verification.pages import block_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(<!-- not run -->\n)?```python\n(.*?)```", re.DOTALL)
WORDS = ["BAOAB", "OBABO", "ABOBA", "BAO", "UBU"]
ADAPTIVE = ["BADODAB"]
PAGES = ["simulate", "own_loops", "solve", "kolmogorov", "verify", "networks", "residual_networks"]


def programs(path):
    return [code for skipped, code in BLOCK.findall(path.read_text()) if not skipped]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_runs_as_one_program(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "page"}
    for code in programs(DOCS / f"{page}.md"):
        exec(compile(code, page, "exec"), names)
    assert len(programs(DOCS / f"{page}.md")) > 4


def test_the_code_of_the_readme_runs():
    names = {"__name__": "page"}
    for code in programs(ROOT / "README.md"):
        exec(compile(code, "README.md", "exec"), names)


def number(order):
    return "" if order is None else "exact" if order == inf else f"{order:g}"


def rows_of(scheme, name):
    """Return the rows of the table: one for each set of orders."""
    drifts, diffusions = scheme.evaluations
    cost = f"{drifts:g}" + (f" + {diffusions:g}" if diffusions else "")
    size = "any" if scheme.arrays else "8"
    by_orders = {}
    for kind, orders in scheme.orders.items():
        by_orders.setdefault(orders, []).append(kind)
    for orders, kinds in by_orders.items():
        each = map(number, (orders.strong, orders.weak, orders.invariant))
        yield [name, scheme.interpretation, cost, ", ".join(kinds), *each, size]


def cells_of(page):
    """Return the rows of the table between the markers of a page, as lists of cells."""
    rows = block_of((DOCS / page).read_text()).splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_table_of_schemes_is_that_of_the_records():
    names = [*sde.SCHEMES, *WORDS, *ADAPTIVE]
    expected = [row for name in names for row in rows_of(sde.get(name), f"`{name}`")]
    rows = cells_of("choose.md")
    claims = [[*row[:4], *(cell.partition(" (")[0] for cell in row[4:7]), row[8]] for row in rows]
    assert claims == expected


def test_every_order_of_the_table_has_evidence_but_those_of_adaptive_thermostats():
    undecided = {(row[0], k) for row in cells_of("choose.md") for k in (4, 5, 6) if row[k] and "(" not in row[k]}
    assert undecided == {("`BADODAB`", 4), ("`BADODAB`", 5), ("`BADODAB`", 6)}


def test_every_row_of_evidence_is_certified_but_one_and_near_a_half_integer_where_nothing_is_sampled():
    rows = cells_of("certified.md")
    assert len(rows) > 190
    assert [(row[0], row[2]) for row in rows if row[4] != "certified"] == [("`metropolised-obabo`", "strong")]
    for row in rows:
        if "+-" not in row[6] or row[5] == "coupled paths":
            continue
        order, bar = map(float, row[6].split("+-"))
        assert abs(2.0 * order - round(2.0 * order)) <= 0.04, row
        assert bar < 0.02, row
        assert len(row[7].split()) == 3, row


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
