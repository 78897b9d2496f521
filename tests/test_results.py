"""The record of a relaxation: printing, saving, loading."""

import numpy as np
import pytest

from pdeopt import Grid, landscapes, load, relax


def solved(time=0.3, beta=4.0):
    return relax(landscapes.double_well(dim=2), Grid((-1.5, -1.0), (1.5, 1.0), (21, 16), (False, True)), time, beta)


@pytest.mark.parametrize("time", [0.3, [0.1, 0.3]])
@pytest.mark.parametrize(
    "name",
    ["values", "initial", "grid", "time", "beta", "boundary", "method", "error_kind", "seconds", "name"],
)
def test_what_is_saved_is_loaded(tmp_path, name, time):
    r = solved(time)
    found = getattr(load(r.save(tmp_path / "relaxed.npz")), name)
    np.testing.assert_array_equal(found, getattr(r, name))


@pytest.mark.parametrize("name", ["gradient", "hessian", "prox", "error_bound"])
def test_fields_in_use_are_saved_and_loaded(tmp_path, name):
    r = solved()
    expected = getattr(r, name)
    np.testing.assert_array_equal(getattr(load(r.save(tmp_path / "r.npz")), name), expected)


@pytest.mark.parametrize("part", ["quadrature", "interpolation", "truncation", "rounding"])
def test_error_parts_in_use_are_saved_and_loaded(tmp_path, part):
    r = solved()
    expected = r.error_parts[part]
    np.testing.assert_array_equal(load(r.save(tmp_path / "r.npz")).error_parts[part], expected)


def test_stretched_axes_are_loaded_to_the_last_bit(tmp_path):
    grid = Grid.from_axes(np.geomspace(1.0, 3.0, 17))
    path = relax(np.zeros(17), grid, 0.1, 1.0).save(tmp_path / "r.npz")
    assert load(path).grid == grid


def test_a_mixture_of_stretched_and_periodic_axes_is_loaded(tmp_path):
    axes = np.geomspace(1.0, 3.0, 7), np.linspace(0.0, 1.0, 8, endpoint=False)
    grid = Grid.from_axes(*axes, periodic=(False, True))
    path = relax(np.zeros((7, 8)), grid, 0.1, 1.0).save(tmp_path / "r.npz")
    assert load(path).grid == grid


def test_a_loaded_record_says_what_it_cannot_compute(tmp_path):
    path = solved().save(tmp_path / "r.npz")
    with pytest.raises(ValueError, match="gradient"):
        _ = load(path).gradient


def test_saving_without_a_suffix_makes_an_npz(tmp_path):
    assert solved().save(tmp_path / "relaxed").name == "relaxed.npz"


def test_saving_where_there_is_no_folder_leaves_nothing(tmp_path):
    with pytest.raises(FileNotFoundError):
        solved().save(tmp_path / "absent" / "r.npz")
    assert not list(tmp_path.iterdir())


def test_an_interrupted_save_leaves_no_file(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(KeyboardInterrupt):
        solved().save(tmp_path / "r.npz")
    assert not list(tmp_path.iterdir())


def test_a_file_without_a_record_is_refused_with_what_it_lacks(tmp_path):
    np.savez(tmp_path / "other.npz", values=np.zeros(3))
    with pytest.raises(ValueError, match=r"other\.npz.*lacks initial, time, beta"):
        load(tmp_path / "other.npz")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_archive_is_refused_by_name(tmp_path, content):
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.npz"):
        load(tmp_path / "broken.npz")


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.npz"):
        load(tmp_path / "absent.npz")


@pytest.mark.parametrize("word", ["double_well", "beta 4", "time 0.3", "cole-hopf", "periodic"])
def test_text_of_a_record_names_what_was_solved(word):
    assert word in str(solved())


def test_text_of_a_record_tells_the_error_once_it_is_known():
    r = solved()
    _ = r.error_bound
    assert "largest error" in str(r)


def test_a_point_that_is_not_finite_is_shown_with_one_that_works():
    r = relax(landscapes.himmelblau(), Grid((-4, -4), (2, 4), (9, 9)), time=0.1, beta=1.0)
    with pytest.raises(ValueError, match=r"points holds \[1\.0, nan\]; NaN or infinite .* Use e\.g\. \[-1\.0, 0\.0\]"):
        r.at([[0.0, 0.0], [1.0, np.nan]])
    assert np.isfinite(r.at([-1.0, 0.0])).all()
