"""Pages say what the code does: their programs run, their tables are those of the records."""

import re
from pathlib import Path

import numpy as np
import pytest

from pdeopt import sde
from pdeopt.sde.harmonic import stationary_covariance

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"(<!-- not run -->\n)?```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", ["simulate.md", "own_loops.md"])
def test_the_code_of_a_page_runs_as_one_program(page):
    blocks = [code for skipped, code in BLOCK.findall((DOCS / page).read_text()) if not skipped]
    names = {"__name__": "page"}
    for code in blocks:
        exec(compile(code, page, "exec"), names)
    assert len(blocks) > 5
