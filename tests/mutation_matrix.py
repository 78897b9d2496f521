"""Which tier of evidence refutes which mutant: `python tests/mutation_matrix.py [--markdown] [WORD ...]`.

Words choose mutants whose scheme or name contains one of them. `--markdown` writes docs/mutations.md; what every tier
finds, and the seconds of every row, go to the standard error.
"""

import argparse
import sys
from time import perf_counter

from mutants import MUTANTS, in_place, running
from tiers import OF_STEPS, TIERS

from pdeopt.kernels._specialise import fingerprint

SIGNS = {"certified": "c", "refuted": "**R**", "inconclusive": "?", None: ""}
PLAIN = SIGNS | {"refuted": "R"}
PAGE = """# Mutants

A check of orders is worth what it finds. Here one place in the source of a scheme is changed, such as a weight, a sign
or a draw taken twice; the package runs with that change, and every tier of evidence that applies decides whether the
scheme still has the orders that it claims. `python tests/mutation_matrix.py --markdown` writes this page;
`tests/mutants/` holds the changes, word for word.

In the tables **R** is refuted, c certified, ? inconclusive; an empty cell is a tier that does not apply. The tiers:

"""
CIRCUMSTANCES = """
Tiers 1 to 5 are operators, matrices and densities, without sampling; 6 and 7 errors along a path, exact on linear
equations and on geometric Brownian motion; 8 pairs of sampled paths at the level 0.001, for schemes that 7 does not
take; 9 exact fractions, sufficient for the strong order; 10 the integral equation of mean exit times, by bridges and
with shifted walls; 11 simulated exits of Brownian motion with bridges, whose mean time is 1; 12 detailed
balance, from steps alone; 13 moments and correlations of the random numbers themselves, at the level 0.001.

Operators take every draw for what it stands for: a fault of the generator is seen by 13 alone. Averages over a law do
not see a correction of mean zero, such as Milstein's: tiers along a path do.

## Schemes as they are

"""


KNOWN = {}
"""What a tier found, by what it runs: a mutant of draws does not change what operators find."""


def findings(scheme, noise, mutant=None):
    """Return what every tier finds, of a mutant or of the scheme as it is."""
    found, begun = [], perf_counter()
    with in_place(mutant):
        for title, tier in TIERS.items():
            mark = title, scheme, noise, (fingerprint(*running(scheme, noise)) if title in OF_STEPS else mutant)
            if mark not in KNOWN:
                KNOWN[mark] = tier(scheme, noise)
            found.append(KNOWN[mark])
            sys.stderr.write(f"{scheme}, {mutant.name if mutant else ''}, {title}: {found[-1]}\n")
    sys.stderr.write(f"{perf_counter() - begun:.1f} s\n")
    return found


def write(*cells):
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def write_head(*columns):
    numbers = [str(k + 1) for k in range(len(TIERS))]
    write(*columns, *numbers)
    write(*["---"] * (len(columns) + len(numbers)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    signs = SIGNS if given.markdown else PLAIN
    chosen = [m for m in MUTANTS if not given.words or any(w in m.name or w in m.scheme for w in given.words)]
    sys.stdout.write(PAGE if given.markdown else "")
    for number, title in enumerate(TIERS, 1):
        sys.stdout.write(f"{number}. {title}\n")
    sys.stdout.write(CIRCUMSTANCES if given.markdown else "\n")
    write_head("scheme", "as it is")
    for scheme, noise in sorted({(m.scheme, m.noise) for m in chosen}, key=str):
        write(f"`{scheme}`", noise or "", *(signs[found] for found in findings(scheme, noise)))
    sys.stdout.write("\n## Mutants of them\n\n" if given.markdown else "\n")
    write_head("scheme", "mutant")
    n_refuted = 0
    for mutant in chosen:
        found = findings(mutant.scheme, mutant.noise, mutant)
        write(f"`{mutant.scheme}`", mutant.name, *(signs[each] for each in found))
        n_refuted += "refuted" in found
    sys.stdout.write(f"\n{n_refuted} of {len(chosen)} mutants are refuted by at least one tier.\n")


if __name__ == "__main__":
    main()
