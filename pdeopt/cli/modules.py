"""Objects of a user's own modules and files, by the word that names them."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any


def object_named(word: str, argument: str) -> Any:
    """Return the object of ``module:name`` in this folder or of ``path/to/file.py:name``.

    Parameters
    ----------
    word : str
    argument : str
        What the help calls the word.

    Raises
    ------
    ValueError
        If there is no such file, module or name; the message lists the names there are.
    """
    source, _, attribute = word.rpartition(":")
    is_file = source.endswith(".py")
    found: Any = _of_file(Path(source), f"{argument}={word!r}") if is_file else _of_folder(source, word, argument)
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [name for name, value in vars(found).items() if callable(value) and not name.startswith("_")]
            raise ValueError(
                f"{argument}={word!r}: {source} has no {part!r}; it has {', '.join(names[:6]) or 'no function'}."
            )
        found = getattr(found, part)
    return found


def _of_folder(name: str, word: str, argument: str) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return import_module(name)
    except ImportError as error:
        raise ValueError(
            f"{argument}={word!r}: cannot import {name} ({error}); run in the folder of {name}.py."
        ) from error


def _of_file(path: Path, what: str) -> ModuleType:
    if not path.is_file():
        raise ValueError(f"{what}: {path} does not exist.")
    if str(path.parent.resolve()) not in sys.path:
        sys.path.insert(0, str(path.parent.resolve()))
    # A name that hides no other module of the user's.
    name = f"_{path.stem}"
    specification = spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        raise ValueError(f"{what}: cannot import {path} ({error}).") from error
    return module
