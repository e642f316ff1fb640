"""Checks of generated texts, on real-looking answers; see generated_texts.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.tasks.skills.generate_checks import text_problem
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generate_texts import Texts

CASES = yaml.safe_load(Path(__file__).with_name("generated_texts.yaml").read_text("utf-8"))
CONFIG = GenerationConfig()


def texts_of(values: dict[str, str]) -> Texts:
    base = CASES["good"].get(values.get("base", ""), {})
    instruction = values.get("instruction", base.get("instruction", ""))
    response = values.get("response", base.get("response", ""))
    return Texts(
        values.get("instruction_before", "") + instruction + values.get("instruction_after", ""),
        values.get("before", "") + response + values.get("after", ""),
    )


def bad_cases() -> Iterator[Any]:
    for kind, cases in CASES["bad"].items():
        for number, case in enumerate(cases):
            yield pytest.param(case, id=f"{kind}-{number}-{case['base']}")


@pytest.mark.parametrize("name", list(CASES["good"]))
def test_good_texts_pass_whatever_words_they_need(name: str) -> None:
    assert text_problem(texts_of(CASES["good"][name]), CONFIG) is None


@pytest.mark.parametrize("case", list(bad_cases()))
def test_bad_texts_are_rejected_for_what_is_wrong_with_them(case: dict[str, str]) -> None:
    problem = text_problem(texts_of(case), CONFIG)
    assert problem is not None
    assert problem[0] == case["reason"], problem
    assert problem[1]


def test_an_overlong_response_is_rejected_with_its_length() -> None:
    texts = texts_of(CASES["good"]["leaflet"])
    config = GenerationConfig(least_words=10, most_words=60)
    problem = text_problem(texts, config)
    assert problem is not None
    assert problem[0] == "too_long"
    assert problem[1].endswith("words, asked for 60 at most")
