"""Figures 4, 6 and 7, which show single runs, and the logs of the authors' notebook."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pdeopt.networks.data_sets import spirals
from pdeopt.networks.figures.records import Arm, Claim, Figure, Published
from pdeopt.optimizers import SGD, SGLD, Adam, AdLaLa

__all__ = ["FIGURES"]

TWO_TURNS = partial(spirals, 2, 500, 500, 0.02, 0.5)
FOUR_TURNS = partial(spirals, 4, 500, 500, 0.02, 0.5)
NOTEBOOK = partial(spirals, 4, 500, 1000, 0.02, 0.5)
STEPS = (50, 1000, 10_000)
PLAIN = "uniform"
ADLALA = AdLaLa(step_size=0.25, temperature=1e-4, sigma=0.01, coupling=0.1, friction=0.5)
BY_TENSOR = replace(ADLALA, initial_friction=0.01, scope="tensor")
"""As in the authors' notebook."""


def run(
    values: Sequence[float], steps: Sequence[int] = STEPS, quantity: str = "test_accuracy"
) -> tuple[Published, ...]:
    """Return what is printed of one run."""
    return tuple(Published(value, step, quantity) for value, step in zip(values, steps, strict=True))


def both(train: float, test: float) -> tuple[Published, ...]:
    """Return the accuracies on both sets of a run of Figure 4."""
    return run([test], [20_000]) + run([train], [20_000], "train_accuracy")


def logged(at_ten: Sequence[float], at_eighty: Sequence[float]) -> tuple[Published, ...]:
    """Return means of what notebooks printed, with their number."""
    lists = ((10_000, at_ten), (80_000, at_eighty))
    return tuple(
        Published(sum(values) / len(values), step, n_runs=len(values), rounding=0.1, source="notebook")
        for step, values in lists
    )


FOUR = Figure(
    key="4",
    title="Figure 4: two turns, 20 hidden units, two runs of 20 000 steps",
    arms=(
        Arm("AdLaLa, left", ADLALA, PLAIN, both(100, 99)),
        Arm("Adam, left", Adam(0.005), PLAIN, both(88, 91)),
        Arm("AdLaLa, right", ADLALA, 0.5, both(100, 98)),
        Arm("Adam, right", Adam(0.005), 0.5, both(96, 94)),
    ),
    data=TWO_TURNS,
    hidden=(20,),
    batch_size=25,
    steps=(20_000,),
    n_runs=40,
    given="two turns, 500 + 500 points, 20 hidden units, batches of 25, 20 000 steps; two pairs of runs, each pair "
    "from the same initial parameters",
    chosen="p = 0.5, the settings of the methods of Figure 6, and two laws of initial parameters for the unknown "
    "two: uniform as in PyTorch (left), Gaussian of deviation 0.5 (right). One printed run is compared with "
    "the spread of ours",
    claims=(
        Claim("AdLaLa, left", ("Adam, left",), "AdLaLa is better than Adam", "caption"),
        Claim("AdLaLa, right", ("Adam, right",), "also from the other start", "caption"),
    ),
    picture="boundaries",
)

SIX = Figure(
    key="6",
    title="Figure 6: two turns, one run of each method after 50, 1000 and 10 000 steps",
    arms=(
        Arm("SGD", SGD(0.2), PLAIN, run([66, 66, 96])),
        Arm("Adam", Adam(0.005), PLAIN, run([65, 89, 99])),
        Arm("SGLD", SGLD(0.1, 0.01), PLAIN, run([61, 68, 74])),
        Arm("AdLaLa", BY_TENSOR, PLAIN, run([62, 82, 99])),
    ),
    data=TWO_TURNS,
    hidden=(100,),
    batch_size=25,
    steps=STEPS,
    n_runs=20,
    given="two turns, the settings of every method, one run of each",
    chosen="100 hidden units, batches of 25, p = 0.5, uniform initial parameters, a xi for each tensor, 0.01 at the "
    "start: all as in the authors' notebook. The noise of SGLD is sigma sqrt(2h), a guess",
    claims=(Claim("AdLaLa", ("SGLD",), "AdLaLa is better than SGLD", "caption"),),
    picture="curves",
)

SEVEN = replace(
    SIX,
    key="7",
    title="Figure 7: four turns, one run of each method after 50, 1000 and 10 000 steps",
    arms=(
        Arm("SGD", SGD(0.2), PLAIN, run([50, 56, 58])),
        Arm("Adam", Adam(0.005), PLAIN, run([58, 55, 67])),
        Arm("SGLD", SGLD(0.1, 0.01), PLAIN, run([52, 50, 54])),
        Arm("AdLaLa", replace(BY_TENSOR, friction=0.1), PLAIN, run([45, 62, 80])),
    ),
    data=FOUR_TURNS,
    given="four turns, gamma 0.1 for AdLaLa, one run of each method",
    chosen="100 hidden units, batches of 25, p = 0.5, uniform initial parameters, a xi for each tensor, 0.01 at the "
    "start: all as in the authors' notebook, and the other settings of Figure 6. With 20 units and batches of"
    " 10 no method exceeds 60 %, so that is not its network; with one xi for a layer AdLaLa gets 72 %, so "
    "that is not its thermostat",
    claims=(Claim("AdLaLa", ("SGD", "Adam", "SGLD"), "AdLaLa is the best", "caption"),),
)

LOGS = Figure(
    key="notebook",
    title="The authors' notebook: four turns, 100 hidden units, after 10 000 and 80 000 steps",
    arms=(
        Arm("Adam", Adam(0.005), PLAIN, logged([63.1, 63.6], [68.6, 69.0, 76.8, 73.2, 63.7])),
        Arm(
            "AdLaLa",
            replace(BY_TENSOR, coupling=0.05, friction=0.1),
            PLAIN,
            logged([79.8, 77.2], [92.9, 89.8, 90.3, 89.0, 91.0]),
        ),
    ),
    data=NOTEBOOK,
    hidden=(100,),
    batch_size=25,
    steps=(10_000, 80_000),
    n_runs=10,
    given="everything but the seed of the data: four turns, p = 0.5, 500 + 1000 points, 100 hidden units, batches "
    "of 25, uniform initial parameters; printed by five versions of the notebook, one run each",
    chosen="xi = 0.01 at the start; the versions draw it at random, with this deviation or 0.001, and the older ones"
    " have a xi for each parameter",
    claims=(Claim("AdLaLa", ("Adam",), "AdLaLa is better than Adam", "logs"),),
)

FIGURES = (FOUR, SIX, SEVEN, LOGS)
