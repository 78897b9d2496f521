"""Which tier of evidence refutes which mutant: `python tests/mutation_matrix.py [--markdown] [WORD ...]`.

Words choose mutants whose scheme or name contains one of them.
"""

import argparse
import sys
from time import perf_counter

from mutants import MUTANTS, in_place
from tiers import TIERS

SIGNS = {"certified": "c", "refuted": "**R**", "inconclusive": "?", None: ""}


def findings(scheme, noise, mutant=None):
    """Return what every tier finds, of a mutant or of the scheme as it is."""
    with in_place(mutant):
        return [tier(scheme, noise) for tier in TIERS.values()]


def write(*cells):
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    words = parser.parse_args().words
    chosen = [m for m in MUTANTS if not words or any(w in m.name or w in m.scheme for w in words)]
    schemes = sorted({(m.scheme, m.noise or "") for m in chosen})
    for scheme, noise in schemes:
        begun = perf_counter()
        write(scheme, noise, *(SIGNS[f] for f in findings(scheme, noise or None)), f"{perf_counter() - begun:.1f}")
    for m in chosen:
        begun = perf_counter()
        write(m.scheme, m.name, *(SIGNS[f] for f in findings(m.scheme, m.noise, m)), f"{perf_counter() - begun:.1f}")


if __name__ == "__main__":
    main()
