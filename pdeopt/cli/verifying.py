"""`pdeopt verify`: decide on the orders of a scheme, print, draw, save."""

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt

from pdeopt import plot
from pdeopt.cli.inputs import check_choice
from pdeopt.cli.modules import object_named
from pdeopt.plot.files import SUFFIXES, replacing
from pdeopt.sde.scheme import ANY, Scheme
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.systems import SDE, problems
from pdeopt.systems.problems import Problem
from pdeopt.verification import Verdict, exit_order, invariant_bias, strong_order, to_json, weak_order
from pdeopt.verification.certifying import check_page, write_page
from pdeopt.verification.methods import Method, claims_strong_order
from pdeopt.verification.table import WORDS
from pdeopt.verification.verdict import CERTIFIED, REFUTED

QUANTITIES: Mapping[str, Callable[..., Verdict]] = {
    "strong": strong_order,
    "weak": weak_order,
    "invariant": invariant_bias,
    "exit": exit_order,
}
"""What can be decided, by name."""

SAMPLED = ("n_paths", "seed")
"""Settings of strong orders alone."""

ALL_CERTIFIED, SOME_REFUTED, UNDECIDED = 0, 1, 3


def verify_command(options: Namespace) -> int:
    """Do what `pdeopt verify` was asked to do, and return the exit status."""
    if options.list:
        _say(describe_schemes())
        return ALL_CERTIFIED
    if options.check is not None:
        return check_page(Path(options.check), options.processes)
    if options.table is not None:
        return write_page(Path(options.table) if options.table else None, options.processes)
    if options.scheme is None:
        raise ValueError("SCHEME is missing; e.g. pdeopt verify milstein. `pdeopt verify --list` shows all.")
    verdicts = _decided(options)
    for verdict in verdicts.values():
        _say(f"{verdict}\n")
    _write_files(verdicts, options)
    return status_of(list(verdicts.values()))


def status_of(verdicts: list[Verdict]) -> int:
    """Return 0 where all verdicts are certified, 1 where one is refuted, else 3."""
    found = {verdict.verdict for verdict in verdicts}
    if REFUTED in found:
        return SOME_REFUTED
    return ALL_CERTIFIED if found == {CERTIFIED} else UNDECIDED


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _decided(options: Namespace) -> dict[str, Verdict]:
    check_choice("--quantity", options.quantity, (*QUANTITIES, "all"))
    if options.noise is not None:
        check_choice("--noise", options.noise, ANY)
    _check_files(options)
    method, problem = _method(options.scheme), _problem(options.problem)
    wanted = _all_of(method) if options.quantity == "all" else [options.quantity]
    return {name: QUANTITIES[name](method, problem, **_settings(name, options)) for name in wanted}


def _all_of(method: Method) -> list[str]:
    """Return what `--quantity all` takes: exits are asked for by name, and so are strong orders nobody claims."""
    return [*(["strong"] if claims_strong_order(method) else []), "weak", "invariant"]


def _settings(quantity: str, options: Namespace) -> dict[str, Any]:
    """Return what was asked for, and nothing that was not: not every quantity takes every setting."""
    names = ["claimed", "steps"] + ([] if quantity == "exit" else ["noise"])
    given = {name: getattr(options, name) for name in [*names, *(SAMPLED if quantity == "strong" else ())]}
    draws = {"draws": tuple(options.draws)} if options.draws else {}
    return draws | {name: value for name, value in given.items() if value is not None}


def _method(word: str) -> Method:
    if ":" in word:
        found = object_named(word, "SCHEME")
        if not callable(found) and not isinstance(found, Scheme):
            raise ValueError(f"SCHEME={word!r} is {type(found).__name__}; use a function step(t, x, h, xi, args).")
        return found  # type: ignore[no-any-return]
    try:
        return get(word)
    except ValueError as error:
        hint = str(error).partition(". ")[2].partition(";")[0]
        raise ValueError(f"SCHEME={word!r} is unknown. {hint}; `pdeopt verify --list` shows all.") from None


def _problem(word: str | None) -> Problem | SDE | None:
    if word is None:
        return None
    if ":" not in word:
        check_choice("--problem", word, list(problems.CATALOGUE))
        return problems.get(word)
    found = object_named(word, "--problem")
    if callable(found) and not isinstance(found, Problem | SDE):
        found = found()
    if not isinstance(found, Problem | SDE):
        raise ValueError(f"--problem {word} is {type(found).__name__}; it must be an SDE, a Problem, or make one.")
    return found


def _check_files(options: Namespace) -> None:
    for option, suffixes in (("plot", SUFFIXES), ("save", (".json",))):
        name = getattr(options, option)
        if name is None:
            continue
        path = Path(name)
        if path.suffix.lower() not in suffixes:
            raise ValueError(f"--{option} {name} must end in {', '.join(suffixes)}.")
        if path.is_dir() or not path.parent.is_dir():
            raise ValueError(f"--{option} {name} cannot be written: {path.parent} is no folder.")


def _write_files(verdicts: Mapping[str, Verdict], options: Namespace) -> None:
    if options.save:
        for name, verdict in verdicts.items():
            target = Path(options.save)
            target = target if len(verdicts) == 1 else target.with_stem(f"{target.stem}_{name}")
            with replacing(target) as temporary:
                temporary.write_text(to_json(verdict), encoding="utf-8")
            _say(f"saved {target}")
    if options.plot:
        _say(f"drew {_draw(list(verdicts.values()), options.plot)}")


def _draw(verdicts: list[Verdict], path: str) -> Path:
    mpl.use("Agg")
    figure, axes = plt.subplots(
        1, len(verdicts), figsize=(5.6 * len(verdicts) + 0.8, 4.4), layout="constrained", squeeze=False
    )
    for ax, verdict in zip(axes[0], verdicts, strict=True):
        plot.verdict(verdict, ax)
    target = plot.save(figure, path)
    plt.close(figure)
    return target


def describe_schemes() -> str:
    """Return one line for each scheme and kind of noise, with the orders that it claims, and the problems."""
    rows = [f"{'scheme':<26} {'noise':<12} {'strong':>6} {'weak':>6} {'invariant':>9}"]
    for scheme in [*SCHEMES.values(), *map(get, WORDS)]:
        for noise, orders in scheme.orders.items():
            each = f"{_order(orders.strong):>6} {_order(orders.weak):>6} {_order(orders.invariant):>9}"
            rows.append(f"{scheme.name:<26} {noise:<12} {each}")
    names = ", ".join(problems.CATALOGUE)
    return "\n".join([*rows, "", "any word over A, B, O, U, V is a scheme too", f"problems: {names}"])


def _order(order: float | None) -> str:
    return "-" if order is None else "exact" if order == float("inf") else f"{order:g}"
