"""Ids as numbers: sets and lookups that say what Python's own would."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.id_keys import IdLookup, IdSet, id_keys

IDS = st.lists(st.text(max_size=80), max_size=40)


@settings(deadline=None)
@given(IDS, st.integers(0, 5))
def test_key_follows_the_id_alone(ids: list[str], skipped: int) -> None:
    alone = [int(id_keys([row_id])[0]) for row_id in ids]
    chunked = pa.chunked_array([pa.array(ids[:3], pa.string()), pa.array(ids[3:], pa.string())])
    assert id_keys(ids).tolist() == alone
    assert id_keys(chunked).tolist() == alone
    assert id_keys(pa.array(ids, pa.string()).slice(skipped)).tolist() == alone[skipped:]
    assert len(set(alone)) == len(set(ids))


@settings(deadline=None)
@given(IDS, IDS, IDS)
def test_set_has_what_a_set_of_texts_has(
    ones: list[str], others: list[str], asked: list[str]
) -> None:
    found = IdSet.of(id_keys(ones), id_keys(others))
    assert len(found) == len({*ones, *others})
    assert found.has(id_keys(asked)).tolist() == [row_id in {*ones, *others} for row_id in asked]


@settings(deadline=None)
@given(IDS, IDS)
def test_lookup_finds_all_rows_of_an_id_in_their_order(ids: list[str], asked: list[str]) -> None:
    asked = [*asked, *ids[:5]]
    lookup = IdLookup.of(id_keys(ids))
    expected = [
        (n, m) for n, one in enumerate(asked) for m, other in enumerate(ids) if one == other
    ]
    places, rows = lookup.pairs(id_keys(asked))
    assert list(zip(places.tolist(), rows.tolist(), strict=True)) == expected
    first = [ids.index(one) if one in ids else -1 for one in asked]
    assert lookup.first(id_keys(asked)).tolist() == first


def test_ten_million_keys_take_eight_bytes_each() -> None:
    assert id_keys([f"{number:032x}" for number in range(1000)]).nbytes == 8000
    assert id_keys([]).dtype == np.uint64
