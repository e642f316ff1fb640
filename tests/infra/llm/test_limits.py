"""How a replica's limit follows its answers."""

from gleanery.infra.llm.limits import AIMDLimit


def run_round(limit: AIMDLimit) -> int:
    for _ in range(limit.value):
        limit.succeeded(in_flight=limit.value)
    return limit.value


def test_it_doubles_each_round_up_to_the_maximum():
    limit = AIMDLimit(4, 50)
    assert [run_round(limit) for _ in range(5)] == [8, 16, 32, 50, 50]


def test_overload_halves_it_and_then_it_grows_by_about_one_a_round():
    limit = AIMDLimit(64, 64)
    limit.overloaded(started=0, now=1)
    assert limit.value == 32
    values = [run_round(limit) for _ in range(10)]
    assert 38 <= values[-1] <= 42


def test_the_overload_of_one_round_counts_once():
    limit = AIMDLimit(64, 64)
    for _ in range(30):
        limit.overloaded(started=0, now=1)
    assert limit.value == 32
    limit.overloaded(started=2, now=3)
    assert limit.value == 16


def test_it_never_falls_below_one_and_an_idle_limit_does_not_grow():
    limit = AIMDLimit(2, 64)
    for moment in range(10):
        limit.overloaded(started=moment, now=moment)
    assert limit.value == 1
    limit = AIMDLimit(10, 64)
    for _ in range(1000):
        limit.succeeded(in_flight=2)
    assert limit.value == 10


def test_the_initial_value_respects_the_maximum():
    assert AIMDLimit(32, 8).value == 8
