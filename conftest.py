"""Modules that need an extra are looked at only where it is installed."""

from importlib.util import find_spec

EXTRAS = {"pdeopt/networks/estimator.py": "sklearn", "pdeopt/networks/torch_*.py": "torch"}

collect_ignore_glob = [path for path, package in EXTRAS.items() if find_spec(package) is None]
