"""Ensembles in files: .npz, and xarray Datasets."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.results import write_atomically
from pdeopt.sde.statistics import EnsembleStatistics

__all__ = ["SavedEnsemble", "dataset", "load", "save"]

PREFIX = "statistics."


@dataclass(frozen=True, eq=False, repr=False)
class SavedEnsemble:
    """An ensemble read from a file: the same arrays, and what was simulated in words.

    Parameters
    ----------
    final, times, paths, observables, statistics
        As in `Ensemble`.
    exits : dict of arrays
        ``times``, ``faces`` and ``places`` of exits, if the run had any.
    facts : dict
        Method, system, step, seed and so on.
    """

    final: FloatArray
    times: FloatArray
    paths: FloatArray | None
    observables: FloatArray | None
    statistics: EnsembleStatistics | None
    exits: dict[str, FloatArray]
    facts: dict[str, Any]

    def __repr__(self) -> str:
        known = self.facts
        return (
            f"<SavedEnsemble of {known['n_paths']} paths, {known['method']}, {known['n_steps']} steps of "
            f"{known['step']:g} from t={known['start']:g}, seed {known['seed']}: {known['system']}>"
        )


def save(path: str | Path, arrays: dict[str, FloatArray], facts: dict[str, Any]) -> Path:
    """Write arrays and facts to an .npz file, which appears only when it is whole."""
    target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
    write_atomically(target, {**arrays, "facts": np.asarray(json.dumps(facts))})
    return target


def load(path: str | Path) -> SavedEnsemble:
    """Read an ensemble that `Ensemble.save` wrote.

    Parameters
    ----------
    path : str or Path
        An .npz file.

    Returns
    -------
    SavedEnsemble
        Its arrays and statistics; the functions of the system are not in the file.

    Raises
    ------
    ValueError
        If the file is none of ours.
    """
    try:
        with np.load(path) as file:
            found = {name: file[name] for name in file.files}
        facts = json.loads(str(found.pop("facts")[()]))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"path={str(path)!r} is not a saved ensemble. Use a file that Ensemble.save wrote.") from error
    sums = {name.removeprefix(PREFIX): found[name] for name in found if name.startswith(PREFIX)}
    statistics = EnsembleStatistics.from_arrays(sums) if sums else None
    exits = {name.removeprefix("exits."): found[name] for name in found if name.startswith("exits.")}
    rest = (found.get("paths"), found.get("observables"))
    return SavedEnsemble(found["final"], found["times"], *rest, statistics, exits, facts)


def dataset(
    final: FloatArray,
    times: FloatArray,
    paths: FloatArray | None,
    observables: FloatArray | None,
    statistics: EnsembleStatistics | None,
    facts: dict[str, Any],
) -> Any:
    """Return an xarray Dataset.

    Raises
    ------
    ImportError
        If xarray is not installed.
    """
    try:
        import xarray  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise ImportError("to_xarray needs xarray. Install it: pip install 'pdeopt[xarray]'.") from error
    values: dict[str, Any] = {"final": (("path", "coordinate"), final)} if final.size else {}
    if paths is not None:
        values["paths"] = (("time", "path", "coordinate"), paths)
    if observables is not None:
        values["observables"] = (("time", "path", "observable"), observables)
    coordinates: dict[str, Any] = {"time": times}
    if statistics is not None:
        values |= {name: (("time", "value"), getattr(statistics, name)) for name in ("mean", "variance")}
        coordinates["value"] = list(statistics.names)
    plain = {name: int(fact) if isinstance(fact, bool) else fact for name, fact in facts.items()}
    return xarray.Dataset(values, coords=coordinates, attrs=plain)
