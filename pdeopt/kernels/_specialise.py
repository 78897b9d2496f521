"""Kernels around a user's functions: compiled once, found again by every later process.

Numba's disk cache does not recognise a kernel that takes or closes over another compiled function. Here such a kernel
is a *template*: a module-level function whose own module binds the names of what it calls to stand-ins. `specialised`
copies it with other functions in their place and names the copy after the fingerprint of everything it now depends on,
so that Numba's ordinary cache finds it, and a changed function has another name.
"""

import sys
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core import types

Function = Callable[..., Any]
external_function: Any = types.ExternalFunction
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
STATED = ("fastmath", "error_model", "boundscheck")
PUBLISHED = sys.stdlib_module_names | {"numpy", "scipy", "numba", "pdeopt"}
"""Packages whose content a version fixes."""
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)


def plain_function(function: Function) -> Function:
    """Return the Python function inside a compiled one, or the function itself."""
    inner: Function = getattr(function, "py_func", getattr(function, "_defn", function))
    return inner


class _Digest:
    """Hash of a value and of all it refers to; `stable` turns False where another process would not see the same."""

    def __init__(self) -> None:
        self.hash = sha256()
        self.stable = True
        self.marks: dict[int, str] = {}
        self.open: list[frozenset[str]] = []

    def add(self, value: Any) -> None:
        if isinstance(value, PLAIN):
            self.text(f"{type(value).__name__} {value!r}")
        elif isinstance(value, CodeType):
            self.code(value)
        elif isinstance(value, np.ndarray):
            self.text(f"array {value.dtype} {value.shape}")
            self.hash.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, tuple | list | set | frozenset):
            self.text(f"{type(value).__name__} {len(value)}")
            for item in sorted(value, key=repr) if isinstance(value, set | frozenset) else value:
                self.add(item)
        elif isinstance(value, external_function):
            self.text(f"external {value.symbol}")
        elif isinstance(value, ModuleType):
            self.module(value)
        elif isinstance(value, type | BuiltinFunctionType | np.ufunc):
            self.text(f"{getattr(value, '__module__', '')} {value.__name__}")
        else:
            self.function(value)

    def text(self, words: str) -> None:
        self.hash.update(words.encode() + b"\0")

    def code(self, code: CodeType) -> None:
        # Neither file nor line: moving a function does not change it.
        self.hash.update(code.co_code)
        self.add((code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_flags, code.co_consts))

    def module(self, value: ModuleType) -> None:
        # A user's own module has no version: what the function names of it counts.
        self.text(f"module {value.__name__} {getattr(value, '__version__', '')}")
        known = value.__name__.partition(".")[0] in PUBLISHED or id(value) in self.marks
        self.marks[id(value)] = value.__name__
        for name in sorted(self.open[-1] & vars(value).keys()) if self.open and not known else ():
            self.text(name)
            self.add(vars(value)[name])
        if not known:
            del self.marks[id(value)]

    def function(self, value: Any) -> None:
        inner = plain_function(value)
        if not isinstance(inner, FunctionType):
            self.stable = False
            return
        if id(value) not in self.marks:
            # Found again while open, a function calls itself; later it is what it was.
            self.marks[id(value)] = f"open {len(self.open)}"
            self.marks[id(value)] = self.content(inner, stated(value))
        self.text(self.marks[id(value)])

    def content(self, inner: FunctionType, options: dict[str, Any]) -> str:
        """Return the hash of a function alone."""
        outside, self.hash = self.hash, sha256()
        self.open.append(_names(inner.__code__))
        self.add(tuple(options.get(name) for name in STATED))
        self.code(inner.__code__)
        self.add((inner.__defaults__, tuple(sorted((inner.__kwdefaults__ or {}).items()))))
        self.add(tuple(cell.cell_contents for cell in inner.__closure__ or ()))
        for name in sorted(self.open[-1] & inner.__globals__.keys()):
            self.text(name)
            self.add(inner.__globals__[name])
        self.open.pop()
        found, self.hash = self.hash.hexdigest(), outside
        return found


def _names(code: CodeType) -> frozenset[str]:
    inner = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return frozenset(code.co_names).union(*inner)


def stated(function: Function) -> dict[str, Any]:
    """Return the options that a compiled function was decorated with."""
    options: dict[str, Any] = getattr(function, "targetoptions", {})
    return {name: options[name] for name in STATED if name in options}


@lru_cache(maxsize=1)
def _versions() -> tuple[str, str]:
    return version("numba"), version("pdeopt")


def fingerprint(*parts: Any) -> tuple[str, bool]:
    """Return a hash of functions (with all they call or close over) and values, and whether later runs will agree.

    Bytecode, constants, defaults, closures and referenced globals count, not files or lines; a value of a type that is
    not understood makes the answer False.
    """
    digest = _Digest()
    digest.add(_versions())
    for part in parts:
        digest.add(part)
    return digest.hash.hexdigest()[:24], digest.stable


