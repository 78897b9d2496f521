"""The command line: `pdeopt relax`, `pdeopt verify`, `pdeopt landscapes` and `pdeopt info`."""

from pdeopt.cli.program import main

__all__ = ["main"]
