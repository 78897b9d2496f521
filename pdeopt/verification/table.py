"""Verdicts on every scheme of the package that can be decided without sampling, as one table."""

import signal
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from time import perf_counter

from tqdm import tqdm

from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.verdict import Verdict

__all__ = ["WORDS", "SchemeTable", "TableRow", "certify_schemes"]

WORDS = ("baoab", "aboba", "obabo", "oabao", "ubu", "bub", "ava", "vav", "bao", "oba")
NOISES = ("additive", "diagonal", "general")
UNDECIDED = {
    "mala": NOISES,
    "metropolised-obabo": NOISES,
    "milstein": ("general",),
    "derivative-free-milstein": ("general",),
}
"""Noises for which a scheme accepts or rejects, or draws too many numbers a step."""


@dataclass(frozen=True)
class TableRow:
    """The verdicts on one scheme for one kind of noise.

    Parameters
    ----------
    scheme, noise : str
    weak, invariant : Verdict
        Of the weak order, and of the order of stationary averages.
    seconds : float
        Time that all took.
    strong : Verdict, optional
        Of the strong order, where it is decided.
    """

    scheme: str
    noise: str
    weak: Verdict
    invariant: Verdict
    seconds: float
    strong: Verdict | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts there are: strong, weak, invariant."""
        return tuple(one for one in (self.strong, self.weak, self.invariant) if one is not None)

    def __str__(self) -> str:
        parts = [f"{one.claimed:7g} {one.order:8.4f} {one.verdict:12}" for one in (self.weak, self.invariant)]
        return f"{self.scheme:24} {self.noise:9} {' '.join(parts)} {self.seconds:6.2f}"


@dataclass(frozen=True)
class SchemeTable:
    """All rows; its text is a table.

    Parameters
    ----------
    rows : tuple of TableRow
    """

    rows: tuple[TableRow, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, strong before weak before invariant in every row."""
        return tuple(one for row in self.rows for one in row.verdicts)

    def __str__(self) -> str:
        quantity = f"{'claimed':>7} {'order':>8} {'verdict':12}"
        head = f"{'scheme':24} {'noise':9} {quantity} {quantity} {'s':>6}"
        above = f"{'':34} {'weak':29} stationary averages"
        return "\n".join([above.rstrip(), head, *map(str, self.rows)])


def certify_schemes(
    methods: Iterable[str | Scheme] | None = None, *, processes: int = 1, progress: bool = False
) -> SchemeTable:
    """Decide weak orders and orders of stationary averages of schemes, without sampling.

    Parameters
    ----------
    methods : iterable of str or Scheme, optional
        By default all schemes of the package without a Metropolis test, and the common splitting words.
    processes : int
        Processes that share the work.
    progress : bool
        Whether a terminal is shown a bar.

    Returns
    -------
    SchemeTable
        A row for each scheme and kind of noise that it takes in one dimension; for Langevin dynamics in the harmonic
        well.

    Examples
    --------
    >>> table = certify_schemes(["baoab", "bao"])
    >>> [verdict.claimed for verdict in table.verdicts]
    [2.0, 2.0, 1.0, 1.0]
    """
    chosen = [get(one) for one in ((*SCHEMES, *WORDS) if methods is None else methods)]
    cases = [(scheme, noise) for scheme in chosen for noise in _noises(scheme)]
    bar = partial(
        tqdm, total=len(cases), desc="certifying", unit="case", leave=False, disable=None if progress else True
    )
    if processes == 1:
        return SchemeTable(tuple(bar(map(_row, cases))))
    # Threads do not survive a fork.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_ignore_interrupts) as pool:
        return SchemeTable(tuple(bar(pool.map(_row, cases))))


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _noises(scheme: Scheme) -> list[str]:
    without = UNDECIDED.get(scheme.name, ())
    noises = NOISES[:1] if isinstance(scheme, LangevinScheme) else NOISES
    return [noise for noise in noises if noise in scheme.orders and noise not in without]


def _row(case: tuple[Scheme, str]) -> TableRow:
    (scheme, noise), begun = case, perf_counter()
    weak, invariant = weak_order(scheme, noise=noise), invariant_bias(scheme, noise=noise)
    return TableRow(scheme.name, noise, weak, invariant, perf_counter() - begun)
