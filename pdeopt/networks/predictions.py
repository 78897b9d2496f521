"""Trained weights of a random network, predicted by an equation and compared with training it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.networks.checks import checked_count, checked_name
from pdeopt.networks.control import TrainingControl
from pdeopt.networks.control_results import ControlSolution
from pdeopt.networks.control_steps import PICTURES
from pdeopt.networks.data import Data
from pdeopt.networks.ensembles import train_ensemble
from pdeopt.networks.prediction_results import PredictionCheck
from pdeopt.networks.resnet import ResNet
from pdeopt.optimizers import Method

__all__ = ["compare_prediction"]

Quantities = Callable[[FloatArray], FloatArray]

EXACT = "masks"
"""The picture that is the network itself."""

SCORED = 50
"""Runs whose exact mean loss is taken."""


def compare_prediction(
    net: ResNet,
    data: Data,
    method: Method,
    *,
    pictures: Sequence[str] = ("first", "second"),
    compare: str | Callable[[FloatArray], Any] = "parameters",
    copies: int = 1,
    n_runs: int = 40,
    n_steps: int = 1000,
    average_last: int | None = None,
    batch_size: int | None = None,
    initial: FloatArray | None = None,
    seed: int = 0,
    grid: Grid | None = None,
    substeps: int = 2,
    tolerance: float = 1e-7,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> PredictionCheck:
    """Predict the trained weights of a random residual network from pictures of it, and train it to compare.

    Parameters
    ----------
    net : ResNet
        Of width 1 or 2.
    data : Data
        Its training set is what the network learns.
    method : Method
        One whose step size falls, or is small: `SGD(InverseTime(0.2, 50))`.
    pictures : sequence of {"ode", "first", "second"}
        Besides ``"masks"``, the exact mean over all noise, see `TrainingControl`.
    compare : {"parameters", "outputs"} or callable
        What is compared: the parameters; or, where different parameters make the same function, the outputs of the
        mean network at the points; or any function of the parameters that returns an array.
    copies : int
        Rows of each point in the training set: the noise of each is its own.
    n_runs : int
        Number of trainings, 2 or more.
    n_steps : int
    average_last : int, optional
        The parameters of a run are the mean over its last so many steps; by default over the second half.
    batch_size : int, optional
        By default all rows of all copies.
    initial : array, shape (n_parameters,), optional
        Where all searches and all runs begin; by default ``net.initial(seed)``.
    seed : int
    grid : Grid, optional
        For states, see `TrainingControl`; by default one that is chosen.
    substeps : int
        Steps of the equations' scheme for each block.
    tolerance : float
        Largest component of the gradient at a predicted optimum.
    threads : int, optional
        By default all cores. No bit of the result depends on it.
    executor : concurrent.futures.Executor, optional
        Computes the runs instead of threads of this process.
    progress : bool, optional
        Whether to show bars; by default after two seconds, on a terminal.

    Returns
    -------
    PredictionCheck

    Raises
    ------
    ValueError
        If an argument does not fit.
    RuntimeError
        If no optimum was found, or fewer than two runs stayed finite.

    Notes
    -----
    Gradients at a constant step size have the mean of their stationary law, which differs from the optimum by
    ``O(step size)``, at a falling step size by less than the noise; compare two schedules. Predictions differ from
    ``"masks"`` by O(h) with ``"ode"`` and ``"first"``, by O(h^2) with ``"second"``.

    Examples
    --------
    >>> from pdeopt.networks import Data, Dropout, ResNet, compare_prediction
    >>> from pdeopt.optimizers import SGD, InverseTime
    >>> noise = {"noise": Dropout(0.5), "readout": False}
    >>> net = ResNet([1, 1, 1], n_blocks=5, branch="linear", shared=True, loss="squared", **noise)
    >>> check = compare_prediction(net, Data([[1.0]], [2.0]), SGD(InverseTime(0.2, 20)), copies=50, n_steps=200)
    >>> check.predicted.round(4).ravel(), check.inside
    (array([0.5821, 0.535 , 0.5479]), {'masks': True, 'first': False, 'second': False})
    """
    for picture in pictures:
        checked_name(picture, "pictures", PICTURES)
    checked_count(n_runs, "n_runs", least=2)
    names, quantities = _compared(net, data, compare)
    start = net.initial(seed) if initial is None else np.array(initial, dtype=float)
    controls = {
        one: TrainingControl(net, data.x_train, data.y_train, picture=one, grid=grid, substeps=substeps)
        for one in dict.fromkeys((EXACT, *pictures))
    }
    show = progress is not False
    solutions = {one: _solved(control, start, tolerance, show) for one, control in controls.items()}
    ensemble = train_ensemble(
        net,
        _copied(data, checked_count(copies, "copies")),
        method,
        n_runs=n_runs,
        seed=seed,
        n_steps=n_steps,
        batch_size=batch_size,
        initial=start,
        average_last=max(n_steps // 2, 1) if average_last is None else average_last,
        threads=threads,
        executor=executor,
        progress=progress,
    )
    averaged = ensemble.last.mean(axis=1) if average_last != 0 else ensemble.parameters
    whole = averaged[np.isfinite(averaged).all(axis=1)]
    if len(whole) < 2:
        raise RuntimeError(f"{len(whole)} of {n_runs} runs stayed finite, too few. Use smaller steps than {method}.")
    optima = np.array([found.parameters for found in solutions.values()])
    exact = controls[EXACT]
    return PredictionCheck(
        tuple(solutions),
        names,
        np.array([quantities(one) for one in optima]),
        np.array([quantities(one) for one in whole]),
        optima,
        whole,
        np.array([found.loss for found in solutions.values()]),
        np.array([exact.evaluate(one).loss for one in optima]),
        np.array([exact.evaluate(one).loss for one in whole[:SCORED]]),
        {**ensemble.facts, "copies": copies},
    )


def _compared(
    net: ResNet, data: Data, compare: str | Callable[[FloatArray], Any]
) -> tuple[tuple[str, ...], Quantities]:
    if callable(compare):
        function = compare
        size = np.size(function(net.initial(0)))
        return tuple(f"quantity {i}" for i in range(size)), lambda theta: np.ravel(function(theta)).astype(float)
    if checked_name(compare, "compare", ("parameters", "outputs")) == "parameters":
        return _parameter_names(net), np.copy
    outputs = [f"output {j} at point {i}" for i in range(data.n_train) for j in range(net.sizes[-1])]
    return tuple(outputs), partial(_outputs, net, data.x_train)


def _outputs(net: ResNet, x: FloatArray, theta: FloatArray) -> FloatArray:
    return net.forward(theta, x).ravel()


def _parameter_names(net: ResNet) -> tuple[str, ...]:
    found = []
    for name, shape in net.shapes.items():
        places = ["".join(f"[{i}]" for i in place) for place in np.ndindex(*shape)]
        found += [name + place if int(np.prod(shape)) > 1 else name for place in places]
    return tuple(found)


def _solved(control: TrainingControl, start: FloatArray, tolerance: float, progress: bool) -> ControlSolution:
    found = control.solve(start, tolerance=tolerance, progress=progress)
    if found.slope > tolerance:
        raise RuntimeError(
            f"the optimum of picture {control.picture!r} was not found: slope {found.slope:.2g} after "
            f"{found.n_iterations} iterations, tolerance={tolerance:g}. Use another "
            "start, as initial=..., or a larger tolerance."
        )
    return found


def _copied(data: Data, copies: int) -> Data:
    rows = np.repeat(np.arange(data.n_train), copies)
    return Data(data.x_train[rows], data.y_train[rows], name=data.name, n_classes=data.n_classes, facts=data.facts)
