"""Tables of errors that several codes observe, in Markdown."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pdeopt.verification.fits import local_slopes


def write(text: str) -> None:
    """Write lines at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_row(*cells: str) -> None:
    """Write a row of a table."""
    write("| " + " | ".join(cells) + " |")


def write_errors(title: str, note: str, steps: Sequence[float], errors: Mapping[str, Sequence[float]]) -> None:
    """Write a table of errors and local slopes, a pair of columns for every code."""
    columns = [(np.asarray(values), local_slopes(steps, values)) for values in errors.values()]
    write(f"\n### {title}\n\n{note}\n")
    write_row("step", *[cell for name in errors for cell in (name, "slope")])
    write_row(*["---"] * (1 + 2 * len(columns)))
    for k, h in enumerate(steps):
        slopes = ["" if k == 0 else f"{slope[k - 1]:.3f}" for _, slope in columns]
        cells = [
            cell for (values, _), slope in zip(columns, slopes, strict=True) for cell in (f"{values[k]:.4e}", slope)
        ]
        write_row(step_name(h), *cells)


def step_name(h: float) -> str:
    """Write a step as 1/n where it is one."""
    n = 1.0 / h
    return f"1/{round(n)}" if abs(n - round(n)) < 1e-9 else f"{h:g}"


@dataclass(frozen=True)
class Finding:
    """One line of the summary."""

    scheme: str
    quantity: str
    documented: str
    observed: str
    codes: str


def write_summary(findings: Sequence[Finding]) -> None:
    """Write what was documented and what is observed."""
    write("\n### Summary\n")
    write_row("scheme", "order", "documented", "observed", "codes that agree")
    write_row(*["---"] * 5)
    for one in findings:
        write_row(one.scheme, one.quantity, one.documented, one.observed, one.codes)
