"""Data sets of handwritten digits: the small one of scikit-learn, and MNIST from files."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pdeopt._types import FloatArray, IntArray
from pdeopt.networks.checks import checked_count
from pdeopt.networks.data import Data
from pdeopt.networks.data_checks import checked_seed
from pdeopt.networks.idx import read_idx

__all__ = ["digits", "mnist"]

N_DIGITS = 1797
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def digits(n_test: int = 360, seed: int = 0) -> Data:
    """Return the 1797 digits of 8 by 8 pixels that come with scikit-learn.

    Parameters
    ----------
    n_test : int
        How many of them, chosen at random, are kept to be tested on.
    seed : int
        Of the choice.

    Returns
    -------
    Data
        Ten classes, 64 coordinates in [0, 1].

    Raises
    ------
    ImportError
        If scikit-learn is not installed; the message says how to install it.
    ValueError
        If `n_test` leaves no digits to learn from.
    """
    count = checked_count(n_test, "n_test", least=0)
    if count >= N_DIGITS:
        raise ValueError(f"n_test={n_test} leaves none of the {N_DIGITS} digits to learn from. Use n_test=360.")
    try:
        images, labels = import_module("sklearn.datasets").load_digits(return_X_y=True)
    except ImportError as error:
        raise ImportError("digits needs scikit-learn. Install it by pip install 'pdeopt[sklearn]'.") from error
    order = np.random.default_rng(checked_seed(seed)).permutation(N_DIGITS)
    x, y = images[order] / 16.0, labels[order].astype(np.int64)
    facts = {"height": 8, "width": 8, "seed": int(seed)}
    return Data(x[count:], y[count:], x[:count], y[:count], "digits", 10, facts)


def mnist(folder: str | Path, n_train: int | None = None, n_test: int | None = None) -> Data:
    """Return MNIST, or a set in the same four files (Fashion-MNIST, say), from a folder.

    Parameters
    ----------
    folder : str or Path
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
        ``t10k-labels-idx1-ubyte``, each plain or with ``.gz``.
    n_train, n_test : int, optional
        Only the first so many images.

    Returns
    -------
    Data
        Ten classes, one coordinate for each pixel, row by row, in [0, 1]. All 70 000 images take 440 MB.

    Raises
    ------
    FileNotFoundError
        If a file is missing; the message lists the names looked for.
    ValueError
        If a file is no whole IDX file, or files do not fit together.
    """
    place = Path(folder)
    x_train, y_train, (height, width) = _images(place, "train", n_train)
    x_test, y_test, _ = _images(place, "test", n_test)
    return Data(x_train, y_train, x_test, y_test, "mnist", 10, {"height": height, "width": width})


def _images(folder: Path, part: str, count: int | None) -> tuple[FloatArray, IntArray, tuple[int, int]]:
    paths = [_found(folder, name) for name in FILES[part]]
    pixels, labels = (_entries(path, n_axes) for path, n_axes in zip(paths, (3, 1), strict=True))
    if len(pixels) != len(labels):
        raise ValueError(
            f"{paths[0]} holds {len(pixels)} images, but {paths[1]} {len(labels)} labels. Use files of one set."
        )
    name, stop = f"n_{part}", len(pixels) if count is None else checked_count(count, f"n_{part}")
    if stop > len(pixels):
        raise ValueError(
            f"{name}={count} is more than the {len(pixels)} images of {paths[0]}. Use {name}=None for all."
        )
    return pixels[:stop].reshape(stop, -1) / 255.0, labels[:stop].astype(np.int64), pixels.shape[1:]


def _found(folder: Path, name: str) -> Path:
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    every = ", ".join(file for names in FILES.values() for file in names)
    state = "has no" if folder.is_dir() else "is no folder: no"
    raise FileNotFoundError(f"folder={str(folder)!r} {state} {name} or {name}.gz. Use a folder with {every}.")


def _entries(path: Path, n_axes: int) -> npt.NDArray[Any]:
    array = read_idx(path)
    if array.ndim != n_axes or array.dtype != np.uint8 or array.size == 0:
        magic = f"00 00 08 {n_axes:02x}"
        raise ValueError(
            f"{path} holds {array.dtype} of shape {array.shape}, not bytes with {n_axes} axes (magic number {magic}). "
            "Check that images and labels are not mixed up."
        )
    return array
