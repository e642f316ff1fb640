"""Being told to stop: a signal is noted while there is something to save, and ends it otherwise."""

import signal

import pytest

from gleanery.flows.interruption import stop_when_told


@pytest.mark.parametrize("told_by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_noted_and_interrupts_nothing_until_all_is_saved(
    told_by: signal.Signals,
) -> None:
    before = signal.getsignal(told_by)
    with stop_when_told() as stop:
        assert not stop.is_set()
        signal.raise_signal(told_by)
        signal.raise_signal(told_by)  # who is impatient loses nothing
        assert stop.is_set()
    assert signal.getsignal(told_by) is before
