"""The page on PyTorch is a program that runs."""

import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

PAGE = Path(__file__).parents[2] / "docs" / "pytorch.md"


def test_the_code_of_the_page_runs_as_one_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    names = {"__name__": "page"}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(compile(code, "pytorch.md", "exec"), names)
    assert names["loss"].item() < 0.6
    assert len(names["groups"]) == 2
    assert np.array_equal(names["parameters"][:40].reshape(20, 2), names["model"][0].weight.detach().numpy())
