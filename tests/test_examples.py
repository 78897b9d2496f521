"""Every gallery script runs, and so does the assert it ends with."""

import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.glob("*/*.py"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_gallery_script_proves_its_claim(script):
    runpy.run_path(str(EXAMPLES / script), run_name="__main__")
    plt.close("all")


@pytest.mark.parametrize("script", SCRIPTS)
def test_gallery_script_has_40_to_80_lines_and_ends_with_an_assert(script):
    lines = (EXAMPLES / script).read_text().splitlines()
    assert 40 <= len(lines) <= 80
    assert any(line.startswith("assert ") for line in lines[-5:])
