"""`pdeopt landscapes` and `pdeopt info`."""

import os
import platform
import sys
from argparse import Namespace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pdeopt
from pdeopt._cores import n_threads
from pdeopt.landscapes import CATALOGUE

PACKAGES = ("numpy", "scipy", "numba", "matplotlib", "tqdm")


def landscapes_command(_: Namespace) -> None:
    """Print the landscapes that have a name."""
    sys.stdout.write(describe_catalogue() + "\n")


def info_command(_: Namespace) -> None:
    """Print versions, threads and the cache folder."""
    sys.stdout.write(describe_program() + "\n")


def describe_catalogue() -> str:
    """Return one line for each landscape that has a name."""
    rows = [f"{'name':<26} {'dim':>3} {'minima':>6}  {'domain':<16} description"]
    rows += [_entry(name) for name in CATALOGUE]
    return "\n".join([*rows, "", "`pdeopt relax NAME --suggest` says which times and temperatures are worth trying."])


def _entry(name: str) -> str:
    make = CATALOGUE[name]
    f = make()
    text = (make.__doc__ or "").partition("\n")[0]
    ends = [] if f.domain is None else sorted({f"{low:.4g}..{high:.4g}" for low, high in zip(*f.domain, strict=True)})
    return f"{name:<26} {f.dim:>3} {len(f.minima):>6}  {', '.join(ends):<16} {text}"


def describe_program() -> str:
    """Return versions, threads and the cache folder."""
    rows = {"pdeopt": version_of("pdeopt"), "python": platform.python_version()}
    rows |= {name: version_of(name) for name in PACKAGES}
    rows |= {"threads": f"{n_threads(None)} (of {os.cpu_count()} cores); --threads N uses fewer"}
    rows |= {
        "compiled kernels": os.environ.get("NUMBA_CACHE_DIR")
        or str(Path(pdeopt.__file__).parent / "kernels" / "__pycache__")
    }
    return "\n".join(f"{name:<18}{text}" for name, text in rows.items())


def version_of(package: str) -> str:
    """Return the version that is installed, or say that it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
