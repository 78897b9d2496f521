"""Figures 1, 9 and 13: five hundred hidden units, decision boundaries and noisy data."""

from functools import partial
from itertools import pairwise

from pdeopt.networks.data_sets import spirals, trigonometric
from pdeopt.networks.figures.records import Arm, Claim, Figure
from pdeopt.optimizers import BAOAB, LOL, SGD, Adam, AdLaLa

__all__ = ["FIGURES"]

WIDTH = (500,)
TEMPERATURES = (1e-8, 1e-7, 1e-6, 1e-5)

ONE = Figure(
    key="1",
    title="Figure 1 on stand-in data: BAOAB at four temperatures, 500 hidden units, 50 000 steps",
    arms=tuple(
        Arm(f"BAOAB, tau {tau:g}", BAOAB(0.4, 10.0, tau), group="BAOAB", coordinates=(tau,)) for tau in TEMPERATURES
    ),
    data=partial(trigonometric, 3, 1000, 1000, 2.0, 0.02),
    hidden=WIDTH,
    batch_size=20,
    steps=(50_000,),
    n_runs=12,
    given="1000 + 1000 points with (a, b, c) = (3, 2, 0.02), 500 hidden units, batches of 20, 50 000 steps, h = "
    "0.4, gamma = 10 and the temperatures",
    chosen="THE DATA: the formula of the paper's trigonometric data is not known to us, ours is a stand-in with "
    "parameters of the same roles, so that orderings alone can be compared; uniform initial parameters as in "
    "PyTorch",
    claims=tuple(
        Claim(f"BAOAB, tau {hot:g}", (f"BAOAB, tau {cold:g}",), f"tau {hot:g} is better than tau {cold:g}", "pictures")
        for cold, hot in (*pairwise(TEMPERATURES), TEMPERATURES[::3])
    ),
    picture="boundaries",
    axes=("tau",),
)

NINE = Figure(
    key="9",
    title="Figure 9: four turns, 500 hidden units, classifier averaged over the last 10 steps",
    arms=(
        Arm("Adam", Adam(0.005), 0.5),
        Arm("AdLaLa", AdLaLa(0.1, 1e-4, 0.01, 0.1, 0.03, other_temperature=1e-5), 0.01),
    ),
    data=partial(spirals, 4, 500, 500, 0.02, 1.0),
    hidden=WIDTH,
    batch_size=10,
    steps=(20_000, 40_000, 60_000),
    n_runs=4,
    given="four turns, p = 1, 500 hidden units, batches of 10, 60 000 steps, the settings of both methods, their "
    "Gaussian initial parameters of deviation 0.5 and 0.01, the average",
    chosen="xi = 0.1 at the start, one xi for a layer. The paper shows pictures without numbers",
    claims=(Claim("AdLaLa", ("Adam",), "AdLaLa is better than Adam", "pictures"),),
    picture="boundaries",
    average_last=10,
)

THIRTEEN = Figure(
    key="13",
    title="Figure 13: two turns with noise 0.1, 500 hidden units",
    arms=(
        Arm("SGD", SGD(0.1)),
        Arm("Adam", Adam(0.005)),
        Arm("LOL", LOL(0.1, 1.0, 1e-6, 0.0)),
        Arm("AdLaLa", AdLaLa(0.1, 1e-4, 0.01, 0.1, 1000.0, other_temperature=1e-8)),
    ),
    data=partial(spirals, 2, 500, 500, 0.1, 0.5),
    hidden=WIDTH,
    batch_size=10,
    steps=tuple(range(1000, 20_001, 1000)),
    n_runs=8,
    given="two turns with noise c = 0.1, 500 hidden units, the settings of every method",
    chosen="500 + 500 points, batches of 10, 20 000 steps, p = 0.5, uniform initial parameters as in PyTorch, tau_2 "
    "= 0 for LOL. The paper shows curves without numbers, about overfitting: see the losses",
    picture="curves",
)

FIGURES = (ONE, NINE, THIRTEEN)
