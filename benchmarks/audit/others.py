"""The same steps by the code of other packages, where it is installed."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.audit import fourier, kernels, strong
from benchmarks.audit.tables import write, write_row
from benchmarks.audit.weak import Case

Step = Callable[..., np.ndarray]
LEVEL, RIPPLE, ADDITIVE = 0.8, 0.4, 0.9
STEPS = (1 / 128, 1 / 256, 1 / 512)
DOCUMENTED = {
    "EulerHeun": ("1.0", "1.0"),
    "Heun": ("1.0", "1.0"),
    "StratonovichMilstein": ("1.0", "1.0"),
    "SEA": ("", "1.0"),
    "SRA1": ("", "2.0"),
    "ShARK": ("", "2.0"),
    "SPaRK": ("1.0", "2.0"),
    "GeneralShARK": ("1.0", "2.0"),
    "SlowRK": ("2.0", "2.0"),
}
"""Weak orders of diffrax's table for commutative and additive noise."""


def weak_steps(scheme: str) -> dict[str, Step]:
    """Return steps of the schemes by installed packages, by the name of the code."""
    found = {}
    if scheme == "SRIW2" and find_spec("torchsde") is not None:
        found["torchsde `srk`"] = _torchsde_srk()
    if scheme == "SRA1" and find_spec("diffrax") is not None:
        found["diffrax `SRA1`"] = _diffrax("SRA1", additive=True)
    return found


def cases() -> list[Case]:
    """Return schemes of other packages, whose second code is the package's own."""
    if find_spec("diffrax") is None:
        return []
    step = _diffrax("SlowRK", additive=False)
    return [Case("SlowRK", 2.0, "2", kernels.slow_rk, step, code="diffrax `SlowRK` in Fourier coefficients")]


def matrix_steps() -> dict[str, Step]:
    """Return Euler-Heun's step for noise that is a matrix, by installed packages."""
    found = {}
    if find_spec("torchsde") is not None:
        import torch

        from benchmarks.audit import by_torchsde

        noises = torch.tensor(strong.NOISES)
        parts = (lambda y: strong.GROWTH * y), (lambda y: torch.einsum("kij,nj->nik", noises, y))
        found["torchsde `euler_heun`"] = by_torchsde.matrix_step("euler_heun", *parts, "stratonovich")
    if find_spec("diffrax") is not None:
        import diffrax
        import jax.numpy as jnp

        from benchmarks.audit import by_diffrax

        parts = (lambda y: strong.GROWTH * y), (lambda y: jnp.einsum("kij,j->ik", strong.NOISES, y))
        found["diffrax `EulerHeun`"] = by_diffrax.matrix_step(diffrax.EulerHeun(), *parts)
    return found


def _torchsde_srk() -> Step:
    import torch

    from benchmarks.audit import by_torchsde

    return by_torchsde.step(
        "srk", lambda y: torch.sin(y) + 0.5 * torch.cos(2.0 * y), lambda y: LEVEL + RIPPLE * torch.cos(y)
    )


def _diffrax(solver: str, *, additive: bool) -> Step:
    """Return the step of a solver of Stratonovich equations, of the equation on the circle."""
    import diffrax
    import jax.numpy as jnp

    from benchmarks.audit import by_diffrax

    level, ripple = (ADDITIVE, 0.0) if additive else (LEVEL, RIPPLE)

    def drift(y: object) -> object:
        ito = jnp.sin(y) + 0.5 * jnp.cos(2.0 * y)
        return ito if additive else ito + 0.5 * ripple * jnp.sin(y) * (level + ripple * jnp.cos(y))

    def noise(y: object) -> object:
        return jnp.asarray(level) if additive else level + ripple * jnp.cos(y)

    return by_diffrax.step(getattr(diffrax, solver)(), drift, noise)


def write_documented_table() -> None:
    """Write the weak orders of diffrax's table beside the last local slopes of its code."""
    if find_spec("diffrax") is None:
        return
    write("\n### Weak orders of diffrax's table\n\nLast two local slopes, from 1/128 to 1/512.\n")
    write_row("solver", "commutative: documented", "slopes", "additive: documented", "slopes")
    write_row(*["---"] * 5)
    for solver, documented in DOCUMENTED.items():
        cells = [solver]
        for additive, claim in enumerate(documented):
            slopes = _last_slopes(solver, additive=bool(additive)) if claim else ""
            cells += [claim, slopes]
        write_row(*cells)


def _last_slopes(solver: str, *, additive: bool) -> str:
    step, coefficients = _diffrax(solver, additive=additive), (ADDITIVE, 0.0) if additive else (LEVEL, RIPPLE)
    errors = [fourier.weak_error(step, h, fourier.pair(), *coefficients) for h in STEPS]
    return ", ".join(f"{slope:.3f}" for slope in np.log2(np.divide(errors[:-1], errors[1:])))
