"""The command line: `pdeopt relax`, `pdeopt landscapes` and `pdeopt info`."""

from pdeopt.cli.program import main

__all__ = ["main"]
