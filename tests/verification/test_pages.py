"""The certified table: what a page says, and that a page that says anything else is noticed."""

import numpy as np
import pytest

from pdeopt.verification import certifying, pages
from pdeopt.verification.certifying import check_page, main, write_page
from pdeopt.verification.pages import block_of, claims_table, evidence_differences, evidence_table, with_block
from pdeopt.verification.table import SchemeTable, TableRow, certify_schemes
from pdeopt.verification.verdict import verdict_of

H = 0.5 ** np.arange(4, 10)
BEGIN, END = "<!-- certified table: begin -->", "<!-- certified table: end -->"
EMPTY = f"head\n{BEGIN}\n{END}\ntail\n"


@pytest.fixture(scope="module")
def table():
    return certify_schemes(["baoab", "bao"])


@pytest.fixture
def page(tmp_path, monkeypatch, table):
    """Give a page with fresh tables, and let the certification be that of two schemes."""
    monkeypatch.setattr(certifying, "certify_schemes", lambda **_: table)
    monkeypatch.setattr(pages, "SHOWN", ("BAOAB", "BAO", "mala"))
    path = tmp_path / "choose.md"
    for one in (path, tmp_path / "certified.md"):
        one.write_text(EMPTY)
    assert write_page(path) == 0
    return path


def with_order(table, order):
    """Return the table with the weak errors of its first scheme replaced by those of another order."""
    row = table.rows[0]
    verdict = verdict_of("baoab, weak order", H, H**order, claimed=2.0, tier=row.weak.tier, evidence="e")
    return SchemeTable((TableRow(row.scheme, row.noise, verdict, row.invariant, 0.0), *table.rows[1:]))


def test_a_fresh_page_passes_the_check(page):
    assert check_page(page) == 0
    assert page.read_text().startswith("head\n")
    assert page.read_text().endswith("tail\n")


def test_claims_carry_the_letter_of_their_evidence_and_the_stability_limit(page):
    cells = [row.split(" | ") for row in block_of(page.read_text()).splitlines()]
    assert cells[2][4:8] == ["1 (e)", "2 (cm)", "2 (cm)", "hw < 2"]
    assert cells[3][4:8] == ["1 (e)", "1 (cm)", "1 (cm)", "hw < 1.556*"]
    assert cells[4][4:8] == ["0.75", "1", "exact", ""]


def test_evidence_has_the_measured_order_and_its_raw_local_slopes(page, table):
    rows = block_of(page.with_name("certified.md").read_text()).splitlines()[2:]
    first = [cell.strip() for cell in rows[1].strip("|").split("|")]
    assert first[:6] == ["`baoab`", "additive", "weak", "2", "certified", "exact moments of a linear equation"]
    assert float(first[6].split("+-")[0]) == pytest.approx(2.0, abs=1e-3)
    assert [float(slope) for slope in first[7].split()] == pytest.approx(table.rows[0].weak.slopes[-3:], abs=1e-4)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("| 2 (cm) | 2 (cm) |", "| 3 (cm) | 2 (cm) |", "choose.md should say"),
        ("hw < 2 |", "hw < 3 |", "should not say"),
    ],
)
def test_a_page_that_claims_anything_else_fails_with_the_line(page, capsys, old, new, words):
    page.write_text(page.read_text().replace(old, new))
    assert check_page(page) == 1
    assert words in capsys.readouterr().out


def test_a_refuted_claim_fails_with_the_order_that_was_found(page, capsys, monkeypatch, table):
    monkeypatch.setattr(certifying, "certify_schemes", lambda **_: with_order(table, 1.5))
    assert check_page(page) == 1
    printed = capsys.readouterr().out
    assert "baoab, additive: baoab, weak order: refuted; claimed 2, order 1.5000" in printed
    assert "| 2 (refuted) |" in printed


def test_evidence_may_move_within_its_bars_and_no_further(table):
    written = evidence_table(table)
    row = written.splitlines()[3]
    order = row.split("|")[7]
    near, far = (written.replace(row, row.replace(order, f" {one} +- 0.0001 ")) for one in ("2.0002", "2.0300"))
    assert evidence_differences(near, written) == []
    moved = evidence_differences(far, written)
    assert len(moved) == 1
    assert "2.0300 +- 0.0001 in the page" in moved[0]


def test_rows_that_are_gone_or_new_are_named(table):
    both, one = evidence_table(table), evidence_table(SchemeTable(table.rows[:1]))
    n = len(table.verdicts) - len(table.rows[0].verdicts)
    assert [line.partition(":")[0] for line in evidence_differences(both, one)] == ["not found again"] * n
    assert [line.partition(":")[0] for line in evidence_differences(one, both)] == ["not in the page"] * n


def test_the_verdict_on_a_strong_order_gets_its_place(table, monkeypatch):
    monkeypatch.setattr(pages, "SHOWN", ("BAOAB",))
    row = table.rows[0]
    strong = verdict_of("baoab, strong order", H, H, claimed=1.0, tier="coupled paths", evidence="e")
    full = SchemeTable((TableRow(row.scheme, row.noise, row.weak, row.invariant, 0.0, strong),))
    assert full.verdicts[0] is strong
    line = next(line for line in claims_table(full).splitlines() if line.startswith("| `BAOAB`"))
    assert line.split(" | ")[4] == "1 (s)"
    assert "| strong | 1 | certified | coupled paths |" in evidence_table(full)


def test_without_a_page_the_table_is_printed(page, capsys):
    assert main([]) == 0
    assert "certified" in capsys.readouterr().out.splitlines()[-1]


def test_a_page_without_markers_is_refused(tmp_path, capsys):
    for name in ("choose.md", "certified.md"):
        (tmp_path / name).write_text("nothing")
    assert main(["--check", str(tmp_path / "choose.md")]) == 2
    assert "certified table: begin" in capsys.readouterr().err


def test_a_missing_page_is_refused(tmp_path, capsys):
    assert main(["--check", str(tmp_path / "no.md")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_only_the_text_between_the_markers_changes():
    assert with_block(EMPTY, "rows") == f"head\n{BEGIN}\nrows\n{END}\ntail\n"


@pytest.mark.slow
def test_two_processes_find_what_one_finds(table):
    shared = certify_schemes(["baoab", "bao"], processes=2)
    assert [v.order for v in shared.verdicts] == [v.order for v in table.verdicts]
