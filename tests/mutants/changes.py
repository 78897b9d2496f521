"""Running the package with one place of its source changed.

A mutant changes text that occurs once in a module. While it is `in_place`, every name of the package that stood for a
function or class of that module stands for the changed one, and so do the schemes made of its classes.
"""

import inspect
import sys
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from importlib import import_module
from types import ModuleType
from unittest import mock

import numba

from pdeopt.sde.schemes import SCHEMES
from pdeopt.verification import exits, methods
from pdeopt.verification.equations import equation_for

COMPILED = ("@exact_kernel", "@strict_kernel", "@kernel")
CACHED = "pdeopt.kernels."
"""Modules whose compiled functions are kept on disk: their names stay, or a changed one would be kept there too."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module, and the scheme that it is meant to break.

    Parameters
    ----------
    name, scheme, module : str
    old, new : str
        What occurs once in the source of the module, and what stands there instead.
    noise : str, optional
        The kind of noise on which the scheme is tried, where that is not the default one.
    through : tuple of str
        Modules of compiled functions that are run again to call the changed ones.
    """

    name: str
    scheme: str
    module: str
    old: str
    new: str
    noise: str | None = None
    through: tuple[str, ...] = ()

    @property
    def source(self):
        """Source of the module with the change."""
        text = inspect.getsource(import_module(self.module))
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.old!r} occurs {text.count(self.old)} times in {self.module}. Use what occurs once."
            )
        return text.replace(self.old, self.new)

    @property
    def modules(self):
        """The changed module, and those that call it, run again: by the name of the right ones."""
        found = {self.module: executed(self.module, self.source)}
        for name in self.through:
            with mock.patch.dict(sys.modules, found):
                found[name] = executed(name, inspect.getsource(import_module(name)))
            swap(vars(found[name]), replacements(found))
        return found


def executed(name, source):
    """Return a module made of source, whose kernels are compiled without a cache on disk."""
    module = ModuleType(f"mutant_of_{name.replace('.', '_')}")
    module.uncached = numba.njit(nogil=True, error_model="numpy")
    for decorator in COMPILED:
        source = source.replace(f"{decorator}\n", "@uncached\n")
    exec(compile(source, f"<mutant of {name}>", "exec"), vars(module))
    return module


def replacements(modules):
    """Return pairs of a right function, class or module and the changed one, by the identity of the right one."""
    pairs = {}
    for name, changed in modules.items():
        right = import_module(name)
        pairs[id(right)] = (right, changed)
        for key, value in vars(right).items():
            if callable(value) and getattr(value, "__module__", None) == name and key in vars(changed):
                pairs[id(value)] = (value, vars(changed)[key])
    return pairs


def swap(names, pairs):
    """Put the changed objects in the place of the right ones, and return what was there."""
    before = {key: value for key, value in names.items() if id(value) in pairs}
    names.update({key: pairs[id(value)][1] for key, value in before.items()})
    return before


def remade(scheme, pairs):
    """Return a scheme as a record of the changed class, if its class is changed."""
    kind = type(scheme)
    return pairs[id(kind)][1](*astuple(scheme)) if id(kind) in pairs else scheme


@contextmanager
def in_place(mutant):
    """Let the package be the mutant's, or as it is for None."""
    pairs = replacements(mutant.modules) if mutant else {}
    spaces = [vars(module) for name, module in sys.modules.items() if name.startswith("pdeopt.")]
    spaces = [space for space in spaces if not space["__name__"].startswith(CACHED)]
    before = [swap(space, pairs) for space in spaces]
    schemes = dict(SCHEMES)
    SCHEMES.update({name: remade(scheme, pairs) for name, scheme in schemes.items()})
    try:
        yield
    finally:
        SCHEMES.update(schemes)
        for space, names in zip(spaces, before, strict=True):
            space.update(names)


def running(scheme, noise=None):
    """Return the functions that a scheme runs on its default equation, and those that count its exits."""
    equation = equation_for(scheme, noise=noise)
    stepper = methods.stepper_of(scheme, methods.fitting_system(scheme, equation))
    return stepper.step, stepper.prepare, stepper.begin, exits._geometry, exits.bridge_shares
