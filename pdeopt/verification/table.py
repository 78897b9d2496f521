"""Verdicts on every scheme of the package that can be decided without sampling, as one table."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.systems import SDE
from pdeopt.verification.equations import equation_for, langevin_on_the_circle, two_components
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.verdict import Verdict

__all__ = ["SchemeTable", "TableRow", "certify_schemes"]

WORDS = ("baoab", "aboba", "obabo", "oabao", "ubu", "bub", "ava", "vav", "bao", "oba")
NOISES = ("additive", "diagonal", "general")
SHARING = ("bbk-shared",)
"""Schemes for Langevin dynamics that carry noise from step to step: linear equations only."""


@dataclass(frozen=True)
class TableRow:
    """The verdicts on one scheme for one kind of noise.

    Parameters
    ----------
    scheme, noise : str
    weak, invariant : Verdict
        Of the weak order, and of the order of stationary averages.
    seconds : float
        Time that both took.
    problem : str
        Name of the equation.
    """

    scheme: str
    noise: str
    weak: Verdict
    invariant: Verdict
    seconds: float
    problem: str = ""

    def __str__(self) -> str:
        parts = [f"{one.claimed:7g} {one.order:8.4f} {one.verdict:12}" for one in (self.weak, self.invariant)]
        return f"{self.scheme:24} {self.noise:9} {' '.join(parts)} {self.seconds:6.2f}  {self.problem}"


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
        """All verdicts, weak before invariant in every row."""
        return tuple(one for row in self.rows for one in (row.weak, row.invariant))

    def __str__(self) -> str:
        quantity = f"{'claimed':>7} {'order':>8} {'verdict':12}"
        head = f"{'scheme':24} {'noise':9} {quantity} {quantity} {'s':>6}  problem"
        above = f"{'':34} {'weak':29} stationary averages"
        return "\n".join([above.rstrip(), head, *map(str, self.rows)])


def certify_schemes(methods: Iterable[str | Scheme] | None = None) -> SchemeTable:
    """Decide weak orders and orders of stationary averages of schemes, without sampling.

    Parameters
    ----------
    methods : iterable of str or Scheme, optional
        By default all schemes of the package, and the common splitting words.

    Returns
    -------
    SchemeTable
        A row for each scheme and kind of noise that it takes: in one dimension, and for commutative noise in two; for
        Langevin dynamics in the harmonic well and in a periodic potential.

    Examples
    --------
    >>> table = certify_schemes(["sra1"])
    >>> [verdict.claimed for verdict in table.verdicts]
    [2.0, 2.0]
    """
    chosen = [get(one) for one in ((*SCHEMES, *WORDS) if methods is None else methods)]
    return SchemeTable(tuple(_row(scheme, *trial) for scheme in chosen for trial in _trials(scheme)))


def _trials(scheme: Scheme) -> list[tuple[str, SDE]]:
    """Return the kinds of noise and equations on which a scheme is tried."""
    if isinstance(scheme, LangevinScheme):
        # A scheme that accepts or refuses has no closed moments in the well.
        well, circle = equation_for(scheme), langevin_on_the_circle()
        systems = [well] if scheme.name in SHARING else [circle] if well.name == circle.name else [well, circle]
        return [("additive", system) for system in systems]
    trials = [(noise, equation_for(scheme, None, noise)) for noise in NOISES if noise in scheme.orders]
    return [*trials, ("commutative", two_components("commutative"))] if "commutative" in scheme.orders else trials


def _row(scheme: Scheme, noise: str, system: SDE) -> TableRow:
    begun = perf_counter()
    weak, invariant = weak_order(scheme, system), invariant_bias(scheme, system)
    return TableRow(scheme.name, noise, weak, invariant, perf_counter() - begun, system.name or "")
