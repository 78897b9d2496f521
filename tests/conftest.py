"""Settings of every test run."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The first call of a kernel compiles it, which no deadline allows for.
settings.register_profile("pdeopt", deadline=None, derandomize=True)
settings.load_profile("pdeopt")
