"""Mutants of schemes for Langevin dynamics."""

from mutants.changes import Mutant


def broken(name, scheme, old, new, module="langevin"):
    return Mutant(name, scheme, f"pdeopt.kernels.sde.{module}", old, new)


WORDS = (
    broken("kicks of a whole step", "baoab", "-h / n_b, o", "-h, o"),
    broken("friction of whole steps, twice", "obabo", "friction_constants(h / n_o", "friction_constants(h"),
    broken("noise of 1 - c, not 1 - c^2", "baoab", "-heat * np.expm1(-2.0 * friction", "-heat * np.expm1(-friction"),
    broken(
        "the gradient of the old position", "baoab", "known = known and letter not in", "known = known or letter in"
    ),
    broken("one normal for both frictions", "obabo", "return xi[index]", "return xi[0]"),
    broken("one normal for momentum and position", "ubu", "own, w), plus_times", "own, r), plus_times"),
    broken("position without a normal of its own", "ubu", "own, w), plus_times", "0.0 * own, w), plus_times"),
    broken("force for the whole time", "ava", "return c, s, -t * mean_decay(friction * t)", "return c, s, -t"),
)

VERLET = (
    broken(
        "wrong denominator",
        "gjf",
        "b = 1.0 / (1.0 + half)\n    c = (1.0",
        "b = 1.0 / (1.0 + 2.0 * half)\n    c = (1.0",
        "verlet",
    ),
    broken("noise of the momentum without denominator", "gjf", "b * noise, 0.0)", "noise, 0.0)", "verlet"),
    broken("position without noise", "gjf", "0.5 * stride * noise", "0.0 * stride * noise", "verlet"),
    broken(
        "half the variance",
        "bbk",
        "np.sqrt(friction * mass * h / beta)",
        "np.sqrt(0.5 * friction * mass * h / beta)",
        "verlet",
    ),
    broken("force of the wrong sign in the momentum", "exponential-euler", "-a * mass, 0.0", "a * mass, 0.0", "verlet"),
)

METROPOLIS = (
    broken("sign of the energy", "metropolised-obabo", "np.exp(-beta * rise)", "np.exp(beta * rise)", "hamiltonian"),
    broken("no flip after a rejection", "metropolised-obabo", "times(-1.0, p)", "times(1.0, p)", "hamiltonian"),
    broken("kinetic energy left out", "metropolised-obabo", "kinetic * (dot(new_p", "0.0 * (dot(new_p", "hamiltonian"),
)

LANGEVIN = (*WORDS, *VERLET, *METROPOLIS)
