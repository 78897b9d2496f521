"""Files that hold what is done of an ensemble, to go on from."""

import pickle
import tempfile
from pathlib import Path
from typing import Any

from pdeopt.sde.task import Task

__all__ = ["load_checkpoint", "save_checkpoint"]


def save_checkpoint(path: str, assembly: Any) -> None:
    """Write a checkpoint; the file is replaced when the new one is whole."""
    target = Path(path)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        pickle.dump((assembly.task.fingerprint, assembly), file)
    Path(file.name).replace(target)


def load_checkpoint(path: str, task: Task) -> Any:
    """Return what was done of a task, None if there is no such file.

    Raises
    ------
    ValueError
        If the file belongs to another task, or is none of ours.
    """
    target = Path(path)
    if not target.exists():
        return None
    advice = f"Use another file name, or remove it: checkpoint={str(target.with_suffix('.new'))!r}."
    try:
        # Unpickled from a file that the user names as their own.
        mark, assembly = pickle.loads(target.read_bytes())
    except Exception as error:
        raise ValueError(f"checkpoint={path!r} is not a checkpoint of simulate. {advice}") from error
    if mark != task.fingerprint:
        raise ValueError(f"checkpoint={path!r} belongs to another system, method, seed or step. {advice}")
    return assembly
