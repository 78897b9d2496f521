"""Arrays and plain words in one .npz file."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.results import write_atomically

__all__ = ["read_arrays", "write_arrays"]

WORDS = "fit"


def write_arrays(path: str | Path, arrays: Mapping[str, Any], words: Mapping[str, Any]) -> Path:
    """Write them to a file that appears only when it is whole; without a suffix .npz is added."""
    target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
    write_atomically(target, {**arrays, WORDS: np.asarray(json.dumps(words))})
    return target


def read_arrays(path: str | Path, needed: Sequence[str]) -> tuple[dict[str, FloatArray], dict[str, Any]]:
    """Return the arrays and the words of a file.

    Raises
    ------
    ValueError
        If the file is another one, or lacks one of `needed`.
    """
    target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
    try:
        with np.load(target, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        words = json.loads(str(found.pop(WORDS)[()]))
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"path={str(path)!r} is not a trained network. Use a file that Fit.save wrote.") from error
    missing = [name for name in needed if name not in found]
    if missing:
        raise ValueError(f"path={str(path)!r} lacks {', '.join(missing)}. Use a file that Fit.save wrote.")
    return found, words
