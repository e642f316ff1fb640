"""What a report shows of a text, of a match, of a distribution, and of an example's way."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.dataset_records import ExampleScore
from gleanery.tasks.records import Call
from gleanery.tasks.release.report_histograms import histogram
from gleanery.tasks.release.report_lineage import synthesis_steps
from gleanery.tasks.release.report_matches import mark_match
from gleanery.tasks.release.report_samples import (
    LONGEST_TEXT,
    Excerpt,
    cut_excerpt,
    shown_scores,
    whole_text,
)

SPANS = st.lists(st.tuples(st.integers(-5, 700), st.integers(-5, 700), st.sampled_from("ab")))


def marked(excerpt: Excerpt) -> list[str]:
    return [piece.text for piece in excerpt.pieces if piece.mark not in ("", "gap")]


# Excerpts


@given(st.integers(0, 700), SPANS, st.integers(0, 60))
def test_excerpt_is_the_text_but_for_what_it_says_is_left_out(
    length: int, spans: list[tuple[int, int, str]], around: int
) -> None:
    text = "".join(random.Random(length).choices("abcdefgh ", k=length))
    excerpt = cut_excerpt(text, spans, around)
    runs = "".join("\0" if piece.mark == "gap" else piece.text for piece in excerpt.pieces)
    here = excerpt.before
    for run in runs.split("\0"):
        here = text.index(run, here) + len(run)
    if "\0" not in runs:
        assert excerpt.before + len(runs) + excerpt.after == length
        assert text[excerpt.before : length - excerpt.after] == runs
    covered = {at for start, end, _ in spans for at in range(max(0, start), min(end, length))}
    assert sum(map(len, marked(excerpt))) == len(covered)


def test_window_is_cut_around_the_spans_and_long_stretches_between_are_left_out() -> None:
    text = "a" * 1000 + "Q" * 10 + "b" * 5000 + "A" * 20 + "c" * 3000
    excerpt = cut_excerpt(text, [(6010, 6030, "answer"), (1000, 1010, "question")], 100)
    assert [(piece.text[:1], len(piece.text), piece.mark) for piece in excerpt.pieces] == [
        ("a", 100, ""),
        ("Q", 10, "question"),
        ("b", 100, ""),
        ("", 0, "gap"),
        ("b", 100, ""),
        ("A", 20, "answer"),
        ("c", 100, ""),
    ]
    assert (excerpt.before, excerpt.after) == (900, 2900)


def test_endless_span_is_cut_and_the_rest_counted() -> None:
    excerpt = cut_excerpt("x" * 100_000, [(10, 90_000, "question")])
    assert sum(len(piece.text) for piece in excerpt.pieces) <= LONGEST_TEXT
    assert excerpt.after == 100_000 - LONGEST_TEXT
    assert whole_text("y" * 7000).after == 7000 - LONGEST_TEXT


def test_text_without_spans_shows_its_beginning() -> None:
    excerpt = cut_excerpt("z" * 5000, [], 100)
    assert [len(piece.text) for piece in excerpt.pieces] == [200]
    assert excerpt.after == 4800


# Matches


@pytest.mark.parametrize(
    ("matched", "found"),
    [
        ("THE CAPITAL OF   FRANCE", ["the  Capital of France"]),
        ("the capital-of (France)!", ["the  Capital of France"]),
        ("something else entirely", []),
        ("", []),
        ("why", ["why"]),
    ],
)
def test_match_is_found_in_the_item_whatever_its_case_and_spaces(
    matched: str, found: list[str]
) -> None:
    assert marked(mark_match("What is the  Capital of France, and why?", matched)) == found


# Histograms


@given(st.lists(st.integers(0, 3000), min_size=1), st.integers(1, 40))
def test_every_value_is_in_a_bin_or_counted_above(values: list[int], bins: int) -> None:
    made = histogram("length", "words", values, kept=[True] * len(values), bins=bins)
    assert sum(made.counts) + made.above == len(values)
    assert len(made.edges) == len(made.counts) + 1
    assert made.kept == made.counts
    assert made.above <= 0.02 * len(values) + 1


def test_scores_are_binned_over_their_whole_range() -> None:
    made = histogram("correct", "judge", [0.5, 0.5, 1.0], kept=[False, True, True])
    assert (made.edges[0], made.edges[-1]) == (0, 1)
    assert (made.counts[-1], made.kept[-1]) == (1, 1)
    assert made.median == 0.5


def test_long_tail_does_not_squeeze_the_rest() -> None:
    made = histogram("answer", "words", [*range(1000), 1_000_000])
    assert made.edges[-1] < 1100
    assert made.above == 1


def test_value_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"correct \(judge\) has values that are no numbers"):
        histogram("correct", "judge", [1.0, float("nan")])
    with pytest.raises(ValueError, match="2 values but 1 marks"):
        histogram("correct", "judge", [1.0, 0.0], kept=[True])


# Lineage


def test_call_whose_answer_is_gone_says_so() -> None:
    call = Call(step="question", model="m", prompt="p", request_key="k")
    *_, plan, asked = synthesis_steps(
        nodes=[], labels=[], plan_id="plan-1", plan={}, calls=[call], answers={}
    )
    assert [fact.value for fact in plan.facts] == ["plan-1"]
    assert asked.passages[0].excerpt.pieces[0].text == "(no longer in the journal)"


def test_long_form_scores_are_shown_with_their_scorer() -> None:
    row = ExampleScore(id="a", scorer="judge", name="correct", value=0.5, detail="half")
    (shown,) = shown_scores([row])
    assert (shown.scorer, shown.name, shown.value, shown.detail) == (
        "judge", "correct", 0.5, "half"
    )  # fmt: skip
