"""Figures 3 and 5: losses along segments between networks, and MNIST."""

from collections.abc import Sequence
from functools import partial

from pdeopt.networks.data_sets import spirals
from pdeopt.networks.figures.records import Arm, Claim, Figure, Published
from pdeopt.optimizers import Adam, AdLaLa

__all__ = ["FIGURES", "MNIST_FIGURES"]

FORK = "a fork of the authors' notebook"
EPOCHS_20 = 12_000
MNIST_ADLALA = AdLaLa(0.1, 1e-4, 0.05, 0.05, 0.15, other_temperature=5e-5)

THREE = Figure(
    key="3",
    title="Figure 3: one turn, losses on segments between networks, Eq. (18)",
    arms=(
        Arm("Adam", Adam(0.005)),
        Arm("AdLaLa", AdLaLa(step_size=0.25, temperature=1e-4, sigma=0.01, coupling=0.1, friction=0.5)),
    ),
    data=partial(spirals, 1, 500, 500, 0.02, 0.5),
    hidden=(20,),
    batch_size=10,
    steps=(10_000,),
    n_runs=40,
    given="one turn, Adam and AdLaLa from the same initial parameters; no barrier on the line (18), different "
    "minima, similar test losses",
    chosen="the ends of the line, both readings: initial to final parameters of a method, and Adam's to AdLaLa's "
    "final ones; 20 hidden units, batches of 10, 10 000 steps, p = 0.5, uniform initial parameters as in "
    "PyTorch, the methods of Figure 6",
    picture="segments",
)


def after(epochs: Sequence[int], accuracies: Sequence[float], rounding: float) -> tuple[Published, ...]:
    """Return accuracies that the fork prints after epochs of 600 steps."""
    return tuple(
        Published(value, 600 * epoch, rounding=rounding, source=FORK)
        for epoch, value in zip(epochs, accuracies, strict=True)
    )


FIRST_FIVE = after(range(1, 6), (92.5, 94.4, 95.1, 95.2, 95.6), 0.1)


FIVE = Figure(
    key="5",
    title="Figure 5: MNIST, 250 hidden units, 20 epochs",
    arms=(
        Arm("Adam", Adam(0.001), published=after([20], [97.97], 0.01)),
        Arm("AdLaLa", MNIST_ADLALA, published=FIRST_FIVE + after([20], [96.62], 0.01)),
    ),
    data=spirals,
    hidden=(250,),
    batch_size=100,
    steps=tuple(range(600, EPOCHS_20 + 1, 600)),
    n_runs=1,
    given="MNIST; the fork prints network, batches, epochs and the settings of both methods",
    chosen="the paper's own network is not known, this is the one of a public fork of its notebook; xi = 0.1 at the "
    "start, one xi for a layer",
    claims=(Claim("Adam", ("AdLaLa",), "with this network Adam is better than AdLaLa", FORK),),
    picture="curves",
)

THREE_MNIST = Figure(
    key="3 mnist",
    title="Figure 3: MNIST, losses on segments between networks, Eq. (18)",
    arms=FIVE.arms,
    data=FIVE.data,
    hidden=(250,),
    batch_size=100,
    steps=(EPOCHS_20,),
    n_runs=1,
    given="MNIST, Adam and AdLaLa from the same initial parameters; no barrier on the line (18)",
    chosen=FIVE.chosen + "; both readings of the line",
    picture="segments",
    n_points=21,
)

FIGURES = (THREE,)
MNIST_FIGURES = (THREE_MNIST, FIVE)
