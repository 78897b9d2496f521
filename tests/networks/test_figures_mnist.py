"""Figures of MNIST from files of its format."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from pdeopt.networks import MLP, loss_along_segment, mnist, reproduce

REAL = os.environ.get("PDEOPT_MNIST", "")


def write(path, array):
    path.write_bytes(gzip.compress(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place, rng = tmp_path_factory.mktemp("mnist"), np.random.default_rng(0)
    for part, n in (("train", 240), ("t10k", 60)):
        labels = rng.integers(0, 10, n).astype(np.uint8)
        images = rng.integers(0, 60, (n, 6, 6)).astype(np.uint8)
        images[np.arange(n), labels // 5 * 3, labels % 5] = 255
        write(place / f"{part}-images-idx3-ubyte.gz", images)
        write(place / f"{part}-labels-idx1-ubyte.gz", labels)
    return place


def test_figure_5_trains_on_the_files_of_a_folder(folder):
    found = reproduce(5, mnist=folder, n_runs=2, n_steps=40, progress=False)
    assert found.ensembles["Adam"].net.sizes == (36, 250, 10)
    assert found.row("Adam").ours > 50.0
    assert [row.published for row in found.rows] == [None, None]


def test_figure_3_of_mnist_has_its_segments(folder):
    found = reproduce("3 mnist", mnist=str(folder), n_runs=1, n_steps=20, progress=False)
    net, data = MLP([36, 250, 10]), mnist(folder)
    ends = [found.ensembles[name].parameters[0] for name in ("Adam", "AdLaLa")]
    expected = loss_along_segment(net, data, *ends, n_points=21)
    assert np.array_equal(found.segments["Adam to AdLaLa"][0].test_loss, expected.test_loss)


def test_a_folder_without_the_files_is_told_what_they_are_called(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        reproduce(5, mnist=tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not Path(REAL, "train-images-idx3-ubyte.gz").is_file(), reason="set PDEOPT_MNIST to its folder")
def test_adam_learns_the_digits_in_one_epoch():
    found = reproduce(5, mnist=REAL, n_steps=600, progress=False)
    assert found.row("Adam").ours > 93.0
    assert found.row("AdLaLa").ours > 88.0
