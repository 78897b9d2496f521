"""What is saved of an ensemble comes back."""

import numpy as np
import pytest

import pdeopt
from pdeopt import sde

SYSTEM = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), 4.0)


@pytest.fixture(scope="module")
def run():
    return pdeopt.simulate(SYSTEM, 1.0, step=0.01, n_steps=20, n_paths=50, save_every=5)


def test_a_saved_ensemble_comes_back(run, tmp_path):
    back = sde.load(run.save(tmp_path / "run"))
    assert np.array_equal(back.paths, run.paths)
    assert np.array_equal(back.final, run.final)
    assert np.array_equal(back.statistics.mean, run.statistics.mean)
    assert back.facts["method"] == "euler-maruyama"
    assert "50 paths" in repr(back)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_another_file_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(ValueError, match="is not a saved ensemble"):
        sde.load(tmp_path / "other.npz")


def test_an_ensemble_becomes_a_dataset(run):
    xarray = pytest.importorskip("xarray", reason="the extra xarray is not installed")
    data = run.to_xarray()
    assert isinstance(data, xarray.Dataset)
    assert np.array_equal(data["paths"].sel(time=run.times[2]).values, run.paths[2])
    assert data.attrs["seed"] == 0
