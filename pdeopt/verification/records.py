"""Verdicts as text: what was decided, to keep and to read back."""

import json
from dataclasses import MISSING, fields
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from pdeopt.verification.verdict import Verdict

__all__ = ["from_json", "to_json"]

KIND = "pdeopt verdict"


def to_json(verdict: Verdict) -> str:
    """Return a verdict as JSON.

    Parameters
    ----------
    verdict : Verdict

    Returns
    -------
    str
        All fields with all digits; numbers that are not finite as the words "inf" and "nan".

    Examples
    --------
    >>> from pdeopt.verification import invariant_bias
    >>> again = from_json(to_json(invariant_bias("baoab", components=(0,))))
    >>> again.verdict, again.order
    ('certified', inf)
    """
    content = {field.name: _plain(getattr(verdict, field.name)) for field in fields(verdict)}
    return json.dumps({"kind": KIND, **content}, indent=1, allow_nan=False) + "\n"


def from_json(text: str) -> Verdict:
    """Return the verdict that `to_json` wrote.

    Parameters
    ----------
    text : str

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the text is no verdict, or lacks a field, or has one that this version does not know.
    """
    content = _content(text)
    hints, known = get_type_hints(Verdict), {field.name: field for field in fields(Verdict)}
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise ValueError(f"the verdict has a field {unknown[0]!r} that this version of pdeopt does not know.")
    required = {name for name, field in known.items() if field.default is MISSING and field.default_factory is MISSING}
    missing = sorted(required - set(content))
    if missing:
        raise ValueError(f"the verdict lacks {', '.join(missing)}; files are written by to_json.")
    return Verdict(**{name: _restored(hints[name], value) for name, value in content.items()})


def _content(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"the text is no JSON ({error}); verdicts are written by to_json.") from None
    if not isinstance(content, dict) or content.pop("kind", None) != KIND:
        raise ValueError(f'the text is no verdict: it lacks "kind": "{KIND}"; verdicts are written by to_json.')
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


def _restored(hint: Any, value: Any) -> Any:
    kinds = get_args(hint) if get_origin(hint) in (Union, type(int | None)) else (hint,)
    for kind in kinds if value is not None else ():
        origin = get_origin(kind) or kind
        if origin is np.ndarray:
            return np.array(value, dtype=np.float64)
        if origin is tuple:
            return tuple(_restored(get_args(kind)[0], one) for one in value)
        if origin is float:
            return float(value)
    return value
