"""Running a command: the exit status, and one line where something is wrong."""

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from pdeopt.cli.arguments import make_parser

__all__ = ["main"]

COMMANDS = {
    "relax": "relaxing:relax_command",
    "solve": "solving:solve_command",
    "geometry": "geometry:geometry_command",
    "kolmogorov": "kolmogorov:kolmogorov_command",
    "verify": "verifying:verify_command",
    "paper-check": "paper_checking:paper_check_command",
    "train": "training:train_command",
    "reproduce": "reproducing:reproduce_command",
    "landscapes": "describe:landscapes_command",
    "info": "describe:info_command",
}
"""Modules and functions of the commands: a module is imported when its command is given, for some take seconds."""

BAD_INPUT = 2
INTERRUPTED = 130
LONGEST_LINE = 400


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line, by default those the process was started with.

    Returns
    -------
    int
        Exit status: 0, 2 for bad input (with one line on standard error), 130 if interrupted. `pdeopt verify`: 0
        where all is certified, 1 where an order is refuted, 3 where the evidence decides nothing. `pdeopt paper-check`:
        1 where an erratum is not confirmed. `pdeopt train`: 1 where the numbers blew up. `pdeopt solve`: 130 if
        interrupted, after the solution so far was printed and written.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except KeyboardInterrupt:
        return _fail("interrupted; no file was left half-written", INTERRUPTED)
    except SystemExit as done:
        return int(done.code or 0)
    except BrokenPipeError:
        return 0
    # Whatever a user's own function raises becomes one line as well.
    except Exception as error:
        if "--debug" in words:
            traceback.print_exc()
        return _fail(_one_line(error), BAD_INPUT)


def _run(words: list[str]) -> int:
    options = make_parser().parse_args([word for word in words if word != "--debug"])
    module, _, function = COMMANDS[options.command].partition(":")
    status = getattr(import_module(f"pdeopt.cli.{module}"), function)(options)
    return int(status or 0)


def _fail(message: str, status: int) -> int:
    sys.stderr.write(f"pdeopt: {'error: ' if status == BAD_INPUT else ''}{message}\n")
    return status


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    known = isinstance(error, ValueError | TypeError | OSError) and text
    text = text if known else f"{type(error).__name__}: {text} (add --debug to see where)"
    return text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + " ..."
