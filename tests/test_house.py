"""What holds for the package as a whole."""

import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest

import pdeopt

ROOT = Path(__file__).parents[1]
PRIVATE_OR_SCRIPT = ("._", ".__main__")
EXTRAS = {"sklearn": ".estimator", "torch": ".torch_"}
LEFT_OUT = (*PRIVATE_OR_SCRIPT, *(part for package, part in EXTRAS.items() if find_spec(package) is None))
MODULES = ["pdeopt"] + [
    found.name
    for found in walk_packages(pdeopt.__path__, prefix="pdeopt.")
    if not any(part in found.name for part in LEFT_OUT)
]
PUBLIC = [name for name in MODULES if hasattr(import_module(name), "__all__")]
PACKAGES = [name for name in MODULES if hasattr(import_module(name), "__path__")]
EQUATIONS = ("hamilton_jacobi", "entropy", "sde", "kolmogorov", "control", "homogenization", "geometry")
METHODS = ("optimizers", "networks")
STEMS = [stem for stem in EQUATIONS + METHODS if f"pdeopt.{stem}" in MODULES]


def test_importing_pdeopt_does_not_import_matplotlib():
    check = "import sys, pdeopt; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_every_subpackage_is_there_after_importing_pdeopt():
    names = {path.parent.name for path in (ROOT / "pdeopt").glob("*/__init__.py")} - {"cli"}
    check = f"import pdeopt; [getattr(pdeopt, name) for name in {sorted(names)}]"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_stated_once_and_exists(module):
    names = import_module(module).__all__
    assert sorted(names) == sorted(set(names))
    assert [name for name in names if not hasattr(import_module(module), name)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_of_a_package_hides_a_module_of_the_same_name(package):
    submodules = [name for name in MODULES if name.rpartition(".")[0] == package]
    hidden = [name for name in submodules if not isinstance(seen_from(package, name), ModuleType)]
    assert hidden == []


@pytest.mark.parametrize("stem", STEMS)
def test_an_equation_has_one_stem_everywhere(stem):
    places = (f"tests/*{stem}*", f"docs/theory/{stem}.md", f"examples/{stem}")
    assert [place for place in places if not list(ROOT.glob(place))] == []


def test_no_module_has_more_than_300_lines():
    lengths = {path.name: path.read_text().count("\n") for path in (ROOT / "pdeopt").rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_the_version_is_stated_the_same_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert pdeopt.__version__ == version
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text()


def seen_from(package: str, module: str) -> object:
    """Return what a package holds under the last part of a module's name."""
    return getattr(import_module(package), module.rpartition(".")[2])
