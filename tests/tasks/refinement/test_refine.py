import json
from collections.abc import Callable
from typing import Any

import pytest

from gleanery.infra.llm.protocol import Completion, Failure, FailureReason
from gleanery.tasks.records import QAPair, RefinedPair
from gleanery.tasks.refinement.ask import RefinementConfig
from gleanery.tasks.refinement.prompts import FINGERPRINT
from gleanery.tasks.refinement.refine import Unrefined, refined_from

CONFIG = RefinementConfig()
QUESTION = (
    "A trolley of mass $3\\,\\mathrm{kg}$ moving at $4\\,\\mathrm{m/s}$ hits a trolley of mass "
    "$1\\,\\mathrm{kg}$ at rest and sticks to it. What is their common speed?"
)
ANSWER = (
    "Momentum is conserved, so $m_1 v_1 = (m_1 + m_2) v$. Therefore "
    "$$v = \\frac{3 \\cdot 4}{3 + 1} = 3.$$ The common speed is $3\\,\\mathrm{m/s}$."
)
OTHER_RESULT = "The total mass is 4 times as large, so the speed is $16/4 = 4\\,\\mathrm{m/s}$."
CORRECTED = {"outcome": "corrected", "reason": "Wrong."}
NO_TEXTS = {"outcome": "rejected", "question": "", "answer": ""}
GOOD = {
    "assessment": "Right, but no step is shown.",
    "outcome": "improved",
    "question": QUESTION,
    "answer": ANSWER,
    "reason": "",
}


def completion(text: str, finish_reason: str = "stop") -> Completion:
    return Completion("refine-key", text, finish_reason, 900, 120, "some-model-7b")


def refine(pair: QAPair, **changes: Any) -> RefinedPair | Unrefined:
    return refined_from(pair, completion(json.dumps({**GOOD, **changes})), "some-model", CONFIG)


def reason_of(result: RefinedPair | Unrefined) -> str:
    assert isinstance(result, Unrefined), result
    assert result.is_final
    assert result.loss.row_id == "pair-1"
    assert result.loss.detail
    return result.loss.reason


def test_rewrite_keeps_the_original_and_where_it_came_from(
    make_pair: Callable[..., QAPair],
) -> None:
    pair = make_pair()
    refined = refine(pair)

    assert isinstance(refined, RefinedPair)
    assert (refined.question, refined.answer) == (QUESTION, ANSWER)
    assert (refined.original_question, refined.original_answer) == (pair.question, pair.answer)
    assert refined.outcome == "improved"
    assert refined.correction == ""
    assert refined.pair_id == pair.id
    assert refined.refiner == "some-model"
    assert refined.model == "some-model-7b"
    assert refined.request_key == "refine-key"
    assert refined.prompt == FINGERPRINT
    assert refined.licence == pair.licence


def test_two_refiners_give_two_rows_and_one_refiner_the_same_id(
    make_pair: Callable[..., QAPair],
) -> None:
    pair, answer = make_pair(), completion(json.dumps(GOOD))
    rows = [refined_from(pair, answer, refiner, CONFIG) for refiner in ("a", "b", "a")]
    ids = [row.id for row in rows if isinstance(row, RefinedPair)]

    assert ids[0] == ids[2] != ids[1]


def test_latex_with_single_backslashes_is_read_as_meant(make_pair: Callable[..., QAPair]) -> None:
    text = json.dumps(GOOD).replace("\\\\", "\\")
    refined = refined_from(make_pair(), completion(text), "some-model", CONFIG)

    assert isinstance(refined, RefinedPair)
    assert refined.answer == ANSWER


def test_unchanged_without_texts_is_the_original(make_pair: Callable[..., QAPair]) -> None:
    pair = make_pair()
    refined = refine(pair, outcome="unchanged", question="", answer="")

    assert isinstance(refined, RefinedPair)
    assert (refined.question, refined.answer) == (pair.question, pair.answer)
    assert refined.outcome == "unchanged"


def test_claimed_unchanged_but_rewritten_counts_as_improved(
    make_pair: Callable[..., QAPair],
) -> None:
    refined = refine(make_pair(), outcome="unchanged")

    assert isinstance(refined, RefinedPair)
    assert refined.outcome == "improved"


def test_claimed_improved_but_only_laid_out_counts_as_unchanged(
    make_pair: Callable[..., QAPair],
) -> None:
    pair = make_pair("Find x if 2x + 7 = 15.", "x = 4")
    refined = refine(pair, question="Find $x$ if $2x + 7 = 15$.", answer="$x = 4$")

    assert isinstance(refined, RefinedPair)
    assert refined.outcome == "unchanged"
    assert refined.answer == "$x = 4$"


