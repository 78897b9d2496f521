"""The errata as tables of a page, and how a page is compared with fresh ones."""

from collections.abc import Iterable

from pdeopt.verification.paper.line import PaperLine
from pdeopt.verification.paper.words import number

__all__ = ["markdown_tables", "page_differences"]

STATEMENTS = ("", "place", "printed", "corrected", "function")
NUMBERS = ("", "quantity", "printed", "corrected", "", "oracle", "+-", "from")
FIRST_VALUE, LAST_VALUE, ERROR = 2, 5, 6
"""Columns of the table of numbers that a fresh one repeats within the error bars."""

DIGITS = 1e-6
"""Relative, of numbers as written."""


def markdown_tables(lines: Iterable[PaperLine]) -> str:
    """Return a table of statements and a table of numbers.

    Parameters
    ----------
    lines : iterable of PaperLine

    Returns
    -------
    str
        In Markdown.
    """
    kept = list(lines)
    statements = [
        [line.id, line.place, f"`{line.printed}`", f"`{line.corrected}`", f"`{line.function}`" if line.function else ""]
        for line in kept
    ]
    return "\n\n".join([_table(STATEMENTS, statements), _table(NUMBERS, [row for line in kept for row in _rows(line)])])


def _rows(line: PaperLine) -> list[list[str]]:
    rows = [
        [
            line.id,
            f"`{one.quantity}`",
            *(number(value) for value in (one.printed, one.corrected)),
            one.relation,
            number(one.oracle),
            f"{one.error:.1e}",
            one.source,
        ]
        for one in line.comparisons
    ]
    return rows + [[line.id, one.claim, "", "", "", "", "", one.why] for one in line.reasons]


def _table(titles: tuple[str, ...], rows: list[list[str]]) -> str:
    cells = [list(titles), ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |" for row in cells)


BAR = "\\|"
"""A bar inside a cell."""


def page_differences(written: str, fresh: str) -> list[str]:
    """Return what the tables of a page do not repeat of fresh ones.

    Parameters
    ----------
    written, fresh : str
        As of `markdown_tables`. Numbers may differ within their error bars, and these at will.

    Returns
    -------
    list of str
    """
    old, new = (list(filter(None, text.splitlines())) for text in (written, fresh))
    if len(old) != len(new):
        return [f"the page has {len(old)} lines in its tables; there are {len(new)}"]
    pairs = ((_cells(one), _cells(other)) for one, other in zip(old, new, strict=True))
    return [f"the page should say: {' | '.join(other)}" for one, other in pairs if not _agree(one, other)]


def _cells(row: str) -> list[str]:
    hidden = row.replace(BAR, "\0").strip("| ")
    return [cell.strip().replace("\0", BAR) for cell in hidden.split("|")]


def _agree(one: list[str], other: list[str]) -> bool:
    if len(one) != len(other) or len(one) != len(NUMBERS):
        return one == other
    errors = [_value(row[ERROR]) for row in (one, other)]
    if None in errors:
        return one == other
    bar = sum(filter(None, errors))
    values = slice(FIRST_VALUE, LAST_VALUE + 1)
    words = [row[:FIRST_VALUE] + row[ERROR + 1 :] for row in (one, other)]
    return words[0] == words[1] and all(map(lambda a, b: _near(a, b, bar), one[values], other[values]))


def _near(one: str, other: str, bar: float) -> bool:
    first, second = _value(one), _value(other)
    if first is None or second is None:
        return one == other
    return abs(first - second) <= bar + DIGITS * max(1.0, abs(first))


def _value(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
