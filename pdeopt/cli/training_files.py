"""Files of trained networks, which also hold what was typed: to go on needs nothing but the file."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pdeopt.cli.training_data import SETTINGS, TYPED
from pdeopt.networks import Fit, load

__all__ = ["resumed", "save_fit"]

COMMAND = "command"
"""Name of what was typed among the facts of a file."""

NAMES = {"settings": "--set", "layers": "--layer", **{name: TYPED[name] for name in SETTINGS}}
NAMES |= {
    name: f"--{name.replace('_', '-')}"
    for name in (
        *("method", "data", "mnist", "data_seed", "hidden", "sizes", "activation", "loss", "batch", "batches"),
        *("blocks", "width", "layer_noise"),
        *("initial", "seed", "patience", "watch", "hold_out"),
    )
}
"""Options that say what is trained."""

LENGTH = ("steps", "epochs")
"""Options that say for how long."""


def save_fit(fit: Fit, path: str, options: Namespace) -> Path:
    """Write a trained network with the options that made it."""
    typed = {name: getattr(options, name) for name in (*NAMES, *LENGTH)}
    if typed["data"] is not None and typed["data"].lower().endswith(".npz"):
        typed["data"] = str(Path(typed["data"]).absolute())
    if typed["mnist"] is not None:
        typed["mnist"] = str(Path(typed["mnist"]).absolute())
    return replace(fit, facts={**fit.facts, COMMAND: typed}).save(path)


def resumed(options: Namespace) -> tuple[Namespace, Fit]:
    """Return the options of a file with a new length, and what the file holds."""
    if options.runs is not None:
        raise ValueError("--resume goes on with one network; leave --runs out.")
    fit = _read(options.resume)
    kept: Mapping[str, Any] | None = fit.facts.get(COMMAND)
    if kept is None:
        # Not written by this command, or by one that was killed: then all has to be typed again.
        return options, fit
    wrong = [flag for name, flag in NAMES.items() if getattr(options, name) is not None]
    if wrong:
        raise ValueError(f"{wrong[0]} does not go with --resume {options.resume}, which says what is trained.")
    typed = {name: getattr(options, name) for name in LENGTH}
    length = {name: kept.get(name) for name in LENGTH} if set(typed.values()) == {None} else typed
    if length != typed and fit.stopped in ("finished", "early"):
        done = fit.n_steps
        raise ValueError(f"--resume {options.resume} has done all of its {done} steps; add e.g. --steps {2 * done}.")
    return Namespace(**{**vars(options), **kept, **length}), fit


def _read(path: str) -> Fit:
    try:
        return load(path)
    except FileNotFoundError:
        raise ValueError(f"--resume {path} does not exist.") from None
    except ValueError:
        raise ValueError(f"--resume {path} is no trained network; use a file of `pdeopt train --save`.") from None
