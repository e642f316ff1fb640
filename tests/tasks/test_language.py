"""The language of a text: wrong is said only of what is surely another."""

import gzip
import json
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gleanery.infra.config import Config
from gleanery.tasks.language import Language, language_name, wrong_language
from gleanery.tasks.language_profiles import PROFILES

PASSAGES = yaml.safe_load((Path(__file__).parent / "language_passages.yaml").read_text())
DEMANDED = {
    *("English", "German", "French", "Spanish", "Italian", "Portuguese", "Dutch", "Polish"),
    *("Russian", "Chinese", "Japanese", "Korean", "Arabic", "Turkish", "Hindi"),
}
ENGLISH = PASSAGES["English"]


def test_every_demanded_language_is_known_by_name_and_code() -> None:
    assert set(PROFILES) >= DEMANDED
    assert len({profile.code for profile in PROFILES.values()}) == len(PROFILES)
    for name, profile in PROFILES.items():
        assert language_name(name.upper()) == language_name(profile.code) == name


@pytest.mark.parametrize("language", list(PASSAGES))
def test_passage_is_in_its_own_language_and_in_no_other(language: str) -> None:
    assert wrong_language(PASSAGES[language], language) is None
    mistaken = [
        other
        for other in PASSAGES
        if other != language and wrong_language(PASSAGES[language], other) is None
    ]
    assert mistaken == []


@pytest.mark.parametrize("language", [name for name in PASSAGES if name != "English"])
def test_what_speaks_against_a_text_is_said(language: str) -> None:
    found = wrong_language(PASSAGES[language], "English")

    assert found is not None
    assert found.endswith(", not English")
    assert any(script in found for script in PROFILES[language].scripts) or language in found


def test_unknown_language_is_an_error_of_the_configuration_that_names_the_known_ones() -> None:
    class Settings(Config):
        language: Language = "English"

    assert Settings(language="de").language == "German"
    with pytest.raises(ValidationError, match=r"'Klingon' is not known.*German \(de\)"):
        Settings(language="Klingon")
    with pytest.raises(ValueError, match="'xx' is not known"):
        wrong_language("text", "xx")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ja.",
        "42",
        "你好",
        "Die Hard, La Strada, Der Spiegel",
        "El Niño and La Niña",
        "Poincaré, Schrödinger, Gödel, Erdős, Łukasiewicz, Noether, Čech, Ångström",
        "a i o u e y z w v s a i o u e y z w v s a i o u e y z w v s",
        "1. Algebra\n2. Topology\n3. Logic\n4. Geometry\n5. Combinatorics\n6. Statistics",
    ],
)
def test_short_texts_names_and_bare_terms_are_not_wrong(text: str) -> None:
    assert wrong_language(text, "English") is None


@pytest.mark.parametrize("language", ["German", "Chinese", "Russian", "Japanese"])
def test_code_formulas_and_addresses_do_not_count(language: str) -> None:
    code = (
        "for item in items:\n    if item is not None and item.name in names:\n        return item\n"
    )
    text = (
        f"{PASSAGES[language]}\n```python\n{code * 8}```\n"
        + "$$\\text{where the force is the product of the mass and the acceleration}$$ "
        + "https://docs.example.org/this/is/the/page/that/we/have/read " * 5
    )

    assert wrong_language(text, language) is None


def test_code_without_a_fence_is_not_taken_for_a_language() -> None:
    code = "while i < n and (a[i] != per or den[i] == y):\n    i = i + 1; y = la(i, les, de)\n" * 8

    assert wrong_language(code, "English") is None


def test_english_terms_in_a_text_of_another_script_are_well() -> None:
    text = (
        "使用 Python 的 pandas 和 scikit-learn 库进行 data cleaning 与 feature engineering，"
        "学习 logistic regression、random forest 以及 gradient boosting 等常用模型。"
    )
    assert wrong_language(text, "Chinese") is None


