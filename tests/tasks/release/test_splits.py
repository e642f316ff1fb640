from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.id_keys import IdSet
from gleanery.tasks.release.recipe import Validation
from gleanery.tasks.release.selection_rows import SCHEMA, SelectionRow
from gleanery.tasks.release.splits import row_groups, split_rows
from gleanery.tasks.release.splits_groups import connected_groups
from gleanery.tasks.seeded import keys

HALF = Validation(share=0.5)


def row(
    name: str,
    document: str = "",
    origin: str = "",
    same_as: Sequence[str] = (),
    split: str = "train",
) -> SelectionRow:
    return SelectionRow(
        id=name,
        pipeline="web",
        method="harvest",
        strategy="improved",
        origin=origin,
        split_by=document,
        domain="",
        licence="",
        subject="",
        nodes=[],
        split=split,
        question_characters=1,
        answer_characters=1,
        same_as=list(same_as),
        duplicates=[],
        leaks=[],
        forgotten=False,
    )


def table(rows: Sequence[SelectionRow]) -> pa.Table:
    return pa.Table.from_pylist([one.model_dump() for one in rows], schema=SCHEMA)


def sides(
    rows: Sequence[SelectionRow], validation: Validation, trained: Sequence[str] = ()
) -> dict[str, bool]:
    found = split_rows(table(rows), validation, IdSet.of(keys(trained))).validation
    return dict(zip((one.id for one in rows), found.tolist(), strict=True))


def lone(count: int, first: int = 0) -> list[SelectionRow]:
    return [row(f"r{n}", f"d{n}") for n in range(first, first + count)]


def test_rows_are_together_by_document_origin_and_duplicates_through_each_other() -> None:
    rows = [
        row("a", "page 1"),
        row("b", "page 1", "pair 7"),
        row("c", "page 2", "pair 7"),
        row("d", "page 3", same_as=["c"]),
        row("e", "page 4", same_as=["not here"]),
        row("f", "page 5", same_as=["not here"]),
        row("g", "page 6"),
        row("h"),
        row("i"),
    ]
    groups = row_groups(table(rows)).tolist()
    assert groups == [0, 0, 0, 0, 4, 4, 6, 7, 8]


def test_share_is_hit_about_and_follows_the_seed() -> None:
    rows = lone(4000)
    found = sides(rows, Validation(share=0.1))
    assert 330 <= sum(found.values()) <= 470
    assert found == sides(list(reversed(rows)), Validation(share=0.1))
    assert found != sides(rows, Validation(share=0.1, seed=1))


def test_smaller_share_only_takes_rows_from_validation() -> None:
    rows = lone(1000)
    large, small = sides(rows, HALF), sides(rows, Validation(share=0.1))
    assert all(large[name] for name, validates in small.items() if validates)


def test_no_share_means_no_validation_but_held_out_plans() -> None:
    rows = [*lone(100), row("x", "plan", split="held_out")]
    found = sides(rows, Validation(share=0))
    assert [name for name, validates in found.items() if validates] == ["x"]


def test_held_out_plan_takes_everything_that_is_like_it_to_validation() -> None:
    rows = [
        row("a", "plan 1", split="held_out"),
        row("b", "plan 2", same_as=["a"]),
        *(row(f"c{n}", "plan 2") for n in range(9)),
    ]
    found = sides(rows, Validation(share=0.1, largest_group=2))
    assert all(found.values())


def test_large_group_goes_to_training() -> None:
    rows = [row(f"{document} {n}", f"d{document}") for document in range(40) for n in range(5)]
    assert any(sides(rows, HALF).values())
    assert not any(sides(rows, Validation(share=0.5, largest_group=4)).values())


def test_groups_of_both_sides_that_become_one_go_to_training() -> None:
    rows = lone(40)
    before = sides(rows, HALF)
    trains = next(name for name, validates in before.items() if not validates)
    validates = next(name for name, validates in before.items() if validates)
    bridge = row("bridge", same_as=[trains, validates])
    after = sides([*rows, bridge], HALF)
    assert not after[trains]
    assert not after[validates]
    assert all(after[name] == side for name, side in before.items() if name != validates)


ROWS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["", "p1", "p2", "p3", "p4"]),
        st.lists(st.integers(0, 30), max_size=2),
    ),
    max_size=30,
).map(
    lambda drawn: [
        row(f"r{n}", f"d{document}" if document else "", origin, [f"r{m}" for m in same])
        for n, (document, origin, same) in enumerate(drawn)
    ]
)


@given(ROWS, st.randoms(), st.integers(0, 3))
def test_no_group_is_on_both_sides_in_whatever_order_rows_come(
    rows: list[SelectionRow], random: object, seed: int
) -> None:
    drawn = Validation(share=0.5, seed=seed)
    found = sides(rows, drawn)
    for one in rows:
        for other in rows:
            shares = (
                (one.split_by and one.split_by == other.split_by)
                or (one.origin and one.origin == other.origin)
                or other.id in one.same_as
                or {*one.same_as} & {*other.same_as}
            )
            assert not shares or found[one.id] == found[other.id]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sides(shuffled, drawn) == found


@given(ROWS, st.integers(0, 30))
def test_what_was_trained_on_never_comes_to_validation(
    rows: list[SelectionRow], first: int
) -> None:
    validation = Validation(share=0.5, largest_group=4)
    earlier, later = sides(rows[:first], validation), sides(rows, validation)
    assert [name for name, side in earlier.items() if later[name] and not side] == []


@given(st.integers(1, 60), st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=80))
def test_groups_are_those_of_a_search_along_the_pairs(
    count: int, drawn: list[tuple[int, int]]
) -> None:
    pairs = [(one % count, other % count) for one, other in drawn]
    expected = list(range(count))
    for _ in range(count):
        for one, other in pairs:
            expected[one] = expected[other] = min(expected[one], expected[other])
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    assert connected_groups(count, ends[:, 0], ends[:, 1]).tolist() == expected


def test_long_chain_is_one_group() -> None:
    links = np.random.default_rng(0).permutation(99_999)
    assert not connected_groups(100_000, links, links + 1).any()


@given(share=st.floats(0, 0.5), seed=st.integers(0, 9), larger=st.floats(0, 0.5))
@settings(deadline=None, max_examples=30)
def test_what_was_trained_on_stays_in_training_at_any_share_and_seed(
    share: float, seed: int, larger: float
) -> None:
    rows = [*lone(60), *(row(f"s{n}", f"d{n}", same_as=[f"r{n + 1}"]) for n in range(20))]
    before = sides(rows, Validation(share=share))
    trained = [name for name, validates in before.items() if not validates]
    after = sides(rows, Validation(share=larger, seed=seed, largest_group=9), trained)
    assert not any(after[name] for name in trained)


def test_group_of_a_row_that_was_trained_on_stays_whole_and_is_counted() -> None:
    rows = [row("a", "d1"), row("b", "d1"), row("c", "d2"), row("held", "d3", split="held_out")]
    everything = Validation(share=0.5, seed=next(all_validate(rows)))
    found = split_rows(table(rows), everything, IdSet.of(keys(["a", "held"])))
    assert found.validation.tolist() == [False, False, True, True]
    assert found.kept_in_training.tolist() == [True, False, False, False]


def all_validate(rows: Sequence[SelectionRow]) -> Iterator[int]:
    """Yield the seeds with which all of these rows draw validation."""
    return (n for n in range(999) if all(sides(rows, Validation(share=0.5, seed=n)).values()))


def test_no_rows_have_no_sides() -> None:
    assert split_rows(SCHEMA.empty_table(), HALF).validation.tolist() == []
