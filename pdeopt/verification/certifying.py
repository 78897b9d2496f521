"""One command: certify every scheme, write the tables of the documentation, or compare them with fresh ones."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from pdeopt.verification.pages import block_of, claims_table, evidence_differences, evidence_table, with_block
from pdeopt.verification.table import SchemeTable, certify_schemes
from pdeopt.verification.verdict import REFUTED

__all__ = ["check_page", "main", "write_page"]

EVIDENCE = "certified.md"
"""The page beside the one with the table of schemes."""


def write_page(page: Path | None, processes: int = 2) -> int:
    """Certify all schemes; write the tables of a page and of the page of evidence beside it, or print them.

    Parameters
    ----------
    page : Path or None
        With the markers of `pages.block_of`, such as docs/choose.md; None prints.
    processes : int

    Returns
    -------
    int
        1 where a claim is refuted, else 0.
    """
    pages = {} if page is None else _pages(page)
    table = _certified(processes)
    texts = [claims_table(table), evidence_table(table)]
    for (path, content), text in zip(pages.items(), texts, strict=False):
        path.write_text(with_block(content, text), encoding="utf-8")
        _say(f"wrote the table of {path}")
    if page is None:
        _say(str(table))
    return _report(_refuted(table))


def check_page(page: Path, processes: int = 2) -> int:
    """Certify all schemes and compare with the tables of a page and of the page of evidence beside it.

    Parameters
    ----------
    page : Path
    processes : int

    Returns
    -------
    int
        1 where a claim is refuted or a table says anything else, with a line for each such place; else 0.
    """
    claims, evidence = map(block_of, _pages(page).values())
    table = _certified(processes)
    fresh = claims_table(table).splitlines()
    stale = [f"{page} should say: {line}" for line in fresh if line not in claims.splitlines()]
    stale += [f"{page} should not say: {line}" for line in claims.splitlines() if line not in fresh]
    return _report([*_refuted(table), *stale, *evidence_differences(evidence, evidence_table(table))])


def _pages(page: Path) -> dict[Path, str]:
    found = {}
    for path in (page, page.with_name(EVIDENCE)):
        if not path.is_file():
            raise ValueError(f"{path} does not exist; the tables belong into docs/choose.md and docs/{EVIDENCE}.")
        found[path] = path.read_text(encoding="utf-8")
        block_of(found[path])
    return found


def _certified(processes: int) -> SchemeTable:
    begun = perf_counter()
    table = certify_schemes(processes=processes, progress=True)
    counts = [f"{sum(one.verdict == word for one in table.verdicts)} {word}" for word in _words(table)]
    _say(f"{len(table.rows)} cases, {', '.join(counts)}, in {perf_counter() - begun:.0f} s")
    return table


def _words(table: SchemeTable) -> list[str]:
    return sorted({one.verdict for one in table.verdicts})


def _refuted(table: SchemeTable) -> list[str]:
    return [
        f"{row.scheme}, {row.noise}: {v.summary}" for row in table.rows for v in row.verdicts if v.verdict == REFUTED
    ]


def _report(problems: list[str]) -> int:
    for line in problems:
        _say(line)
    return 1 if problems else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``python -m pdeopt.verification``.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those the process was started with.

    Returns
    -------
    int
        Exit status: 0; 1 where a claim is refuted or a page is out of date; 2 for bad input.
    """
    parser = argparse.ArgumentParser("python -m pdeopt.verification", description="Certify every scheme of pdeopt.")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--write", type=Path, metavar="PAGE.md", help="write the tables of docs/choose.md")
    group.add_argument("--check", type=Path, metavar="PAGE.md", help="compare with the tables of docs/choose.md")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="processes that share the work (2)")
    options = parser.parse_args(arguments)
    try:
        if options.check is not None:
            return check_page(options.check, options.processes)
        return write_page(options.write, options.processes)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
