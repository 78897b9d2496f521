"""Sphinx settings: pages in MyST, docstrings in numpydoc, the gallery from `examples/`."""

from importlib import import_module
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pkgutil import iter_modules
from types import FunctionType, ModuleType
from typing import Any

project = "pdeopt"
author = "The pdeopt developers"
copyright = "2026, the pdeopt developers"
version = release = installed_version("pdeopt")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_gallery.gen_gallery",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
html_theme = "furo"
html_title = "pdeopt"
html_static_path = ["_static"]
nitpicky = True

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3


def member(module: str, name: str) -> Any:
    """Return what a module calls by this name."""
    return getattr(import_module(module), name)


def public_names(module: str) -> list[str]:
    """List what a module offers: its `__all__`, or else its kernels; of steps of schemes also what makes them."""
    content = vars(import_module(module))
    plain = FunctionType if module.startswith("pdeopt.kernels.sde.") else ()
    kernels = [
        name
        for name, value in content.items()
        if name[0] != "_" and (hasattr(value, "py_func") or isinstance(value, plain))
    ]
    return content.get("__all__", sorted(kernels))


def defined_names(module: str) -> list[str]:
    """List the public names of a module that it does not import from another module of the package."""
    values = {name: member(module, name) for name in public_names(module)}
    return [
        name
        for name, value in values.items()
        if getattr(value, "__module__", module) == module and not isinstance(value, ModuleType)
    ]


EXTRAS = {"sklearn": "estimator", "torch": "torch_"}
LEFT_OUT = ("_", *(beginning for package, beginning in EXTRAS.items() if find_spec(package) is None))


def submodules(package: str) -> list[str]:
    """List the public modules directly inside a package that have something to document, and what they need."""
    found = iter_modules(getattr(import_module(package), "__path__", []))
    names = [module.name for module in found if not module.name.startswith(LEFT_OUT)]
    return [name for name in names if defined_names(f"{package}.{name}") or submodules(f"{package}.{name}")]


# The defaults of autosummary take a kernel, a Numba dispatcher, for data.
autosummary_context = {
    "defined_names": defined_names,
    "submodules": submodules,
    "is_class": lambda module, name: isinstance(member(module, name), type),
    "is_function": lambda module, name: callable(member(module, name)),
}
suppress_warnings = ["config.cache"]  # the functions just above cannot be pickled
autodoc_typehints = "none"
autodoc_member_order = "bysource"
# scikit-learn gives every estimator these; their text refers to pages of its own.
autodoc_default_options = {"exclude-members": "set_fit_request, set_partial_fit_request, set_score_request"}
add_module_names = False

numpydoc_show_class_members = False
numpydoc_validation_checks = {
    "GL03", "GL05", "GL06", "GL07", "GL08", "GL10", "SS04",
    "PR02", "PR03", "PR05", "PR10", "YD01",
}  # fmt: skip
# The arguments of a kernel are the letters of the equation in its docstring.
numpydoc_validation_exclude = {r"pdeopt\.kernels\."}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"readme_picture\.py$",
    "abort_on_example_error": True,
    "backreferences_dir": None,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}


def shorten_navigation(_app: Any, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Show the branch of the page at hand alone: the whole tree takes most of the time of writing a page."""
    whole = context.get("toctree")
    if whole is not None:
        context["toctree"] = lambda **options: whole(**options | {"collapse": True, "maxdepth": 4})


def setup(app: Any) -> None:
    """Come before the theme, which asks for the whole tree."""
    app.connect("html-page-context", shorten_navigation, priority=100)