def test_correction_changes_the_result_and_says_why(make_pair: Callable[..., QAPair]) -> None:
    pair = make_pair("In how many ways can 5 people fill 3 chairs?", "5*4*3 = 50")
    refined = refine(
        pair,
        outcome="corrected",
        question="In how many ways can 5 people fill 3 chairs?",
        answer="There are $5 \\cdot 4 \\cdot 3 = 60$ ways.",
        reason="The product is 60, not 50.",
    )

    assert isinstance(refined, RefinedPair)
    assert refined.outcome == "corrected"
    assert refined.correction == "The product is 60, not 50."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({**NO_TEXTS, "reason": "No figure."}, "rejected_by_model"),
        ({**NO_TEXTS, "assessment": "No figure."}, "rejected_by_model"),
        ({"answer": ""}, "empty"),
        ({"answer": "..."}, "empty"),
        ({"question": "N/A"}, "empty"),
        ({"answer": "I'm sorry, but I cannot answer this question."}, "refusal"),
        ({"answer": "As an AI language model, I cannot check this. 3 m/s"}, "refusal"),
        ({"question": "I cannot provide the question."}, "refusal"),
        ({"answer": f"Here is the improved answer:\n\n{ANSWER}"}, "meta_preamble"),
        ({"answer": f"**Revised Answer:** {ANSWER}"}, "meta_preamble"),
        ({"question": f"Revised question: {QUESTION}"}, "meta_preamble"),
        ({"answer": f"{ANSWER}\n\n(Note: I corrected the units.)"}, "meta_comment"),
        ({"answer": f"According to the source page: {ANSWER}"}, "meta_comment"),
        ({"answer": f"{ANSWER} I hope this helps!"}, "small_talk"),
        ({"answer": QUESTION}, "echo"),
        ({"question": QUESTION.replace("3\\,", "5\\,")}, "changed_question"),
        ({"question": "What is the capital of France?"}, "changed_question"),
        ({"question": QUESTION.replace("m/s", "km/h")}, "changed_question"),
        ({"answer": OTHER_RESULT}, "changed_answer"),
        ({**CORRECTED, "answer": "$3\\,\\mathrm{m/s}$"}, "corrected_nothing"),
    ],
)
def test_answer_that_is_no_refined_pair_is_rejected_with_its_reason(
    make_pair: Callable[..., QAPair], changes: dict[str, str], reason: str
) -> None:
    assert reason_of(refine(make_pair(), **changes)) == reason


def test_formulas_that_all_vanish_are_a_loss(make_pair: Callable[..., QAPair]) -> None:
    pair = make_pair(answer="Since $p_1 = m_1 v_1$ and $p_2 = 0$, we get $v = 3$.")
    lost = refine(pair, answer="Since momentum is conserved, the common speed is 3.")

    assert reason_of(lost) == "lost_formula"


def test_words_of_the_source_itself_are_no_remark_of_the_model(
    make_pair: Callable[..., QAPair],
) -> None:
    pair = make_pair(
        "What did Newton's original answer to the 1696 brachistochrone challenge look like?",
        "The original answer was printed without a name in January 1697.",
    )
    refined = refine(
        pair,
        question=pair.question,
        answer="The original answer was printed anonymously in January 1697.",
    )

    assert isinstance(refined, RefinedPair)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I have improved the pair as you asked.",
        json.dumps(GOOD)[:-40],
        json.dumps([GOOD]),
        json.dumps({**GOOD, "outcome": "better"}),
        json.dumps({**GOOD, "answer": None}),
        json.dumps({"outcome": "improved", "question": QUESTION}),
        '{"outcome": "improved", "question": "he said "no"", "answer": "3"}',
    ],
)
def test_what_has_not_the_asked_for_shape_is_unparseable(
    make_pair: Callable[..., QAPair], text: str
) -> None:
    result = refined_from(make_pair(), completion(text), "some-model", CONFIG)

    assert reason_of(result) == "unparseable"


@pytest.mark.parametrize(
    ("finish_reason", "reason"),
    [("length", "truncated"), ("content_filter", "content_filter"), ("", "truncated")],
)
def test_text_that_did_not_end_by_itself_is_never_used(
    make_pair: Callable[..., QAPair], finish_reason: str, reason: str
) -> None:
    answer = completion(json.dumps(GOOD), finish_reason)

    assert reason_of(refined_from(make_pair(), answer, "some-model", CONFIG)) == reason


@pytest.mark.parametrize("reason", list(FailureReason))
def test_failure_stays_open_unless_the_request_was_refused(
    make_pair: Callable[..., QAPair], reason: FailureReason
) -> None:
    result = refined_from(make_pair(), Failure("key", reason, "detail"), "some-model", CONFIG)

    assert isinstance(result, Unrefined)
    assert result.loss.reason == reason.value
    assert result.is_final == (reason is FailureReason.REFUSED_REQUEST)


def test_number_from_nowhere_is_caught_when_the_source_is_known(
    make_pair: Callable[..., QAPair],
) -> None:
    pair = make_pair("How long does the ball fall?", "3 s")
    answer = completion(
        json.dumps(
            {
                **GOOD,
                "question": "A ball is dropped from $45\\,\\mathrm{m}$. How long does it fall?",
                "answer": "From $h = \\frac12 g t^2$ follows $t = 3\\,\\mathrm{s}$.",
            }
        )
    )
    page = "A ball is dropped from 45 m. How long does the ball fall? Answer: 3 s"

    assert isinstance(refined_from(pair, answer, "m", CONFIG, page), RefinedPair)
    assert reason_of(refined_from(pair, answer, "m", CONFIG, page.replace("45", "80"))) == (
        "changed_question"
    )
