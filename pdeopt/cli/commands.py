"""What the parsers of all commands share."""

import argparse
from typing import Any, TypeAlias

__all__ = ["Commands", "add_box", "add_command"]

Commands: TypeAlias = "argparse._SubParsersAction[Any]"


def add_command(commands: Commands, name: str, summary: str, about: str, examples: str) -> argparse.ArgumentParser:
    """Add a command to the program; texts stand in its help as they are."""
    style = argparse.RawDescriptionHelpFormatter
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=about, epilog=examples, formatter_class=style
    )
    return command


def add_box(group: argparse._ArgumentGroup, count: Any, nodes: str) -> None:
    """Add the arguments of a grid; `count` reads whole numbers, `nodes` says what they are."""
    group.add_argument("--dim", type=count, help="number of coordinates, where INPUT leaves it open")
    group.add_argument("--shape", type=count, nargs="+", metavar="N", help=nodes)
    group.add_argument("--lower", type=float, nargs="+", metavar="X", help="lower ends")
    group.add_argument("--upper", type=float, nargs="+", metavar="X", help="upper ends")
    group.add_argument("--periodic", nargs="*", metavar="AXIS", help="axes that close on themselves: x, y, z, or all")
