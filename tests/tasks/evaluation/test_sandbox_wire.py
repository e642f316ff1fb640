"""Values that cross between tests and program."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.evaluation.sandbox_wire import TooDeep, decode, encode, pack, unpack

ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(),
    st.complex_numbers(allow_nan=False), st.fractions(), st.decimals(allow_nan=False),
    st.datetimes(), st.dates(), st.times(), st.timedeltas(),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(ATOMS, st.frozensets(ATOMS, max_size=3), st.sets(ATOMS, max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(ATOMS, inner, max_size=3),
    ),
)


def no_handle(value: Any) -> int:
    raise AssertionError(f"{value!r} is plain data")


def kinds(value: Any) -> Any:
    """Return a value's type with those of what it holds: 1, 1.0 and True are equal."""
    if isinstance(value, list | tuple):
        return [type(value), *map(kinds, value)]
    if isinstance(value, dict):
        return [dict, *((kinds(key), kinds(item)) for key, item in value.items())]
    if isinstance(value, set | frozenset):
        return [type(value), *sorted(str(kinds(item)) for item in value)]
    return type(value)


@settings(deadline=None)
@given(VALUES)
def test_plain_data_arrives_as_it_was(value: Any) -> None:
    (sent,) = unpack(bytearray(pack(encode(value, no_handle))))
    arrived = decode(sent, no_handle)
    assert arrived == value
    assert kinds(arrived) == kinds(value)


@pytest.mark.parametrize("value", [object(), lambda: 1, iter([]), int.real, Exception()])
def test_other_objects_stay_where_they_are(value: object) -> None:
    assert encode([value], lambda _: 7) == ["list", [["handle", 7]]]
    assert decode(["list", [["handle", 7]]], {7: "it"}.__getitem__) == ["it"]


@pytest.mark.parametrize(
    "data",
    [
        {"a": 1},
        ["exec", "1"],
        ["own", "exec"],
        ["own", "__import__"],
        ["list"],
        [],
        ["int", "zz"],
        ["range", [1, 2, 0]],
        ["set", [["list", []]]],
        ["dict", [[["list", []], 1]]],
        ["dict", [1]],
        ["bytes", "€"],
        ["handle", "x"],
        ["decimal", "x"],
        ["fraction", "1/0"],
    ],
)
def test_what_no_value_looks_like_is_refused(data: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, ArithmeticError)):
        decode(data, no_handle)


def test_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(TooDeep):
        encode(value, no_handle)


def test_message_waits_for_its_end_and_has_a_largest_length() -> None:
    data = bytearray(pack([1, "é"]) + pack(2))
    assert unpack(data[:3]) == unpack(data[:7]) == []
    assert [unpack(data), unpack(data), unpack(data)] == [[[1, "é"]], [2], []]
    with pytest.raises(ValueError, match="at most"):
        unpack(bytearray(b"\xff\xff\xff\xff"))
    with pytest.raises(ValueError, match="at most"):
        pack("x" * 2**24)
    with pytest.raises(json.JSONDecodeError):
        unpack(bytearray(b"\x01\x00\x00\x00["))
