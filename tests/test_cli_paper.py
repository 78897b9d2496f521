"""`pdeopt paper-check`: tables, exit statuses and files, and one line for whatever is wrong."""

import json
import re
from dataclasses import replace

import pytest

from pdeopt.cli import main
from pdeopt.verification import PaperCheck
from pdeopt.verification.pages import PAPER, block_of
from pdeopt.verification.paper import catalogue, checking

FEW = ("--only", "E9,E22")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text("head\n<!-- errata: begin -->\n<!-- errata: end -->\ntail\n")


@pytest.fixture
def _two_errata(monkeypatch):
    """Let there be two errata, so that all of them take little time."""
    kept = tuple(one for one in catalogue.ERRATA if one.id in ("E9", "E22"))
    monkeypatch.setattr(checking, "ERRATA", kept)


@pytest.fixture
def _broken_erratum(monkeypatch):
    e9 = next(one for one in catalogue.ERRATA if one.id == "E9")

    def swapped(seed):
        return tuple(replace(one, printed=one.corrected, corrected=one.printed) for one in e9.find(seed))

    monkeypatch.setattr(checking, "ERRATA", (replace(e9, find=swapped),))


def run(capsys, *words):
    """Run the command; return its status, what it printed and what it complained."""
    status = main(["paper-check", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_table_is_printed_with_status_0(capsys):
    status, text, complaint = run(capsys, *FEW)
    assert status == 0
    assert complaint == ""
    assert re.search(r"^E9 +1\.89292 +2\.16757 += +2\.16757 +1\.0e-11 +3e\+10 +ok u, f = 3 x\^2/2", text, re.MULTILINE)
    assert text.splitlines()[-1].startswith("2 of 2 errata confirmed, 1 of them by 3 numbers")


@pytest.mark.parametrize("words", [("--only", "e9,E22"), ("--only", "E9", "E22"), ("--only", "E22, E9")])
def test_errata_are_named_with_commas_or_spaces_in_any_case(capsys, words):
    assert [line["id"] for line in json.loads(run(capsys, *words, "--json")[1])["lines"]] == ["E9", "E22"]


@pytest.mark.usefixtures("_broken_erratum")
def test_an_erratum_that_is_not_confirmed_gives_status_1(capsys):
    status, text, _ = run(capsys)
    assert status == 1
    assert "CORRECTION FAILS" in text
    assert text.splitlines()[-1].startswith("0 of 1 errata confirmed")


def test_details_name_the_function_and_the_source(capsys):
    text = run(capsys, *FEW, "--details")[1]
    assert "function   pdeopt.landscapes.quadratic" in text
    assert "(second differences of the quadrature): confirmed" in text


def test_markdown_has_both_tables(capsys):
    text = run(capsys, *FEW, "--markdown")[1]
    assert text.count("\n| --- |") == 2
    assert "| E9 | Example 13 |" in text


def test_the_numbers_are_saved_and_come_back(capsys):
    status, _, told = run(capsys, *FEW, "--save", "paper.json")
    assert status == 0
    assert told == "saved paper.json\n"
    assert PaperCheck.load("paper.json")["E9"].passed


@pytest.mark.usefixtures("_two_errata")
def test_a_page_is_written_and_then_compared(capsys, tmp_path):
    page = tmp_path / "page.md"
    assert run(capsys, "--write", "page.md")[0] == 0
    assert page.read_text().startswith("head\n")
    assert "| E22 |" in block_of(page.read_text(), PAPER)
    assert run(capsys, "--check", "page.md")[0] == 0
    page.write_text(page.read_text().replace("| 1.3636364 |", "| 1.4 |"))
    status, text, _ = run(capsys, "--check", "page.md")
    assert status == 1
    assert "page.md: the page should say: E9 | `u_xx" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--only", "E24"), "only='E24' is not an erratum; they are E1 to E23"),
        (("--only", ","), "only=[] names no erratum"),
        (("--seed", "-1"), "seed=-1 must be a whole number"),
        (("--seed", "x"), "invalid int value"),
        (("--save", "paper.txt"), "--save paper.txt must end in .json"),
        (("--save", "no/paper.json"), "--save no/paper.json cannot be written: no is no folder"),
        (("--check", "none.md"), "--check none.md does not exist"),
        (("--only", "E9", "--check", "page.md"), "--check page.md takes all errata; leave out --only"),
        (("--json", "--markdown"), "not allowed with argument"),
    ],
)
def test_bad_input_is_one_line_with_status_2(capsys, words, message):
    status, text, complaint = run(capsys, *words)
    assert (status, text) == (2, "")
    assert message in complaint
    assert complaint.count("\n") == 1


def test_a_page_without_markers_is_refused(capsys, tmp_path):
    (tmp_path / "bare.md").write_text("nothing\n")
    status, _, complaint = run(capsys, "--check", "bare.md")
    assert status == 2
    assert "put the lines <!-- errata: begin -->" in complaint
