"""Words to standard output, and files that are asked for."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["check_outputs", "say", "writing"]


def say(text: str) -> None:
    """Write to standard output, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def check_outputs(options: Namespace, suffixes: Mapping[str, Sequence[str]]) -> None:
    """Refuse, before anything is computed, files that cannot be written.

    Parameters
    ----------
    options : Namespace
    suffixes : mapping of str to sequence of str
        What the files of an option may end in, by option.
    """
    for option, endings in suffixes.items():
        name = getattr(options, option)
        if name is None:
            continue
        path = Path(name)
        if path.suffix.lower() not in endings:
            raise ValueError(f"--{option} {name} must end in {', '.join(endings)}.")
        if path.is_dir() or not path.parent.is_dir():
            raise ValueError(f"--{option} {name} cannot be written: {path.parent} is no folder.")


@contextmanager
def writing() -> Iterator[None]:
    """Turn what a disk refuses into one line.

    Yields
    ------
    None
    """
    try:
        yield
    except OSError as error:
        raise ValueError(f"the result cannot be written: {error.strerror or error}.") from error
