"""Certify every scheme: ``python -m pdeopt.verification``."""

import sys

from pdeopt.verification.certifying import main

if __name__ == "__main__":
    sys.exit(main())