def test_examples_in_the_language_that_is_taught_are_well() -> None:
    text = f"{ENGLISH}\nParticles: は, が and を; greetings: こんにちは and おはよう.\n{ENGLISH}"

    assert wrong_language(text, "English") is None
    quoted = f"{ENGLISH}\nExample: «{PASSAGES['French'][:120]}»"
    assert wrong_language(quoted, "English") is None


def test_text_that_slides_into_another_script_is_wrong() -> None:
    assert wrong_language(f"{ENGLISH}\n{PASSAGES['Chinese'] * 2}", "English")


def test_bold_list_and_table_are_read_like_prose() -> None:
    names = ["线性代数", "概率论", "数理统计", "抽象代数", "拓扑学", "微分方程"]

    assert wrong_language("\n".join(f"- **{name}**" for name in names), "English")
    assert wrong_language("\n".join(f"| {n} | {n} | {n} | {n} |" for n in names), "English")


def test_letters_written_in_two_signs_are_read_as_one() -> None:
    apart = unicodedata.normalize("NFD", PASSAGES["Czech"])

    assert wrong_language(apart, "Czech") is None
    assert wrong_language(apart, "English") == wrong_language(PASSAGES["Czech"], "English")


def test_terms_with_foreign_letters_tell_where_small_words_are_few() -> None:
    text = (
        "Körper, endliche und unendliche Gruppen; auflösbare Gruppen; größte gemeinsame Teiler; "
        "Zerfällungskörper; für Anfänger: natürliche Zahlen, Vollständige Induktion, früh "
        "geübt; später die Einführung der komplexen Zahlen"
    )
    assert wrong_language(text, "English")


@given(st.text(max_size=400), st.sampled_from(sorted(PROFILES)))
def test_any_text_is_judged_and_always_the_same(text: str, language: str) -> None:
    assert wrong_language(text, language) == wrong_language(text, language)


@given(st.text(alphabet=st.characters(exclude_categories=["L"]), max_size=300))
def test_text_without_letters_is_never_wrong(text: str) -> None:
    assert all(wrong_language(text, language) is None for language in ("English", "Chinese"))


def english_texts(shared_data: Path) -> Iterator[str]:
    """Yield real English texts of 200 characters and more: textbook pages and benchmark texts."""
    with gzip.open(shared_data / "recall_seed" / "positives_docs.jsonl.gz", "rt") as lines:
        documents = [json.loads(line) for line in lines]
    yield from (document["text"] for document in documents[::3])
    for name in ("gsm8k_test", "math500", "mmlu_stem", "mt_bench", "arena_hard_v0.1"):
        for line in (shared_data / "benchmarks" / f"{name}.jsonl").read_text().splitlines():
            yield from (value for value in json.loads(line).values() if isinstance(value, str))


def test_real_english_texts_raise_no_false_alarm(shared_data: Path) -> None:
    texts = [text for text in english_texts(shared_data) if len(text) >= 200]
    alarms = [text[:200] for text in texts if wrong_language(text, "English")]

    assert len(texts) > 2_500
    assert len(alarms) <= 0.002 * len(texts), alarms
    seen_as_german = sum(wrong_language(text, "German") is not None for text in texts)
    assert seen_as_german > 0.9 * len(texts)


@pytest.mark.parametrize(
    "piece",
    [
        *(r"\(", r"\\(", r"\[", r"\\[", r"\(\[", r"\[2pt]", r"\[2", "\\"),
        *("$$ $ ", "$a", "`a", "```", "a@ ", "<a ", "ab'", "_a"),
    ],
)
def test_what_opens_and_never_closes_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    started = time.process_time()
    wrong_language(piece * (400_000 // len(piece)), "English")
    assert time.process_time() - started < 5  # 20 minutes, were it searched anew from each piece


def test_formulas_say_nothing_of_a_language_and_words_beside_an_open_one_do() -> None:
    row = r"\text{wenn} & \text{und nicht} \\[2pt] \text{sonst} & \text{oder aber} "
    for left, right in (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$")):
        assert wrong_language(left + row * 20 + right, "English") is None
        assert wrong_language(f"{left}x {PASSAGES['German']}", "English")
