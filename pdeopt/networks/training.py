"""Training a network."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pdeopt._types import FloatArray
from pdeopt.networks import training_checks as checks
from pdeopt.networks.checks import checked_count, checked_number
from pdeopt.networks.data import Data
from pdeopt.networks.data_checks import checked_seed
from pdeopt.networks.early_stop import EarlyStop, hold_out
from pdeopt.networks.fit import Fit
from pdeopt.networks.looks import look
from pdeopt.networks.network import Network
from pdeopt.networks.session import Options, Session
from pdeopt.networks.watching import Watch
from pdeopt.optimizers import Method

__all__ = ["look", "train"]


def train(
    net: Network,
    data: Data,
    method: Method,
    *,
    n_steps: int = 10_000,
    batch_size: int | None = None,
    batches: str = "epochs",
    initial: str | float | FloatArray = "uniform",
    seed: int = 0,
    run: int = 0,
    record_every: int | None = None,
    observe: str | Sequence[str] | None = None,
    save_every: int | None = None,
    early_stop: EarlyStop | int | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_every: float = 60.0,
    resume: Fit | str | Path | None = None,
    threads: int | None = None,
    blas: bool | None = None,
    progress: bool | None = None,
    on_record: Callable[[dict[str, Any]], None] | None = None,
) -> Fit:
    """Train a network on minibatches.

    Parameters
    ----------
    net : MLP or ResNet
    data : Data
        The test set may be missing.
    method : Method
        Such as `pdeopt.optimizers.Adam`, or a `pdeopt.optimizers.Partition`.
    n_steps : int
        In all, those of a resumed run among them.
    batch_size : int, optional
        Rows of a minibatch, by default all.
    batches : str
        ``"epochs"``: all rows in a new random order, again and again; the last minibatch of an epoch may be smaller.
        ``"whole epochs"``: such a one is left out. ``"fresh"``: a random subset in every step.
    initial : "uniform", float or array, shape (n_parameters,)
        Parameters to start from, or how to draw them, see `MLP.initial`.
    seed, run : int
        Together they determine minibatches and noise, their sum the initial parameters.
    record_every : int, optional
        Steps between records. By default a hundredth of all steps, but so many that looking at large data takes less
        time than the steps.
    observe : str or sequence of str, optional
        What is recorded: ``"scores"`` (losses and accuracies), ``"kinetic"`` (temperatures), ``"configurational"``
        (temperatures, from gradients on all training data), ``"friction"`` (thermostats), ``"quantiles"`` (of
        weights); see `History`. By default all that costs little.
    save_every : int, optional
        Keep the parameters every so many steps, as ``snapshots`` of the result.
    early_stop : EarlyStop or int, optional
        When to stop before the last step, and return the best parameters; a number is the patience.
    checkpoint : str or Path, optional
        A file that holds what is done, written every `checkpoint_every` seconds and at the end. If it exists the run
        goes on from there.
    checkpoint_every : float
        Seconds, positive.
    resume : Fit, str or Path, optional
        A run to go on with, or a file of it: same net, data, method, minibatches and seed. The result is the one that
        a single run would have had, to the bit.
    threads : int, optional
        For looks at large sets of data, by default all cores. Results do not depend on it.
    blas : bool, optional
        Whether gradients are products of matrices by BLAS, on one thread; by default where that is faster than loops.
        The two differ by rounding.
    progress : bool, optional
        Whether to show a progress bar; by default after two seconds, on a terminal.
    on_record : callable, optional
        Called with each record as soon as there is one: a dict, with the names of `History.columns`.

    Returns
    -------
    Fit
        With ``parameters``, ``history``, ``test_accuracy``. An interrupt (Ctrl-C) ends the run early, and nothing is
        lost: ``stopped`` is then ``"interrupted"``, and `resume` goes on.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what does.
    TrainingBlowUpError
        If a parameter becomes infinite or not a number: with the step, the layer and what was done before.

    Notes
    -----
    Steps are made by a compiled loop, on one thread: runs side by side, as in `train_ensemble`, are the better use of
    several.

    Examples
    --------
    >>> from pdeopt.networks import MLP, spirals, train
    >>> from pdeopt.optimizers import Adam
    >>> fit = train(MLP([2, 20, 1]), spirals(turns=1), Adam(step_size=0.005), n_steps=2000, batch_size=10)
    >>> fit.test_accuracy > 0.9, fit.history.train_loss.size
    (True, 101)
    """
    checks.check_kinds(net, data, method)
    stop = checks.checked_early_stop(early_stop, data, observe)
    kept, held = hold_out(data, stop.share, checked_seed(seed)) if stop and stop.validates else (data, None)
    file, begun = checks.begun_run(checkpoint, resume)
    due = checked_number(checkpoint_every, "checkpoint_every", 60.0)
    saving = None if save_every is None else checked_count(save_every, "save_every")
    every = begun.facts["record_every"] if record_every is None and begun is not None else record_every
    task = checks.make_task(
        net,
        kept,
        method,
        n_steps=n_steps,
        batch_size=batch_size,
        batches=batches,
        initial=initial,
        seed=seed,
        run=run,
        record_every=every,
        blas=blas,
    )
    if begun is not None:
        checks.check_resumed(begun, task)
    third = None if held is None else (held.x_train, held.targets(net.loss_name, net.sizes[-1])[0])
    watch = Watch(task, checks.checked_observables(observe, task), third, checks.checked_threads(threads))
    return Session(task, watch, Options(stop, saving, file, due, progress, on_record), begun).run()
