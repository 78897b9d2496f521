"""IDX files, MNIST from a folder of them, and scikit-learn's digits."""

import gzip
import os
import struct
import sys

import numpy as np
import pytest

from pdeopt.networks import digits, mnist, read_idx

IMAGES = np.arange(3 * 2 * 4, dtype=np.uint8).reshape(3, 2, 4) * 11
LABELS = np.array([7, 0, 9], dtype=np.uint8)
CODES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}


def idx(array, kind="u1"):
    head = struct.pack(">HBB", 0, CODES[kind], array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(kind).tobytes()


def write_mnist(folder, packed=False, **changed):
    files = {
        "train-images-idx3-ubyte": idx(IMAGES),
        "train-labels-idx1-ubyte": idx(LABELS),
        "t10k-images-idx3-ubyte": idx(IMAGES[:2]),
        "t10k-labels-idx1-ubyte": idx(LABELS[:2]),
    }
    for name, content in files.items():
        content = changed.get(name.replace("-", "_"), content)
        if content is not None:
            path = folder / (f"{name}.gz" if packed else name)
            path.write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("kind", CODES)
def test_every_kind_of_entry_comes_back_in_the_byte_order_of_the_machine(tmp_path, kind):
    array = np.array([[1, 2, 100], [-3 if kind != "u1" else 3, 0, 5]]).astype(kind)
    (tmp_path / "array").write_bytes(idx(array, kind))
    found = read_idx(tmp_path / "array")
    np.testing.assert_array_equal(found, array)
    assert found.dtype.isnative
    assert found.dtype.itemsize == array.dtype.itemsize


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"begins with nothing, the magic number of an IDX file is 00 00"),
        (b"\x89PNG\r\n\x1a\n", r"begins with 89 50 4e 47.*begins with 00 00 08 03"),
        (b"\x00\x00\x07\x01\x00\x00\x00\x00", r"begins with 00 00 07 01, .*\(08, 09, 0b, 0c, 0d, 0e\)"),
        (
            idx(IMAGES)[:-1],
            r"holds 39 bytes; an array of shape \(3, 2, 4\) of 1-byte entries takes 40.*cut short",
        ),
        (idx(IMAGES) + b"\x00", r"holds 41 bytes.*takes 40 bytes: the file is too long"),
        (idx(IMAGES)[:10], r"holds 10 bytes.*takes at least 16 bytes: the file is cut short"),
        (struct.pack(">HBBII", 0, 8, 2, 2**32 - 1, 2**32 - 1), r"takes 18446744065119617037 bytes.*cut short"),
        (gzip.compress(idx(IMAGES), mtime=0)[:-9], r"is no whole gzip file \(.*\). Get it again"),
        (gzip.compress(idx(IMAGES), mtime=0)[:12] + b"\xff" * 30, r"is no whole gzip file"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, content, message):
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_idx(tmp_path / "bad")


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_holds_pixels_from_zero_to_one_row_by_row(tmp_path, packed):
    data = mnist(write_mnist(tmp_path, packed))
    np.testing.assert_allclose(data.x_train, IMAGES.reshape(3, 8) / 255.0, rtol=1e-15)
    np.testing.assert_allclose(data.x_test, IMAGES[:2].reshape(2, 8) / 255.0, rtol=1e-15)
    assert data.y_train.tolist() == [7, 0, 9]
    assert data.y_test.tolist() == [7, 0]
    assert (data.n_classes, data.facts) == (10, {"height": 2, "width": 4})


def test_only_the_first_images_are_taken_if_so_wished(tmp_path):
    data = mnist(str(write_mnist(tmp_path)), n_train=2, n_test=1)
    assert (data.n_train, data.n_test) == (2, 1)
    np.testing.assert_array_equal(data.y_train, LABELS[:2])


def test_a_missing_file_is_named_with_its_folder_and_the_standard_names(tmp_path):
    write_mnist(tmp_path, t10k_labels_idx1_ubyte=None)
    with pytest.raises(FileNotFoundError) as caught:
        mnist(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"folder={str(tmp_path)!r} has no t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz.")
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"):
        assert name in message


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere' is no folder: no train-images-idx3-ubyte or"):
        mnist(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("changed", "options", "message"),
    [
        (
            {"train_labels_idx1_ubyte": idx(IMAGES)},
            {},
            r"labels-idx1-ubyte holds uint8 of shape \(3, 2, 4\).*mixed",
        ),
        ({"train_images_idx3_ubyte": idx(LABELS)}, {}, r"images-idx3-ubyte holds uint8 of shape \(3,\), not.*08 03"),
        ({"t10k_images_idx3_ubyte": idx(IMAGES, ">f4")}, {}, r"t10k-images-idx3-ubyte holds float32"),
        ({"train_images_idx3_ubyte": idx(IMAGES[:0])}, {}, r"holds uint8 of shape \(0, 2, 4\)"),
        ({"t10k_labels_idx1_ubyte": idx(LABELS)}, {}, r"holds 2 images, but .*t10k-labels-idx1-ubyte 3 labels"),
        ({"train_labels_idx1_ubyte": idx(LABELS + np.uint8(1))}, {}, r"y_train holds 10, labels of n_classes=10"),
        ({}, {"n_train": 4}, r"n_train=4 is more than the 3 images of .*train-images.*Use n_train=None for all"),
        ({}, {"n_test": 0}, r"n_test=0 must be a whole number of at least 1"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, changed, options, message):
    with pytest.raises(ValueError, match=message):
        mnist(write_mnist(tmp_path, **changed), **options)


def test_the_real_mnist_has_its_published_counts():
    folder = os.environ.get("PDEOPT_MNIST")
    if folder is None:
        pytest.skip("PDEOPT_MNIST names no folder with the files of MNIST")
    data = mnist(folder)
    assert np.bincount(data.y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # Mean and deviation of the pixels that everyone normalises by.
    assert round(float(data.x_train.mean()), 4) == 0.1307
    assert round(float(data.x_train.std()), 4) == 0.3081


def test_digits_are_those_of_scikit_learn_in_another_order():
    published = pytest.importorskip("sklearn.datasets").load_digits()
    data = digits(n_test=300, seed=3)
    assert (data.n_train, data.n_test, data.dim, data.n_classes) == (1497, 300, 64, 10)
    both = np.vstack([np.column_stack([data.x_train, data.y_train]), np.column_stack([data.x_test, data.y_test])])
    expected = np.column_stack([published.data / 16.0, published.target])
    np.testing.assert_array_equal(np.unique(both, axis=0), np.unique(expected, axis=0))
    assert len(both) == len(expected) == 1797
    assert (data.x_train.min(), data.x_train.max()) == (0.0, 1.0)


def test_digits_are_split_by_the_seed():
    pytest.importorskip("sklearn")
    np.testing.assert_array_equal(digits(seed=1).x_test, digits(seed=1).x_test)
    assert not np.array_equal(digits(seed=1).x_test, digits(seed=2).x_test)
    with pytest.raises(ValueError, match=r"n_test=1797 leaves none of the 1797 digits.*Use n_test=360"):
        digits(n_test=1797)


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"digits needs scikit-learn. Install it by pip install 'pdeopt\[sklearn\]'"):
        digits()
