"""The schemes by name."""

from pdeopt.kolmogorov.steppers.scheme import Scheme
from pdeopt.kolmogorov.steppers.split_schemes import CraigSneyd, Douglas, HundsdorferVerwer, ModifiedCraigSneyd
from pdeopt.kolmogorov.steppers.unsplit import TRBDF2, BackwardEuler, CrankNicolson

__all__ = ["SCHEMES", "scheme_of"]

SCHEMES: dict[str, type[Scheme]] = {
    scheme.name: scheme
    for scheme in (
        BackwardEuler,
        CrankNicolson,
        TRBDF2,
        Douglas,
        CraigSneyd,
        ModifiedCraigSneyd,
        HundsdorferVerwer,
    )
}


def scheme_of(method: Scheme | str) -> Scheme:
    """Return a scheme itself, or the one of a name."""
    if isinstance(method, Scheme):
        return method
    if not isinstance(method, str) or method not in SCHEMES:
        raise ValueError(f"method={method!r} is no time stepper: use one of {', '.join(SCHEMES)}, or a Scheme.")
    return SCHEMES[method]()
