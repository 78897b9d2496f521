"""AdLaLa: adaptive Langevin on the first layer, Langevin on the others."""

from dataclasses import dataclass
from typing import ClassVar

from pdeopt.optimizers.adla import AdLa
from pdeopt.optimizers.langevin import Langevin
from pdeopt.optimizers.machine import Part
from pdeopt.optimizers.method import Method
from pdeopt.optimizers.partition import Partition
from pdeopt.optimizers.settings import Setting
from pdeopt.optimizers.structure import Structure

__all__ = ["AdLaLa"]


@dataclass(frozen=True)
class AdLaLa(Method):
    """Adaptive Langevin dynamics on the first layer and Langevin dynamics on the others.

    Parameters
    ----------
    step_size : float or schedule
        h, the time step of both.
    temperature : float or schedule
        tau_1, of the first layer.
    sigma : float or schedule
        sigma_A, amplitude of the noise added to the first layer.
    coupling : float or schedule
        eps of its thermostat.
    friction : float or schedule
        gamma_2, of the other layers ("gamma" in the paper's captions).
    other_temperature : float, schedule or None
        tau_2; None is tau_1.
    initial_friction : float
        xi at the start.
    scope : str
        ``"layer"`` or ``"tensor"``, what shares a thermostat, see `AdLa`.
    friction_form : str
        ``"xi"`` or ``"eps*xi"``, see `AdLa`.

    Notes
    -----
    A step is half a kick, then ``A C D E D C A`` on the first layer and ``A O A`` on the others, then half a kick: what
    acts on different layers commutes. It takes one gradient. A network of one layer has adaptive dynamics only.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1(4), 2019, arXiv 1908.11843, section 3.

    Examples
    --------
    >>> AdLaLa(step_size=0.25, temperature=1e-4, friction=0.5, coupling=0.1).others.word
    'BAOAB'
    """

    name: ClassVar[str] = "adlala"
    step_size: Setting = 0.25
    temperature: Setting = 1e-4
    sigma: Setting = 0.01
    coupling: Setting = 0.1
    friction: Setting = 0.5
    other_temperature: Setting | None = None
    initial_friction: float = 0.1
    scope: str = "layer"
    friction_form: str = "xi"

    def __post_init__(self) -> None:
        _ = self.first, self.others

    @property
    def first(self) -> AdLa:
        """The method of the first layer."""
        return AdLa(
            self.step_size,
            self.temperature,
            self.sigma,
            self.coupling,
            self.initial_friction,
            self.scope,
            self.friction_form,
        )

    @property
    def others(self) -> Langevin:
        """The method of the other layers."""
        tau = self.temperature if self.other_temperature is None else self.other_temperature
        return Langevin(self.step_size, self.friction, tau)

    def parts(self, structure: Structure) -> list[Part]:
        """Return which method moves which slices."""
        methods = {"first": self.first, "rest": self.others} if len(structure.layers) > 1 else {"all": self.first}
        return Partition(methods).parts(structure)
