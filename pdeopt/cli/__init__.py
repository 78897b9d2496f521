"""The command line: `pdeopt --help` lists its commands."""

from pdeopt.cli.program import main

__all__ = ["main"]
