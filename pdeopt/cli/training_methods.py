"""Training methods in the words of the command line: ``name:setting=value,...``, and what there is."""

import inspect
import re
import textwrap
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from types import NoneType
from typing import Any, get_args, get_type_hints

from pdeopt import optimizers
from pdeopt.cli.training_schedules import describe_schedules, is_schedule, read_schedule
from pdeopt.optimizers import Langevin, Method, Partition, Rule

__all__ = ["METHODS", "describe_method", "describe_methods", "read_method", "spelled"]

METHODS: Mapping[str, type[Method]] = {
    found.name: found
    for found in map(vars(optimizers).get, sorted(optimizers.__all__, key=str.lower))
    if isinstance(found, type) and issubclass(found, Method) and found.name and found is not Partition
}
"""Every method of the package but partitions, by name."""

DEFAULT = "adlala"
WIDTH = 118
SPLITTING = re.compile(r"[abouvABOUV]{2,}")
TRUTHS = {"true": True, "false": False}
SECTION = re.compile(r"^(\w+)\n-+\n", re.MULTILINE)


def read_method(options: Namespace) -> Method:
    """Return what ``--method``, ``--set`` and ``--layer`` ask for."""
    if not options.layers:
        return made(options.method or DEFAULT, "--method", options.settings or [])
    for option, given in (("--method", options.method), ("--set", options.settings)):
        if given:
            raise ValueError(f"{option} is for one method on all layers; with --layer write PART=METHOD:NAME=VALUE.")
    return Partition(dict(map(_part, options.layers)))


def _part(word: str) -> tuple[str, Rule]:
    part, mark, method = word.partition("=")
    if not (mark and part and method) or ":" in part:
        raise ValueError(f"--layer {word} must be PART=METHOD, e.g. --layer first=adla:temperature=1e-4.")
    found = made(method, f"--layer {part}")
    if not isinstance(found, Rule):
        rules = [name for name, one in METHODS.items() if issubclass(one, Rule)]
        raise ValueError(f"--layer {word}: {found.name} is for whole networks; for a part use {', '.join(rules)}.")
    return part, found


def made(word: str, option: str, more: Sequence[str] = ()) -> Method:
    """Return the method that a word names, with more of its settings."""
    name, _, inner = word.partition(":")
    kind, settings = _kind(name, option)
    words = [*(at_commas(inner) if inner else []), *more]
    return kind(**settings, **read_settings(kind, name, words))


def at_commas(text: str) -> list[str]:
    """Return the parts between commas that are in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        parts[-1:] = [parts[-1], ""] if letter == "," and depth == 0 else [parts[-1] + letter]
    return parts


def _kind(name: str, option: str) -> tuple[type[Method], dict[str, Any]]:
    """Return a method and what its name already says of its settings."""
    typed = name.lower().replace("_", "-")
    for known, kind in METHODS.items():
        if typed.replace("-", "") == known.replace("-", ""):
            return kind, {}
    if SPLITTING.fullmatch(name):
        return Langevin, {"word": name.upper()}
    close = get_close_matches(typed, METHODS, n=1)
    raise ValueError(f"{option} {name} is unknown; use {' or '.join(close) or ', '.join(METHODS)}.")


def read_settings(kind: type[Any], name: str, words: Sequence[str]) -> dict[str, Any]:
    """Return the settings of a record, such as a method, that are typed as ``NAME=VALUE``."""
    known, found = settings_of(kind), dict[str, Any]()
    for word in words:
        setting, mark, value = word.partition("=")
        example = _example(known)
        if not mark:
            raise ValueError(f"{word!r} is no setting of {name}; write NAME=VALUE, e.g. {example}.")
        if setting not in known:
            close = get_close_matches(setting, known, n=1)
            raise ValueError(f"{name} has no setting {setting!r}; use {' or '.join(close) or ', '.join(known)}.")
        if setting in found:
            raise ValueError(f"{setting} of {name} is given twice; give it once, e.g. {example}.")
        found[setting] = value_of(kind, known[setting], value)
    return found


def settings_of(kind: type[Any]) -> dict[str, "Field[Any]"]:
    """Return the settings of a method by name."""
    return {one.name: one for one in fields(kind)}


def _example(known: Mapping[str, "Field[Any]"]) -> str:
    name, first = next(iter(known.items()))
    return f"{name}={_shown(first)}"


def _shown(setting: "Field[Any]") -> str:
    return "..." if setting.default is MISSING else _written(setting.default)


def _written(value: Any) -> str:
    """Return a value as it is typed."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def value_of(kind: type[Any], setting: "Field[Any]", text: str) -> Any:
    """Return what a text says a setting is."""
    hint = get_type_hints(kind)[setting.name]
    if is_schedule(text) and hint not in (str, int, bool, float):
        return read_schedule(setting.name, text)
    if text.lower() == "none" and NoneType in get_args(hint):
        return None
    try:
        return (
            text
            if str in (hint, *get_args(hint))
            else TRUTHS[text.lower()]
            if hint is bool
            else _number(text, whole=hint is int)
        )
    except (KeyError, ValueError):
        what = "true or false" if hint is bool else "a whole number" if hint is int else "a number"
        raise ValueError(f"{setting.name}={text} must be {what}, e.g. {setting.name}={_shown(setting)}.") from None


