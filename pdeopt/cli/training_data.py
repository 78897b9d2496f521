"""Data sets in the words of the command line."""

import inspect
import re
import zipfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pdeopt.cli.files import content_of
from pdeopt.cli.inputs import check_choice
from pdeopt.networks import Data, circles, digits, mnist, moons, spirals, trigonometric, xor

__all__ = ["Source", "read_source", "typed"]

MAKERS: Mapping[str, Callable[..., Data]] = {
    "spirals": spirals,
    "trigonometric": trigonometric,
    "moons": moons,
    "circles": circles,
    "xor": xor,
    "digits": digits,
    "mnist": mnist,
}
"""Data sets by name."""

SETTINGS = ("n_train", "n_test", "noise", "turns", "exponent", "radius", "oscillations", "amplitude", "ratio")
"""Options that set a data set, where it has such a setting."""

TYPED = {name: f"--{name.replace('_', '-')}" for name in (*SETTINGS, "seed", "initial", "record_every", "threads")}
TYPED |= {"n_steps": "--steps", "batch_size": "--batch", "n_runs": "--runs", "folder": "--mnist"}
TYPED |= {"figure": "FIGURE", "mnist": "--mnist", "share": "--hold-out", "quantity": "--watch"}
"""How arguments are typed, by their names in Python."""

ARGUMENT = re.compile(rf"(?<![\w.])({'|'.join(TYPED)})=")


@dataclass(frozen=True, eq=False)
class Source:
    """Where data come from.

    Parameters
    ----------
    make : callable
        Of a seed.
    draws : bool
        Whether the seed makes a difference.
    """

    make: Callable[[int], Data]
    draws: bool


def as_typed(error: Exception) -> ValueError:
    """Return an error whose message names arguments as they were typed: ``--n-train 3`` and not ``n_train=3``."""
    return ValueError(ARGUMENT.sub(lambda found: f"{TYPED[found[1]]} ", str(error)))


@contextmanager
def typed() -> Iterator[None]:
    """Let messages name arguments as they were typed.

    Yields
    ------
    None
    """
    try:
        yield
    except (ValueError, TypeError, OSError) as error:
        raise as_typed(error) from error


def read_source(options: Namespace) -> Source:
    """Return where the data come from."""
    word = options.data or ("mnist" if options.mnist else "spirals")
    given = {name: value for name in SETTINGS if (value := getattr(options, name)) is not None}
    if word.lower().endswith(".npz"):
        _refuse(word, given, ())
        data = _from_file(Path(word))
        return Source(lambda _: data, draws=False)
    check_choice("--data", word, [*MAKERS, "FILE.npz"])
    maker = MAKERS[word]
    takes = tuple(inspect.signature(maker).parameters)
    _refuse(word, given, takes)
    fixed = partial(maker, **given, **_folder(word, options))
    if "seed" not in takes:
        return Source(lambda _: fixed(), draws=False)
    return Source(lambda seed: fixed(seed=seed), draws=True)


def _refuse(word: str, given: Mapping[str, float], takes: Sequence[str]) -> None:
    wrong = [name for name in given if name not in takes]
    if wrong:
        fitting = ", ".join(TYPED[name] for name in SETTINGS if name in takes)
        raise ValueError(
            f"{TYPED[wrong[0]]} does not apply to {word}; {f'use {fitting}' if fitting else 'leave it out'}."
        )


def _folder(word: str, options: Namespace) -> dict[str, str]:
    if (word == "mnist") != (options.mnist is not None):
        what = "needs the folder of its files" if word == "mnist" else f"does not go with --mnist {options.mnist}"
        raise ValueError(f"--data {word} {what}; use --data mnist --mnist path/to/folder.")
    return {"folder": options.mnist} if word == "mnist" else {}


def _from_file(path: Path) -> Data:
    try:
        content = content_of(path)
    except FileNotFoundError:
        raise ValueError(f"--data {path} does not exist.") from None
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"--data {path} cannot be read: {error}.") from None
    known = ("x_train", "y_train", "x_test", "y_test")
    if not isinstance(content, dict) or not {"x_train", "y_train"} <= set(content):
        held = ", ".join(content) if isinstance(content, dict) else "a bare array"
        raise ValueError(f"--data {path} must hold x_train and y_train, and perhaps x_test, y_test; it holds {held}.")
    if "data_set" in content:
        return Data.load(path)
    return Data(**{name: content[name] for name in known if name in content}, name=path.stem)
