"""The number of threads where nobody says it."""

import os

from pdeopt._cores import n_threads


def test_a_stated_number_of_threads_is_taken():
    assert n_threads(3) == 3


def test_systems_that_do_not_say_which_cores_are_free_use_all(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert n_threads(None) == 5
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert n_threads(None) == 1