def _named_copy(function: FunctionType, mark: str, names: dict[str, Any], cells: tuple[Any, ...]) -> FunctionType:
    closure = tuple(CellType(cell) for cell in cells)
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, closure)
    # Numba writes the module into its cache and imports it when it reads that again: by then a user's may be gone.
    ours = str(function.__module__).startswith("pdeopt.")
    copy.__qualname__, copy.__module__ = f"{function.__name__}_{mark}", function.__module__ if ours else __name__
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


_ready: dict[str, Function] = {}


def compiled(function: Function, within: tuple[Any, ...] = ()) -> Function:
    """Compile a function, and those it closes over or calls, for use in specialised kernels.

    The name of the result ends in the fingerprint of its content: loaded from disk next to others, it cannot be
    taken for another function. Options that a compiled function was decorated with stay. `within` are the functions
    being compiled around it: one that calls itself calls what the user compiled.
    """
    inner = plain_function(function)
    if not isinstance(inner, FunctionType) or inner in within:
        return function
    mark, stable = fingerprint(function)
    if mark in _ready and stable:
        return _ready[mark]
    around = (*within, inner)
    cells = tuple(_inside(cell.cell_contents, around) for cell in inner.__closure__ or ())
    called = {name: inner.__globals__[name] for name in _names(inner.__code__) & inner.__globals__.keys()}
    replaced = {name: compiled(value, around) for name, value in called.items() if _is_foreign(value)}
    copy = _named_copy(inner, mark, inner.__globals__ | replaced if replaced else inner.__globals__, cells)
    # Left as calls, drift and step cost a loop more than many a drift does itself.
    result: Function = numba.njit(**(OPTIONS | stated(function)), forceinline=True)(copy)
    if stable:
        _ready[mark] = result
    return result


def interpreted(function: Function, within: tuple[Any, ...] = ()) -> Function:
    """Return a function as plain Python, with plain Python in place of the compiled functions it calls."""
    inner = plain_function(function)
    if not isinstance(inner, FunctionType) or inner in within:
        return function
    around = (*within, inner)
    called = {name: inner.__globals__[name] for name in _names(inner.__code__) & inner.__globals__.keys()}
    replaced = {name: interpreted(value, around) for name, value in called.items() if _is_foreign(value)}
    cells = tuple(cell.cell_contents for cell in inner.__closure__ or ())
    plain = tuple(interpreted(cell, around) if _is_foreign(cell) or _is_closure(cell) else cell for cell in cells)
    return _named_copy(inner, "interpreted", inner.__globals__ | replaced, plain)


def _is_foreign(value: Any) -> bool:
    # Kernels of this package have names of their own already.
    inner = plain_function(value)
    is_compiled = inner is not value and isinstance(inner, FunctionType)
    return is_compiled and not (inner.__module__ or "").startswith("pdeopt.")


def _is_closure(value: Any) -> bool:
    # Made for one system: unlike a kernel it is in no cache, and would be compiled for a few points.
    inner = plain_function(value)
    return inner is not value and isinstance(inner, FunctionType) and "<locals>" in inner.__qualname__


def _inside(value: Any, within: tuple[Any, ...]) -> Any:
    kernel = isinstance(plain_function(value), FunctionType) and not getattr(value, "_defn", None)
    return compiled(value, within) if kernel else value


MOST_KEPT = 256
_kept: dict[str, Function] = {}
"""The kernels last asked for, the latest at the end."""


def specialised(template: Function, **bindings: Any) -> Function:
    """Compile a copy of a template with other values for some names of its module; kept on disk.

    Parameters
    ----------
    template : function
        Plain Python, of a file: its folder is where Numba keeps the cache.
    bindings
        Functions, compiled here, numbers and nested tuples of numbers.
    """
    copy, stable = bound_copy(template, **bindings)
    # Reading a kernel from the disk again takes longer than many a call of it.
    name = copy.__qualname__
    result: Function = _kept.pop(name) if name in _kept else numba.njit(cache=stable, **OPTIONS)(copy)
    if stable:
        _kept[name] = result
        while len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return result


def bound_copy(template: Function, **bindings: Any) -> tuple[FunctionType, bool]:
    """Return the copy of a template, named after its content, and whether later processes will name it the same."""
    assert isinstance(template, FunctionType)
    mark, stable = fingerprint(template, tuple(sorted(bindings)), tuple(bindings[name] for name in sorted(bindings)))
    ready = {name: compiled(value) if callable(value) else value for name, value in bindings.items()}
    return _named_copy(template, mark, template.__globals__ | ready, ()), stable
