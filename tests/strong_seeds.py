"""Strong orders over many seeds: `python tests/strong_seeds.py 0 20` takes twenty from seed 0 on.

Kinds of noise may follow. All is sampled, also where errors are known without.
"""

import sys
from collections import Counter
from time import perf_counter

from pdeopt.verification import strong_order
from pdeopt.verification.paths.path_equations import first_point, path_problem

# One kind of noise for schemes that take the same step for several.
BY_NOISE = {
    "diagonal": (
        *("euler-maruyama", "tamed-euler", "drift-implicit-euler", "milstein", "derivative-free-milstein"),
        *("heun", "euler-heun", "sriw1", "sriw1-random-sign"),
    ),
    "commutative": ("euler-maruyama", "milstein", "derivative-free-milstein", "heun"),
    "general": ("euler-maruyama", "heun"),
    "additive": (
        *("euler-maruyama", "tamed-euler", "drift-implicit-euler", "implicit-midpoint", "heun", "sra1", "sriw1"),
        *("leimkuhler-matthews", "baoab", "obabo", "aboba", "bao", "ubu", "bub", "vav"),
        *("gjf", "bbk", "bbk-shared", "exponential-euler", "metropolised-obabo", "badodab"),
    ),
}


def verdicts(method, noise, seeds):
    """Return the verdicts on the order that a scheme claims."""
    x0 = first_point(path_problem(method, None, noise), None)
    return [strong_order(method, noise=noise, x0=x0, seed=seed, progress=False) for seed in seeds]


def row(method, noise, seeds):
    """Return a line of counts."""
    begun = perf_counter()
    found = verdicts(method, noise, seeds)
    counts, paths = Counter(one.verdict for one in found), max(one.n_paths for one in found)
    orders = [one.order for one in found]
    inside = sum(one.interval[0] <= one.claimed <= one.interval[1] for one in found)
    numbers = " ".join(f"{counts[word]:12}" for word in ("certified", "inconclusive", "refuted"))
    span = f"{min(orders):.3f} to {max(orders):.3f}"
    seconds = (perf_counter() - begun) / len(found)
    return f"{method:26} {noise:12} {found[0].claimed:5g} {numbers} {inside:8} {span:>16} {paths:9} {seconds:6.1f}"


def main(first, count, *kinds):
    """Write the table of some kinds of noise, or of all."""
    names = " ".join(f"{word:>12}" for word in ("certified", "inconclusive", "refuted"))
    head = f"{'scheme':26} {'noise':12} {'claim':>5} {names} {'inside':>8} {'orders':>16} {'paths':>9} {'s':>6}"
    sys.stdout.write(f"{head}\n")
    for method, noise in [(one, kind) for kind in kinds or BY_NOISE for one in BY_NOISE[kind]]:
        sys.stdout.write(row(method, noise, range(first, first + count)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in (sys.argv[1:] or ["0", "20"])))
