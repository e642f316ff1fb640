"""Free texts: which are the list that was asked for."""

from pathlib import Path

import pytest
import yaml

from gleanery.tasks.taxonomy.listing import unusable_list

HERE = Path(__file__).parent
SUBJECTS = yaml.safe_load((HERE / "subject_lists.yaml").read_text())
SYLLABI = yaml.safe_load((HERE / "syllabus_texts.yaml").read_text())
UNUSABLE = SUBJECTS["unusable"]
GOOD = {name: form["text"] for name, form in {**SUBJECTS, **SYLLABI}.items() if name != "unusable"}


def reason(text: str, language: str = "English") -> str | None:
    loss = unusable_list("row", text, language)
    assert loss is None or (loss.row_id == "row" and loss.detail)
    return loss.reason if loss else None


@pytest.mark.parametrize("form", list(GOOD))
def test_list_in_any_form_is_usable(form: str) -> None:
    assert reason(GOOD[form]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (UNUSABLE["no_list"], "no_list"),
        ("", "no_list"),
        (UNUSABLE["refusal"], "refusal"),
        (UNUSABLE["wrong_language"], "wrong_language"),
        (UNUSABLE["cut_off"], "cut_off"),
        (UNUSABLE["left_out"], "cut_off"),
        (GOOD["sessions"] + "\n...\n", "cut_off"),
        (GOOD["weeks"] + "\nWould you like me to continue with weeks 5 to 12?", "cut_off"),
        (GOOD["weeks"] + "\n**Remaining weeks:** these follow the same structure.", "cut_off"),
        (GOOD["weeks"] + "\nWeek 5, and so on up to week 12.", "cut_off"),
    ],
)
def test_text_that_is_no_whole_list_is_unusable_for_a_reason(text: str, expected: str) -> None:
    assert reason(text) == expected


def test_list_in_the_language_that_was_asked_for_is_usable() -> None:
    chinese = UNUSABLE["wrong_language"]

    assert reason(chinese, "Chinese") is None
    assert reason(GOOD["numbered"], "Chinese") == "wrong_language"


@pytest.mark.parametrize(
    "extra",
    [
        "   It prepares for further courses that follow the same methods.",
        "   Other topics, etc.",
        "   Students compare the remaining sessions of a survey with those that follow.",
    ],
)
def test_words_within_an_entry_are_not_taken_for_what_is_left_out(extra: str) -> None:
    assert reason(f"{GOOD['numbered']}\n7. **Survey Methods** (advanced)\n{extra}") is None


def test_apology_before_a_long_list_is_no_refusal() -> None:
    text = (
        "As an AI language model, I can only suggest a list:\n" + GOOD["plain"] + GOOD["numbered"]
    )

    assert reason(text) is None