def _number(text: str, *, whole: bool) -> Any:
    return int(text) if whole else float(text)


def spelled(method: Method) -> str:
    """Return a method with all its settings, a paragraph for each part."""
    if isinstance(method, Partition):
        return "\n".join(_paragraph(f"{part} by {one.name}", one) for part, one in method.methods.items())
    return _paragraph(f"method {method.name}", method)


def _paragraph(head: str, method: Method) -> str:
    settings = ", ".join(f"{name}={_written(getattr(method, name))}" for name in settings_of(type(method)))
    return textwrap.fill(f"{head}: {settings}", WIDTH, subsequent_indent="  ")


def describe_methods() -> str:
    """Return the methods with their settings and defaults."""
    rows = [f"{'method':<{max(map(len, METHODS)) + 2}}settings and their defaults", *with_settings(METHODS)]
    words = "Splitting words are methods too, of A, B and O, of B and U, or of A and V: baoab, obab, ubu."
    return "\n".join([*rows, "", words, "`pdeopt train --methods NAME` explains a method.", "", describe_schedules()])


def with_settings(kinds: Mapping[str, type[Any]]) -> list[str]:
    """Return lines of names and of settings with their defaults."""
    width, rows = max(map(len, kinds)) + 2, list[str]()
    for name, kind in kinds.items():
        settings = " ".join(f"{one}={_shown(each)}" for one, each in settings_of(kind).items())
        rows += textwrap.wrap(f"{name:<{width}}{settings}", WIDTH, subsequent_indent=" " * width)
    return rows


def describe_method(name: str) -> str:
    """Return what a method does and what its settings mean."""
    kind = _kind(name, "--methods")[0]
    text = (inspect.getdoc(kind) or "").replace("``", "").replace(".. [", "[").replace("]_", "]")
    first, *rest = SECTION.split(text)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    shown = [_parameters(sections.get("Parameters", ""), kind)]
    shown += [sections[name].strip() for name in ("Notes", "References") if name in sections]
    return "\n\n".join([f"{name}: {first.strip()}", *shown])


def _parameters(text: str, kind: type[Method]) -> str:
    """Return the settings with their defaults, each above its lines of a docstring."""
    known = settings_of(kind)
    heads = (line if line.startswith(" ") else _head(line, known) for line in text.strip().splitlines())
    return textwrap.indent("\n".join(heads), "  ")


def _head(line: str, known: Mapping[str, "Field[Any]"]) -> str:
    names = (name.strip() for name in line.partition(" : ")[0].split(","))
    return ", ".join(f"{name}={_shown(known[name])}" if name in known else name for name in names)
