"""Mutants of schemes for equations of any drift and noise."""

from mutants.changes import Mutant


def broken(name, scheme, module, old, new, noise=None, through=()):
    return Mutant(name, scheme, f"pdeopt.kernels.sde.{module}", old, new, noise, through)


IMPLICIT = ("pdeopt.sde.implicit",)

EULER = (
    broken("noise by h, not sqrt(h)", "euler-maruyama", "euler", "np.sqrt(h), noise)", "h, noise)"),
    broken("half the variance", "euler-maruyama", "euler", "np.sqrt(h), noise)", "np.sqrt(0.5 * h), noise)"),
    broken("tamed by the drift, not h times it", "tamed-euler", "euler", "1.0 + h * np.sqrt(", "1.0 + np.sqrt("),
    broken(
        "half the drift in the equation",
        "drift-implicit-euler",
        "implicit",
        "t + h, y, base, h, args))\n        return y",
        "t + h, y, base, 0.5 * h, args))\n        return y",
        through=IMPLICIT,
    ),
    broken(
        "the whole noise at the midpoint",
        "implicit-midpoint",
        "implicit",
        "0.5 * np.sqrt(h)",
        "np.sqrt(h)",
        through=IMPLICIT,
    ),
)

MILSTEIN = (
    broken("no correction", "milstein", "milstein", "0.5 * h, times(slope", "0.0 * h, times(slope"),
    broken("correction of the wrong sign", "milstein", "milstein", "0.5 * h, times(slope", "-0.5 * h, times(slope"),
    broken("correction without its shift", "milstein", "milstein", "minus(times(xi, xi), shift)", "times(xi, xi)"),
    broken(
        "correction twice",
        "derivative-free-milstein",
        "milstein",
        "times(0.5, minus(times(xi",
        "times(1.0, minus(times(xi",
    ),
    broken(
        "difference over h, not sqrt(h)",
        "derivative-free-milstein",
        "milstein",
        "(moved, root, sigma)",
        "(moved, h, sigma)",
    ),
)

HEUN = (
    Mutant(
        "the drift of Ito",
        "heun",
        "pdeopt.sde.heun",
        'name: ClassVar[str] = "heun"\n    interpretation: ClassVar[str] = "stratonovich"',
        'name: ClassVar[str] = "heun"\n    interpretation: ClassVar[str] = "ito"',
    ),
    Mutant(
        "the drift of Ito corrected twice",
        "heun",
        "pdeopt.systems.conversion",
        "drift + factor * sigma * slope",
        "drift + 2.0 * factor * sigma * slope",
    ),
    broken(
        "noise of the corrector at the old point",
        "heun",
        "heun",
        "drift(t + h, y, *args))\n        noise = plus(noise, spread(diffusion(t + h, y",
        "drift(t + h, y, *args))\n        noise = plus(noise, spread(diffusion(t + h, x",
    ),
    broken(
        "drift of the corrector at the old point", "heun", "heun", "drift(t + h, y, *args)", "drift(t + h, x, *args)"
    ),
    broken(
        "predictor with half the noise",
        "euler-heun",
        "heun",
        "plus_times(x, root, noise)",
        "plus_times(x, 0.5 * root, noise)",
    ),
)

SRA1 = (
    broken(
        "noise of the stage 1, not 3/2",
        "sra1",
        "runge_kutta",
        "1.5 * root, spread(last, u)",
        "1.0 * root, spread(last, u)",
    ),
    broken(
        "drift of the stage 1, not 3/4",
        "sra1",
        "runge_kutta",
        "0.75 * h, b), 1.5 * root, spread(last",
        "h, b), 1.5 * root, spread(last",
    ),
    broken(
        "weight of the stage 1, not 2",
        "sra1",
        "runge_kutta",
        "spread(last, u))\n        b = plus_times(b, 2.0",
        "spread(last, u))\n        b = plus_times(b, 1.0",
    ),
    broken(
        "one normal for W and its integral",
        "sra1",
        "runge_kutta",
        "plus_times(w, ROOT_THIRD, z)",
        "plus_times(w, ROOT_THIRD, w)",
    ),
    broken(
        "variance h^3/2 of the integral, not h^3/3",
        "sra1",
        "runge_kutta",
        "plus_times(w, ROOT_THIRD, z)",
        "plus_times(w, 1.0, z)",
    ),
    broken(
        "first and last noise exchanged",
        "sra1",
        "runge_kutta",
        "plus(spread(last, minus(w, u)), spread(first, u))",
        "plus(spread(first, minus(w, u)), spread(last, u))",
    ),
)

SRIW1 = (
    broken("beta_4 left out", "sriw1", "runge_kutta", "third, c\n", "third, times(0.0, c)\n"),
    broken("I_11 without its shift", "sriw1", "runge_kutta", "minus(square, 1.0))", "square)"),
    broken("I_11 of the wrong sign", "sriw1", "runge_kutta", "times(0.5 * sign, ", "times(-0.5 * sign, "),
    broken("I_111 of shift 1, not 3", "sriw1", "runge_kutta", "minus(square, 3.0)", "minus(square, 1.0)"),
    broken("third stage on the other side", "sriw1", "runge_kutta", "-jump, s_1)", "jump, s_1)"),
    broken(
        "the coin in the stages alone", "sriw1-random-sign", "runge_kutta", "weights(w, u, sign)", "weights(w, u, 1.0)"
    ),
)

RI6 = (
    broken("sign of a weight", "ri6", "weak", "spread(behind, minus(xi, q))", "spread(behind, plus(xi, q))"),
    broken("noise weighed 1, not 2", "ri6", "weak", "plus(times(2.0, noise), plus(", "plus(times(1.0, noise), plus("),
    broken("a stage without drift", "ri6", "weak", "plus_times(moved, -root, jump)", "plus_times(x, -root, jump)"),
    broken(
        "drift of the corrector without noise",
        "ri6",
        "weak",
        "drift(t + h, plus_times(moved, root, noise), *args)",
        "drift(t + h, moved, *args)",
    ),
    broken("sign of a mixed integral", "ri6", "weak", "xi[l] + eta[l])", "xi[l] - eta[l])", "general"),
)

OVERDAMPED = (
    broken(
        "noise not averaged",
        "leimkuhler-matthews",
        "overdamped",
        "half, plus(before, xi)), xi",
        "half, times(2.0, xi)), xi",
    ),
    broken(
        "noise not kept",
        "leimkuhler-matthews",
        "overdamped",
        "half, plus(before, xi)), xi",
        "half, plus(before, xi)), before",
    ),
    broken("sign of the energy", "mala", "overdamped", "beta * (energy - new_energy)", "beta * (new_energy - energy)"),
    broken("the old gradient on the way back", "mala", "overdamped", "plus(g, new_g)", "plus(g, g)"),
)

GENERAL = (*EULER, *MILSTEIN, *HEUN, *SRA1, *SRIW1, *RI6, *OVERDAMPED)
