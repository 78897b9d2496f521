"""Run the command line: ``python -m pdeopt``."""

import sys

from pdeopt.cli import main

if __name__ == "__main__":
    sys.exit(main())
