"""Records of scoping in files: one array per field."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pdeopt.results import write_atomically

__all__ = ["load_record", "save_record"]

Record = TypeVar("Record")


def save_record(record: Any, path: str | Path) -> Path:
    """Write the fields of a record to an .npz file."""
    target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
    content = {item.name: np.asarray(getattr(record, item.name)) for item in fields(record)}
    write_atomically(target, content | {"record": np.asarray(type(record).__name__)})
    return target


def load_record(kind: type[Record], path: str | Path) -> Record:
    """Read a record of a kind; numbers, texts and arrays come back as what they were.

    Raises
    ------
    ValueError
        If the file holds another record, or none.
    """
    with np.load(Path(path), allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    found = str(content.pop("record", np.asarray("nothing of the kind")))
    if found != kind.__name__:
        raise ValueError(f"{path} holds {found}, not a {kind.__name__}. Use {kind.__name__}.save to write one.")
    return kind(**{name: value.item() if value.ndim == 0 else value for name, value in content.items()})
