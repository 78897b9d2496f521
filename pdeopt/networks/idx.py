"""Arrays in IDX files, the format of MNIST: a magic number, the shape, and the entries, big end first."""

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["read_idx"]

KINDS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Third byte of the magic number, and what the entries are; the fourth byte is the number of axes."""


def read_idx(path: str | Path) -> npt.NDArray[Any]:
    """Return the array in an IDX file.

    Parameters
    ----------
    path : str or Path
        The file, plain or compressed by gzip (told by its first bytes).

    Returns
    -------
    ndarray
        Of the shape and kind that the file states: 1-byte integers with or without sign, 2- and 4-byte integers, 4-
        and 8-byte floats, in the byte order of the machine.

    Raises
    ------
    ValueError
        If the magic number, the shape and the length of the file do not fit together, with what was found.

    Notes
    -----
    Two zero bytes, one byte for the kind, one for the number of axes, four bytes for each length: as described on the
    page of the MNIST database (Y. LeCun, C. Cortes, C. J. C. Burges).
    """
    content = _content(Path(path))
    kind, n_axes = content[2:4] if len(content) >= 4 else (0, 0)
    if content[:2] != b"\0\0" or kind not in KINDS:
        kinds = ", ".join(f"{key:02x}" for key in KINDS)
        raise ValueError(
            f"{path} begins with {content[:4].hex(' ') or 'nothing'}, the magic number of an IDX file is 00 00, a kind "
            f"({kinds}) and the number of axes. Use an IDX file; one of images begins with 00 00 08 03."
        )
    start = 4 + 4 * n_axes
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4", count=len(content[4:start]) // 4).tolist())
    entry = np.dtype(KINDS[kind])
    expected = start + math.prod(shape) * entry.itemsize
    if len(shape) < n_axes or len(content) != expected:
        what = "cut short" if len(shape) < n_axes or len(content) < expected else "too long"
        wanted = f"{expected} bytes" if len(shape) == n_axes else f"at least {start} bytes"
        raise ValueError(
            f"{path} holds {len(content)} bytes; an array of shape {shape} of {entry.itemsize}-byte entries takes "
            f"{wanted}: the file is {what}. Get it again."
        )
    array = np.frombuffer(content, dtype=entry, offset=start).reshape(shape)
    return array.astype(entry.newbyteorder("="))


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    if raw[:2] != b"\x1f\x8b":
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is no whole gzip file ({error}). Get it again.") from None
