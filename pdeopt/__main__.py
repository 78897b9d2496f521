"""Run the command line: ``python -m pdeopt``."""

import sys

from pdeopt.cli import main

sys.exit(main())
