"""The certified table of schemes as text of the documentation, and how a page is compared with it."""

from collections.abc import Iterator, Mapping

import numpy as np

from pdeopt.sde.adaptive import AdaptiveSplitting
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import Orders, Scheme
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.sde.verlet import MetropolisedOBABO
from pdeopt.verification.stability import langevin_limits, mean_limit, mean_square_limit
from pdeopt.verification.table import SchemeTable, TableRow
from pdeopt.verification.verdict import CERTIFIED, Verdict

__all__ = ["block_of", "claims_table", "evidence_differences", "evidence_table", "with_block"]

SCHEMES_TABLE, PAPER = "certified table", "errata"
"""Names of generated blocks; the lines ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` mark their places."""

SHOWN = (*SCHEMES, "BAOAB", "OBABO", "ABOBA", "BAO", "UBU", "BADODAB")

LETTERS: Mapping[str, str] = {
    "exact operators": "c",
    "exact moments": "m",
    "exact errors along a path": "e",
    "densities on the plane": "p",
    "coupled paths": "s",
}
"""By the first words of the tier of evidence."""

N_SLOPES = 3

KEYS = 6
"""First columns of the table of evidence, which a fresh one must repeat; the order follows, within its bars."""

DIGITS = 1e-4
"""Of orders as printed."""


def claims_table(table: SchemeTable) -> str:
    """Return the table of schemes: what they are, what they claim, and a letter for the evidence of each claim.

    Parameters
    ----------
    table : SchemeTable

    Returns
    -------
    str
        In Markdown.
    """
    titles = [
        "`method`",
        "interpretation",
        "evaluations",
        "noise",
        "strong",
        "weak",
        "invariant",
        "stable",
        "components",
    ]
    rows = [row for name in SHOWN for row in _claims(get(name), name, table)]
    return _markdown(titles, rows)


def _claims(scheme: Scheme, name: str, table: SchemeTable) -> Iterator[list[str]]:
    """Return a row for each set of orders."""
    drifts, diffusions = scheme.evaluations
    cost = f"{drifts:g}" + (f" + {diffusions:g}" if diffusions else "")
    size = "any" if scheme.arrays else "8"
    for orders, kinds in _kinds_by_orders(scheme).items():
        proofs = [row for row in table.rows if row.scheme == scheme.name and row.noise in kinds]
        strong = _claim(orders.strong, [row.strong for row in proofs if row.strong is not None])
        weak = _claim(orders.weak, [row.weak for row in proofs])
        invariant = _claim(orders.invariant, [row.invariant for row in proofs])
        stable = _stability(scheme, kinds)
        yield [f"`{name}`", scheme.interpretation, cost, ", ".join(kinds), strong, weak, invariant, stable, size]


def _kinds_by_orders(scheme: Scheme) -> dict[Orders, list[str]]:
    kinds: dict[Orders, list[str]] = {}
    for kind, orders in scheme.orders.items():
        kinds.setdefault(orders, []).append(kind)
    return kinds


def _claim(order: float | None, verdicts: list[Verdict]) -> str:
    if order is None:
        return ""
    bad = sorted({one.verdict for one in verdicts if one.verdict != CERTIFIED}, reverse=True)
    letters = sorted({letter for one in verdicts for words, letter in LETTERS.items() if one.tier.startswith(words)})
    marks = bad[:1] or ["".join(letters)]
    return _number(order) + (f" ({marks[0]})" if verdicts else "")


def _number(order: float) -> str:
    return "exact" if order == float("inf") else f"{order:g}"


def _stability(scheme: Scheme, kinds: list[str]) -> str:
    if isinstance(scheme, LangevinScheme):
        limits = langevin_limits(scheme)
        everywhere = np.allclose(limits, limits[0], rtol=1e-6)
        return f"hw < {limits[1]:.4g}" + ("" if everywhere else "*")
    if isinstance(scheme, MetropolisedOBABO | AdaptiveSplitting):
        return ""
    found = [("", mean_limit(scheme))] if "additive" in kinds else []
    found += [(" in m.s.", mean_square_limit(scheme))] if set(kinds) - {"additive"} else []
    return ", ".join(_limit(limit) + words for words, limit in found if limit is not None)


def _limit(limit: float) -> str:
    return "all h" if np.isinf(limit) else f"ha < {limit:.4g}"


def evidence_table(table: SchemeTable) -> str:
    """Return the table of evidence: a row for each verdict, with the measured order and its raw local slopes.

    Parameters
    ----------
    table : SchemeTable

    Returns
    -------
    str
        In Markdown.
    """
    titles = ["scheme", "noise", "quantity", "claimed", "verdict", "evidence", "order", "last local slopes", "steps"]
    return _markdown(titles, [line for row in table.rows for line in _evidence(row)])


def _evidence(row: TableRow) -> Iterator[list[str]]:
    quantities = {"strong": row.strong, "weak": row.weak, "invariant": row.invariant}
    for quantity, v in quantities.items():
        if v is not None:
            steps = f"{v.steps[0]:.3g} ... {v.steps[-1]:.3g}"
            slopes = v.slopes[np.isfinite(v.slopes)][-N_SLOPES:]
            local = " ".join(f"{slope:.4f}" for slope in slopes) if np.isfinite(v.order) else ""
            key = [f"`{row.scheme}`", row.noise, quantity, _number(v.claimed), v.verdict, v.tier]
            yield [*key, _measured(v), local, steps]


def _measured(v: Verdict) -> str:
    if not np.isfinite(v.order):
        return v.summary.rpartition(", ")[2]
    return f"{v.order:.4f} +- {max(v.interval[1] - v.order, DIGITS):.4f}"


def _markdown(titles: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [titles, ["---"] * len(titles), *rows])


def block_of(page: str, name: str = SCHEMES_TABLE) -> str:
    """Return what stands between the markers of a page.

    Parameters
    ----------
    page : str
    name : str
        In the markers.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there are no markers.
    """
    begin, end = _markers(name)
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page has no table: put the lines {begin} and {end} where it belongs.")
    return page.partition(begin)[2].partition(end)[0].strip()


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def with_block(page: str, block: str, name: str = SCHEMES_TABLE) -> str:
    """Return a page with another text between its markers.

    Parameters
    ----------
    page, block : str
    name : str
        In the markers.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there are no markers.
    """
    block_of(page, name)
    begin, end = _markers(name)
    head, tail = page.partition(begin)[0], page.partition(end)[2]
    return f"{head}{begin}\n{block}\n{end}{tail}"


def evidence_differences(written: str, fresh: str) -> list[str]:
    """Return the rows of a written table of evidence that a fresh one does not repeat.

    Parameters
    ----------
    written, fresh : str
        Tables as of `evidence_table`. Measured orders may differ within their bars, slopes and steps at will.

    Returns
    -------
    list of str
    """
    old, new = _by_key(written), _by_key(fresh)
    gone = [f"not found again: {' '.join(key)}" for key in old if key not in new]
    added = [f"not in the page: {' '.join(key)}" for key in new if key not in old]
    moved = [
        f"{' '.join(key)}: {old[key]} in the page, {new[key]} now"
        for key in old
        if key in new and not _agree(old[key], new[key])
    ]
    return [*gone, *added, *moved]


def _by_key(table: str) -> dict[tuple[str, ...], str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {tuple(row[:KEYS]): row[KEYS] for row in rows}


def _agree(one: str, other: str) -> bool:
    if "+-" not in one or "+-" not in other:
        return one == other
    (first, bar), (second, other_bar) = (map(float, text.split("+-")) for text in (one, other))
    return abs(first - second) <= bar + other_bar + DIGITS
