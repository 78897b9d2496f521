"""Compute a figure of a paper again."""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Executor
from dataclasses import replace
from math import gcd
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from tqdm import tqdm

from pdeopt.networks.data import Data
from pdeopt.networks.digit_sets import mnist as read_mnist
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.ensembles import train_ensemble
from pdeopt.networks.figures import catalogue, comparing
from pdeopt.networks.figures.records import Figure
from pdeopt.networks.figures.reproduction import Reproduction
from pdeopt.networks.mlp import MLP
from pdeopt.networks.segments import Segment

__all__ = ["reproduce"]

T = TypeVar("T")


def reproduce(
    figure: str | int,
    *,
    n_runs: int | None = None,
    seed: int = 2026,
    n_steps: int | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
    mnist: str | Path | None = None,
) -> Reproduction:
    """Compute a figure of a paper again, and compare it with the numbers that the paper prints.

    Parameters
    ----------
    figure : str or int
        Its number: 1, 3, 4, 6 to 10, 13 to 16; ``"8 forms"`` for Figure 8 under other readings of its caption,
        ``"notebook"`` for the logs of the authors' notebook; with `mnist` also 5 and ``"3 mnist"``.
    n_runs : int, optional
        Runs of each method, by default so many that it takes minutes at most.
    seed : int
        Run r has the seed ``seed + r``, for data, initial parameters, minibatches and noise.
    n_steps : int, optional
        Fewer or more steps than the figure has; printed numbers of later steps are left out.
    threads : int, optional
        Number of threads, by default all cores.
    executor : concurrent.futures.Executor, optional
        Where runs are computed instead.
    progress : bool, optional
        Whether to show bars; by default after two seconds, on a terminal.
    mnist : str or Path, optional
        Folder of the four IDX files of MNIST.

    Returns
    -------
    Reproduction
        If the user interrupts, of the methods that were done.

    Raises
    ------
    ValueError
        If the figure is not known, or needs the files of MNIST.

    Notes
    -----
    The paper is [1]_. Not all of its settings are printed; ``str`` of the result says which are not, and what stands in
    for them. A printed mean is taken to have our spread of a run over the root of its number of runs.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, "Partitioned integrators for thermodynamic parameterization of neural
       networks", Found. Data Sci. 1(4), 2019, arXiv 1908.11843.

    Examples
    --------
    >>> found = reproduce(8, n_runs=2, n_steps=50)
    >>> found.rows[0].label, found.rows[0].n_runs
    ('SGD', 2)
    """
    plan = shortened(catalogue.find(figure, mnist is not None), n_runs, n_steps)
    data, began = data_of(plan, mnist), perf_counter()
    ensembles = trained(plan, data, seed, threads=threads, executor=executor, progress=progress)
    whole = len(ensembles) == len(plan.arms) and not any(one.interrupted for one in ensembles.values())
    rows, findings = comparing.rows_of(plan, ensembles), comparing.claims_of(plan, ensembles)
    paths = paths_between(plan, data, seed, ensembles, progress) if plan.picture == "segments" and whole else {}
    rows, findings = (
        rows + comparing.path_rows(plan, paths),
        findings + comparing.path_findings(ensembles, paths),
    )
    return Reproduction(plan, rows, findings, ensembles, paths, seed, perf_counter() - began, not whole)


def shortened(figure: Figure, n_runs: int | None, n_steps: int | None) -> Figure:
    """Return a figure with other numbers of runs and steps."""
    if n_steps is not None:
        if n_steps < 1:
            raise ValueError(f"n_steps={n_steps} must be at least 1. Use n_steps={figure.n_steps}, that of the figure.")
        figure = replace(figure, steps=(*(step for step in figure.steps if step < n_steps), n_steps))
    return figure if n_runs is None else replace(figure, n_runs=n_runs)


def trained(figure: Figure, data: Data | Callable[[int], Data], seed: int, **how: Any) -> dict[str, TrainingEnsemble]:
    """Return the ensemble of each method, of those done if the user interrupts."""
    net, found = net_of(figure, data, seed), {}
    for arm in bar_over(figure.arms, f"figure {figure.key}", "method", how["progress"]):
        found[arm.label] = train_ensemble(
            net,
            data,
            arm.method,
            n_runs=figure.n_runs,
            seed=seed,
            n_steps=figure.n_steps,
            batch_size=figure.batch_size,
            initial=arm.initial,
            record_every=gcd(*figure.steps[:-1]) or None,
            average_last=figure.average_last,
            **how,
        )
        if found[arm.label].interrupted:
            break
    return found


def paths_between(
    figure: Figure,
    data: Data | Callable[[int], Data],
    seed: int,
    ensembles: dict[str, TrainingEnsemble],
    progress: bool | None,
) -> dict[str, tuple[Segment, ...]]:
    """Return the segments of a figure, one for each run."""
    net, seeds = net_of(figure, data, seed), range(seed, seed + figure.n_runs)
    sets = [data(one) if callable(data) else data for one in seeds]
    starts = [net.initial(one, figure.arms[0].initial) for one in seeds]
    lines = comparing.ends_of(ensembles, starts)
    return {
        name: comparing.path_of(net, sets, *lines[name], figure.n_points)
        for name in bar_over(lines, f"figure {figure.key}", "segment", progress)
    }


def bar_over(items: Collection[T], name: str, unit: str, progress: bool | None) -> Iterable[T]:
    """Return the items, with a bar after two seconds."""
    hidden = None if progress is None else not progress
    bar: Iterable[T] = tqdm(items, name, unit=unit, delay=2.0, disable=hidden, leave=False)
    return bar


def net_of(figure: Figure, data: Data | Callable[[int], Data], seed: int) -> MLP:
    """Return the network that fits the data."""
    first = data(seed) if callable(data) else data
    return MLP([first.dim, *figure.hidden, 1 if first.n_classes == 2 else first.n_classes])


def data_of(figure: Figure, folder: str | Path | None) -> Data | Callable[[int], Data]:
    """Return the data of a figure: for each run, or those of MNIST."""
    return figure.data if folder is None or figure.key not in catalogue.MNIST else read_mnist(folder)
