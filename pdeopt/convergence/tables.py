"""Tables of errors and experimental orders of convergence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.convergence.norms import error_norms
from pdeopt.convergence.orders import ObservedOrder, checked_spacings, observed_order
from pdeopt.convergence.slopes import local_slopes

__all__ = ["EOCTable"]


@dataclass(frozen=True, eq=False)
class EOCTable:
    """Errors against spacings in one or several norms, with their orders.

    Parameters
    ----------
    spacings : array_like, shape (n,)
        Decreasing, in any ratios.
    errors : mapping of str to array_like, shape (n,)
        By the name of the norm, or of a quantity; not negative.
    rounding : float
        Absolute rounding or solver tolerance in an error.
    unit : str
        Of the spacings, for labels.

    Raises
    ------
    ValueError
        If an error is negative or not finite, or there is none.

    Examples
    --------
    >>> h = 0.2 * 0.5 ** np.arange(4)
    >>> print(EOCTable(h, {"max": 2.0 * h**2}))
         spacing          max order
             0.2   8.0000e-02
             0.1   2.0000e-02  2.00
            0.05   5.0000e-03  2.00
           0.025   1.2500e-03  2.00
    max: order 2.000 +- 0.001
    """

    spacings: ArrayLike
    errors: Mapping[str, ArrayLike]
    rounding: float = field(default=0.0, kw_only=True)
    unit: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spacings", checked_spacings(self.spacings))
        if not self.errors:
            raise ValueError("errors is empty; give at least one norm, such as {'max': [0.1, 0.025]}.")
        columns = {name: np.asarray(column, dtype=np.float64) for name, column in self.errors.items()}
        for name, column in columns.items():
            if column.shape != np.shape(self.spacings) or not (np.isfinite(column).all() and (column >= 0.0).all()):
                raise ValueError(
                    f"errors[{name!r}]={column.tolist()} must be {np.size(self.spacings)} finite numbers, not negative."
                )
        object.__setattr__(self, "errors", columns)

    @classmethod
    def of(
        cls,
        spacings: ArrayLike,
        computed: Sequence[ArrayLike],
        exact: Sequence[ArrayLike],
        *,
        rounding: float = 0.0,
        unit: str = "",
    ) -> "EOCTable":
        """Return the table of largest, mean and root mean square errors of solutions.

        Parameters
        ----------
        spacings : array_like, shape (n,)
        computed, exact : sequences of array_like
            For each spacing, values at the same nodes, of any dimension.
        rounding, unit
            As for the table.

        Returns
        -------
        EOCTable
        """
        rows = [error_norms(one, other) for one, other in zip(computed, exact, strict=True)]
        return cls(spacings, {name: [row[name] for row in rows] for name in rows[0]}, rounding=rounding, unit=unit)

    @cached_property
    def orders(self) -> Mapping[str, ObservedOrder]:
        """The observed order of every column."""
        return {name: observed_order(self.spacings, e, rounding=self.rounding) for name, e in self.errors.items()}

    def local_orders(self, name: str) -> FloatArray:
        """Return the local orders of a column, shape (n - 1,).

        Parameters
        ----------
        name : str

        Returns
        -------
        array
        """
        return local_slopes(self.spacings, self.errors[name])

    def __str__(self) -> str:
        head = f"{'spacing':>12}" + "".join(f" {name:>12} {'order':>5}" for name in self.errors)
        widths = [12, *(12, 5) * len(self.errors)]
        rows = [" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in self._rows()]
        return "\n".join([head, *(row.rstrip() for row in rows), *self._orders()])

    def to_markdown(self) -> str:
        """Return the table in Markdown, with the orders below it.

        Returns
        -------
        str
        """
        names = ["spacing", *(cell for name in self.errors for cell in (name, "order"))]
        lines = [names, ["---:"] * len(names), *self._rows()]
        return "\n".join([*("| " + " | ".join(line) + " |" for line in lines), "", *self._orders()])

    def to_csv(self) -> str:
        """Return spacings, errors and local orders as comma-separated values in full precision.

        Returns
        -------
        str
        """
        names = ["spacing", *(cell for name in self.errors for cell in (name, f"{name} order"))]
        columns = [[repr(float(h)) for h in np.asarray(self.spacings)]]
        for name, errors in self.errors.items():
            columns.append([repr(float(e)) for e in np.asarray(errors)])
            columns.append(["", *(repr(float(p)) if np.isfinite(p) else "" for p in self.local_orders(name))])
        return "\n".join([",".join(names), *map(",".join, zip(*columns, strict=True))]) + "\n"

    def save(self, path: str | Path) -> Path:
        """Write the table to a file.

        Parameters
        ----------
        path : str or Path
            Ends in .csv, .md or .txt.

        Returns
        -------
        Path

        Raises
        ------
        ValueError
            If it ends otherwise.
        """
        writers = {".csv": self.to_csv, ".md": self.to_markdown, ".txt": self.__str__}
        target = Path(path)
        if target.suffix not in writers:
            raise ValueError(f"path={str(path)!r} must end in {', '.join(writers)}.")
        target.write_text(writers[target.suffix]().rstrip("\n") + "\n", encoding="utf-8")
        return target

    def _rows(self) -> list[list[str]]:
        columns = [[f"{h:.6g}" for h in np.asarray(self.spacings)]]
        for name, errors in self.errors.items():
            columns.append([f"{e:.4e}" for e in np.asarray(errors)])
            columns.append(["", *(f"{p:.2f}" if np.isfinite(p) else "-" for p in self.local_orders(name))])
        return [list(row) for row in zip(*columns, strict=True)]

    def _orders(self) -> list[str]:
        return [f"{name}: {order}" for name, order in self.orders.items()]
