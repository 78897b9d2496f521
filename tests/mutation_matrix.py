"""Which tier of evidence refutes which mutant: `python tests/mutation_matrix.py [--markdown] [WORD ...]`.

Words choose mutants whose scheme or name contains one of them. `--markdown` writes the table of docs/mutations.md; the
seconds of every row go to the standard error.
"""

import argparse
import sys
from time import perf_counter

from mutants import MUTANTS, in_place
from tiers import TIERS

SIGNS = {"certified": "c", "refuted": "**R**", "inconclusive": "?", None: ""}
PLAIN = SIGNS | {"refuted": "R"}


def findings(scheme, noise, mutant=None):
    """Return what every tier finds, of a mutant or of the scheme as it is."""
    found, begun = [], perf_counter()
    with in_place(mutant):
        for title, tier in TIERS.items():
            found.append(tier(scheme, noise))
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
    for number, title in enumerate(TIERS, 1):
        sys.stdout.write(f"{number}. {title}\n")
    sys.stdout.write("\n")
    write_head("scheme", "as it is")
    for scheme, noise in sorted({(m.scheme, m.noise) for m in chosen}, key=str):
        write(f"`{scheme}`", noise or "", *(signs[found] for found in findings(scheme, noise)))
    sys.stdout.write("\n")
    write_head("scheme", "mutant")
    n_refuted = 0
    for mutant in chosen:
        found = findings(mutant.scheme, mutant.noise, mutant)
        write(f"`{mutant.scheme}`", mutant.name, *(signs[each] for each in found))
        n_refuted += "refuted" in found
    sys.stdout.write(f"\n{n_refuted} of {len(chosen)} mutants are refuted by at least one tier.\n")


if __name__ == "__main__":
    main()
