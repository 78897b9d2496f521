"""Development sessions: `nox` runs lint, types, imports and test; `nox -s NAME` runs one."""

from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "imports", "test"]
nox.options.reuse_existing_virtualenvs = True


@nox.session
def lint(session: nox.Session) -> None:
    """Check the rules and the format of every file."""
    session.install("ruff>=0.8")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the annotations of the package."""
    session.install(".[dev]")
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check that imports go one way; the report names the module and line that break it."""
    session.install("-e", ".[dev]")
    session.run("lint-imports")


@nox.session(python=["3.11", "3.12", "3.13"])
def test(session: nox.Session) -> None:
    """Run every test that takes less than five seconds."""
    session.install(".[test]")
    session.run("pytest", "-n", "auto", "--dist", "loadfile", *session.posargs, env=fresh_numba_cache(session))


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that take longer."""
    session.install(".[test,symbolic]")
    session.run("pytest", "-m", "slow", *session.posargs, env=fresh_numba_cache(session))


@nox.session
def doorways(session: nox.Session) -> None:
    """Run the tests of what scikit-learn and PyTorch take."""
    session.install(".[test,sklearn,torch]")
    session.run("pytest", "-m", "slow or not slow", "tests/networks", "-k", "torch or estimator", *session.posargs)


@nox.session
def no_jit(session: nox.Session) -> None:
    """Measure which lines the kernel tests reach, with the kernels run as plain Python."""
    session.install("-e", ".[test,dev]")
    paths = session.posargs or ["tests/kernels"]
    session.run("coverage", "run", "-m", "pytest", *paths, env={"NUMBA_DISABLE_JIT": "1"})
    session.run("coverage", "report", "--include=pdeopt/kernels/*", "--show-missing")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the pages and run the gallery; any warning is an error."""
    session.install(".[docs]")
    session.run(*["sphinx-build", "-n", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html"])


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against peers and against the hardware; figures are ratios."""
    session.install(".[test,bench]")
    session.run("pytest", "benchmarks", "--benchmark-only", *session.posargs)


def fresh_numba_cache(session: nox.Session) -> dict[str, str]:
    """Return the environment of a cache of kernels that no earlier run has written to."""
    return {"NUMBA_CACHE_DIR": str(Path(session.create_tmp()) / "numba")}
