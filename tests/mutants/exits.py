"""Mutants of what decides that a path has left a domain, and when."""

from mutants.changes import Mutant

BRIDGES, REGIONS = "pdeopt.kernels.bridges", "pdeopt.kernels.regions"
RULES, TIMES = "pdeopt.verification.operators.exit_tests", "pdeopt.verification.exits"


def broken(name, module, old, new, through=()):
    return Mutant(name, "euler-maruyama", module, old, new, through=through)


EXITS = (
    broken("bridge of twice the variance", BRIDGES, "np.exp(-2.0 * a * b / q)", "np.exp(-a * b / q)", (REGIONS,)),
    broken(
        "exits at the end of the step",
        BRIDGES,
        "return 2.0 * a * a / (w + 2.0 * a * a), u",
        "return 1.0, u",
        (REGIONS,),
    ),
    broken("integral equation: bridge of twice the variance", RULES, "-2.0 * a * np.maximum", "-1.0 * a * np.maximum"),
    broken("integral equation: walls shifted by 1/2", TIMES, "SHIFT = 0.5825971579390107", "SHIFT = 0.5"),
    broken(
        "integral equation: bridge between the wrong ends", RULES, "(upper - x, upper - y)", "(upper - x, upper - x)"
    ),
)
