"""Where a training is after so many examples, counted as its trainer counts steps."""

from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.training.snapshots import Passes

SIZES = st.integers(1, 300)


def test_the_last_step_of_a_pass_takes_what_is_left_of_it() -> None:
    passes = Passes(rows=54, sequences=54, global_batch=16)
    assert [passes.seen(step) for step in range(9)] == [0, 16, 32, 48, 54, 70, 86, 102, 108]
    assert [passes.step_after(n) for n in (1, 16, 17, 54, 55, 108)] == [1, 1, 2, 4, 5, 8]


@given(rows=SIZES, packed=SIZES, batch=SIZES, examples=st.integers(1, 2000))
def test_a_snapshot_is_taken_as_soon_as_its_examples_are_seen(
    rows: int, packed: int, batch: int, examples: int
) -> None:
    passes = Passes(rows, min(rows, packed), batch)
    step = passes.step_after(examples)
    assert passes.seen(step - 1) < examples <= passes.seen(step)
