"""Print figures of the paper computed again: ``python -m pdeopt.networks.figures [--page FILE] FIGURE...``."""

import argparse
import sys
from collections.abc import Sequence

from pdeopt.networks.figures.catalogue import FIGURES
from pdeopt.networks.figures.page import write_block
from pdeopt.networks.figures.reproducing import reproduce


def main(given: Sequence[str] | None = None) -> int:
    """Compute figures, print their tables, and put them on a page if one is given."""
    parser = argparse.ArgumentParser(prog="python -m pdeopt.networks.figures", description=__doc__)
    parser.add_argument("figures", nargs="*", default=list(FIGURES), help="numbers of figures, by default all")
    parser.add_argument("--runs", type=int, help="runs of each method")
    parser.add_argument("--steps", type=int, help="steps of each run")
    parser.add_argument("--page", help="a page with a place for each figure")
    parser.add_argument("--mnist", help="folder of the IDX files of MNIST")
    arguments = parser.parse_args(given)
    try:
        for figure in arguments.figures:
            result = reproduce(figure, n_runs=arguments.runs, n_steps=arguments.steps, mnist=arguments.mnist)
            sys.stdout.write(f"{result}\n")
            if arguments.page:
                write_block(arguments.page, result)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
