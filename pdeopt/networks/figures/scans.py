"""Figures 10, 15 and 16: scans of step sizes, temperatures and noises on spirals of four turns."""

from functools import partial
from itertools import product
from typing import Any

from pdeopt.networks.data_sets import spirals
from pdeopt.networks.figures.records import Arm, Claim, Figure
from pdeopt.optimizers import LOL, SGLD, Adam, AdLaLa, Method

__all__ = ["FIGURES"]

FOUR_TURNS = partial(spirals, 4, 500, 500, 0.02, 0.5)
SIGMAS = (0.0, 0.005, 0.01, 0.05, 0.1)
STEP_SIZES = (0.05, 0.1, 0.2, 0.4)
ADAM_STEP_SIZES = (0.001, 0.0025, 0.005, 0.01)
HEATS = (0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2)
NOTEBOOK: dict[str, Any] = {"initial_friction": 0.01, "scope": "tensor"}
LOL_AT = "LOL, tau {:g}".format


def along(group: str, methods: dict[float, Method]) -> tuple[Arm, ...]:
    """Return the arms of one curve against the step size."""
    return tuple(Arm(f"{group}, h {h:g}", method, group=group, coordinates=(h,)) for h, method in methods.items())


def labels(arms: tuple[Arm, ...]) -> tuple[str, ...]:
    """Return the labels of some arms."""
    return tuple(arm.label for arm in arms)


ADLALA = along("AdLaLa", {h: AdLaLa(h, 1e-4, 0.01, 0.05, 0.1, **NOTEBOOK) for h in (0.05, 0.1, 0.25, 0.4)})
ADAM = along("Adam", {h: Adam(h) for h in ADAM_STEP_SIZES})
SGLDS = tuple(arm for s in SIGMAS for arm in along(f"SGLD, sigma {s:g}", {h: SGLD(h, s) for h in STEP_SIZES}))

TEN = Figure(
    key="10",
    title="Figure 10: four turns, AdLaLa against SGLD and Adam at several step sizes",
    arms=ADLALA + ADAM + SGLDS,
    data=FOUR_TURNS,
    hidden=(100,),
    batch_size=25,
    steps=(10_000,),
    n_runs=5,
    given="four turns, the settings of AdLaLa at h = 0.25, the noises of SGLD",
    chosen="100 hidden units, batches of 25, p = 0.5, uniform initial parameters and a xi for each tensor as in the "
    "authors' notebook, 10 000 steps, the step sizes scanned. The best of the others is compared, which "
    "favours them. The paper shows curves without numbers",
    claims=(
        Claim("AdLaLa, h 0.25", labels(ADAM), "AdLaLa is better than Adam at any step size", "caption"),
        Claim("AdLaLa, h 0.25", labels(SGLDS), "AdLaLa is better than SGLD at any step size and noise", "caption"),
    ),
    picture="scan",
    axes=("h",),
)

FIFTEEN = Figure(
    key="15",
    title="Figure 15: four turns, AdLaLa over temperature and noise of the first layer",
    arms=tuple(
        Arm(
            f"tau_1 {tau:g}, sigma_A {sigma:g}",
            AdLaLa(0.1, tau, sigma, 0.1, 0.03, other_temperature=1e-8, **NOTEBOOK),
            group="AdLaLa",
            coordinates=(tau, sigma),
        )
        for tau, sigma in product((1e-6, 1e-5, 1e-4, 1e-3), (1e-3, 3e-3, 1e-2, 3e-2, 1e-1))
    ),
    data=FOUR_TURNS,
    hidden=(100,),
    batch_size=25,
    steps=(10_000,),
    n_runs=10,
    given="four turns, 100 hidden units, gamma_2 = 0.03, eps = 0.1, tau_2 = 1e-8, h = 0.1, 10 runs for each pixel",
    chosen="10 000 steps, batches of 25, p = 0.5, uniform initial parameters and a xi for each tensor as in the "
    "authors' notebook, the ranges. The paper shows a heat map without numbers",
    picture="map",
    axes=("tau_1", "sigma_A"),
)

SIXTEEN = Figure(
    key="16",
    title="Figure 16: four turns, LOL at several temperatures, 200 hidden units, 50 000 steps",
    arms=tuple(Arm(LOL_AT(tau), LOL(0.8, 1.0, tau, tau), group="LOL", coordinates=(tau,)) for tau in HEATS),
    data=FOUR_TURNS,
    hidden=(200,),
    batch_size=25,
    steps=(50_000,),
    n_runs=10,
    given="four turns, 200 hidden units, 50 000 steps, h = 0.8, gamma = 1; the best tau is 1e-5, and 1e-3 is unusable",
    chosen="tau_2 = tau_1, batches of 25, p = 0.5, uniform initial parameters as in the authors' notebook; "
    "temperatures above 1e-3 are added. Batches of 10 move the optimum further up, to 1e-3",
    claims=(
        Claim(LOL_AT(1e-5), (LOL_AT(0.0),), "some temperature is better than none", "caption"),
        Claim(LOL_AT(1e-4), (LOL_AT(1e-2),), "accuracy falls again at large temperatures", "caption"),
        Claim(LOL_AT(1e-5), (LOL_AT(1e-4), LOL_AT(1e-6)), "the best is tau 1e-5", "caption"),
        Claim(LOL_AT(0.0), (LOL_AT(1e-3),), "tau 1e-3 is worse than no temperature: unusable", "caption"),
    ),
    picture="scan",
    axes=("tau",),
)

FIGURES = (TEN, FIFTEEN, SIXTEEN)
