"""The first interrupt is noted, the second one acts as ever, and all is as before when the run has ended."""

import signal
from threading import Thread

import pytest

from pdeopt._interrupts import interrupts_noted


@pytest.fixture(autouse=True)
def _interruptible():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_interrupt_is_noted_and_the_second_one_acts_as_ever():
    noted = []
    with interrupts_noted(lambda: noted.append("first")):
        signal.raise_signal(signal.SIGINT)
        assert noted == ["first"]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert noted == ["first"]


def test_interrupts_act_as_ever_after_the_run_also_where_it_failed():
    with pytest.raises(ZeroDivisionError), interrupts_noted(pytest.fail):
        1 / 0  # noqa: B018
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_run_inside_a_run_takes_the_first_interrupt_and_the_outer_one_the_second():
    noted = []
    with interrupts_noted(lambda: noted.append("outer")), interrupts_noted(lambda: noted.append("inner")):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert noted == ["inner", "outer"]


def test_in_another_thread_nothing_is_changed():
    handlers = []

    def run():
        with interrupts_noted(pytest.fail):
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]
