"""Modules that need an extra are looked at only where it is installed."""

from importlib.util import find_spec

EXTRAS = {"sklearn": "pdeopt/networks/estimator*.py", "torch": "pdeopt/networks/torch_*.py"}

collect_ignore_glob = [pattern for package, pattern in EXTRAS.items() if find_spec(package) is None]
