"""What a figure of a paper is: methods on a data set, numbers that were printed, and what was not printed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pdeopt.networks.data import Data
from pdeopt.optimizers import Method

__all__ = ["Arm", "Claim", "Figure", "Published", "published"]

CAPTION = "caption"


@dataclass(frozen=True)
class Published:
    """A printed number.

    Parameters
    ----------
    value : float
        In percent for accuracies.
    step : int
        After which it was measured.
    quantity : str
        ``"test_accuracy"``, ``"train_accuracy"``, ``"test_loss"`` or ``"train_loss"``.
    n_runs : int
        Whose mean it is.
    rounding : float
        Unit of the last digit printed.
    source : str
        Where it stands.
    """

    value: float
    step: int
    quantity: str = "test_accuracy"
    n_runs: int = 1
    rounding: float = 1.0
    source: str = CAPTION


@dataclass(frozen=True)
class Arm:
    """One method of a figure.

    Parameters
    ----------
    label : str
        Unique in the figure.
    method : Method
    initial : str or float
        Scheme of the initial parameters, see `pdeopt.networks.MLP.initial`.
    published : tuple of Published
        Printed numbers, if there are any.
    group : str
        Of arms that differ in one setting, if there are such.
    coordinates : tuple of float
        The settings that are scanned.
    """

    label: str
    method: Method
    initial: str | float = "uniform"
    published: tuple[Published, ...] = ()
    group: str = ""
    coordinates: tuple[float, ...] = ()


@dataclass(frozen=True)
class Claim:
    """An ordering of test accuracies that a paper shows or states.

    Parameters
    ----------
    higher : str
        Label of an arm.
    lower : tuple of str
        Labels of arms; the best of them is compared with `higher`.
    words : str
        What is claimed.
    source : str
        Where it stands.
    """

    higher: str
    lower: tuple[str, ...]
    words: str
    source: str


@dataclass(frozen=True)
class Figure:
    """A figure of a paper, or a table of its code, as settings.

    Parameters
    ----------
    key : str
        What `pdeopt.networks.reproduce` takes.
    title : str
    arms : tuple of Arm
    data : callable
        Of a seed, returns the data set of a run.
    hidden : tuple of int
        Sizes of the hidden layers.
    batch_size : int
    steps : tuple of int
        Where the networks are looked at, the last is the end.
    n_runs : int
        By default, so that a figure takes minutes at most.
    given : str
        Settings that are printed.
    chosen : str
        Settings that are not, and what stands in for them.
    claims : tuple of Claim
    picture : str
        ``"means"``, ``"curves"``, ``"scan"``, ``"map"``, ``"boundaries"`` or ``"segments"``.
    axes : tuple of str
        Names of the settings that are scanned.
    average_last : int
        Over how many last steps parameters are averaged.
    n_points : int
        Of segments.
    """

    key: str
    title: str
    arms: tuple[Arm, ...]
    data: Callable[[int], Data]
    hidden: tuple[int, ...]
    batch_size: int
    steps: tuple[int, ...]
    n_runs: int
    given: str
    chosen: str
    claims: tuple[Claim, ...] = ()
    picture: str = "means"
    axes: tuple[str, ...] = ()
    average_last: int = 0
    n_points: int = 101

    @property
    def n_steps(self) -> int:
        """The last step."""
        return self.steps[-1]

    def arm(self, label: str) -> Arm:
        """Return the arm of this name."""
        return next(arm for arm in self.arms if arm.label == label)


def published(values: dict[int, float], **more: Any) -> tuple[Published, ...]:
    """Return printed numbers by step, all of one kind."""
    return tuple(Published(value, step, **more) for step, value in values.items())
