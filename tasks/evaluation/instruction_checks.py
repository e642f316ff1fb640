"""The 25 instructions of IFEval that a program can check (Zhou et al., arXiv 2311.07911).

What counts is what the paper's released checkers count, also where a reader would not: an Arabic
or Chinese comma is none, a paragraph without text has a number, and the number in front of an item
of a list is a sentence. Deliberately different are four things. Theirs draw a threshold by chance
where an item has none, and a letter where it has another sign (`#`); here one lacking is an error
and the other counted. Theirs take keywords for regular expressions; these take them as they are.
Theirs tell languages by a detector that draws by chance, and takes English in capitals for German
at times; these by rules. Theirs split sentences by learned data, which these come close to.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gleanery.tasks.evaluation.answer_language import language_of
from gleanery.tasks.evaluation.answer_lengths import (
    count_sentences,
    count_shouted,
    count_words,
)

Arguments = Mapping[str, Any]


class Check(NamedTuple):
    """Whether an answer follows an instruction, and the arguments that this takes."""

    follows: Callable[[str, Arguments], bool]
    arguments: tuple[str, ...] = ()


RELATIONS = ("less than", "at least")
_CHOICES = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_POSTSCRIPTS = {"P.S.": r"p\.\s?s\.", "P.P.S": r"p\.\s?p\.\s?s"}
_FENCE = re.compile(r"^```(?:json)?|```$", re.IGNORECASE)


def _holds(count: int, relation: str, wanted: float) -> bool:
    return count < wanted if relation == "less than" else count >= wanted


def _has_keywords(answer: str, told: Arguments) -> bool:
    return all(str(keyword).lower() in answer.lower() for keyword in told["keywords"])


def _has_keyword_often(answer: str, told: Arguments) -> bool:
    count = answer.lower().count(str(told["keyword"]).strip().lower())
    return _holds(count, told["relation"], told["frequency"])


def _has_no_forbidden_word(answer: str, told: Arguments) -> bool:
    return not any(
        re.search(rf"(?<!\w){re.escape(str(word))}(?!\w)", answer, re.IGNORECASE)
        for word in told["forbidden_words"]
    )


def _has_letter_often(answer: str, told: Arguments) -> bool:
    count = answer.lower().count(str(told["letter"]).strip().lower())
    return _holds(count, told["let_relation"], told["let_frequency"])


def _is_in_language(answer: str, told: Arguments) -> bool:
    if not any(char.isalpha() for char in answer):
        return True  # it is in no other one
    return language_of(answer) == str(told["language"]).partition("-")[0]


def _may_be_english(answer: str) -> bool:
    return language_of(answer) in ("en", "")


def _has_paragraphs(answer: str, told: Arguments) -> bool:
    parts = re.split(r"\s?\*\*\*\s?", answer)
    if not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return len(parts) == told["num_paragraphs"] and all(part.strip() for part in parts)


def _begins_paragraph(answer: str, told: Arguments) -> bool:
    parts = answer.split("\n\n")  # two empty lines have a paragraph without text between them
    count = sum(bool(part.strip()) for part in parts)
    nth = int(told["nth_paragraph"])
    if count != told["num_paragraphs"] or not 1 <= nth <= count or not parts[nth - 1].strip():
        return False
    first = parts[nth - 1].split()[0].lstrip("'").lstrip('"')
    return re.split(r"[.,?!'\"]", first)[0].lower() == str(told["first_word"]).lower()


def _has_placeholders(answer: str, told: Arguments) -> bool:
    count = 0
    for line in answer.split("\n"):
        start = line.find("[")
        while start >= 0 and (end := line.find("]", start)) >= 0:
            count, start = count + 1, line.find("[", end)
    return count >= int(told["num_placeholders"])


def _has_postscript(answer: str, told: Arguments) -> bool:
    marker = str(told["postscript_marker"]).strip()
    return bool(re.search(_POSTSCRIPTS.get(marker, re.escape(marker.lower())), answer.lower()))


def _has_bullets(answer: str, told: Arguments) -> bool:
    bullets = re.findall(r"^[ \t]*(?:\*[^*]|-)", answer, re.MULTILINE)
    return len(bullets) == int(told["num_bullets"])


def _has_highlights(answer: str, told: Arguments) -> bool:
    found = re.findall(r"\*[^\n*]*\*", answer) + re.findall(r"\*\*[^\n*]*\*\*", answer)
    return sum(bool(each.strip("*").strip()) for each in found) >= int(told["num_highlights"])


def _has_sections(answer: str, told: Arguments) -> bool:
    marker = re.escape(str(told["section_spliter"]).strip())
    return len(re.findall(rf"{marker}\s?\d+", answer)) >= int(told["num_sections"])


def _is_json(answer: str, told: Arguments) -> bool:
    try:
        json.loads(_FENCE.sub("", answer.strip()).strip())
    except (ValueError, RecursionError):
        return False
    return True


def _has_title(answer: str, told: Arguments) -> bool:
    wrapped = (line.partition("<<")[2].rpartition(">>")[0] for line in answer.split("\n"))
    return any(title.strip("<>").strip() for title in wrapped)


def _has_two_responses(answer: str, told: Arguments) -> bool:
    parts = answer.split("******")
    given = [part.strip() for part in parts if part.strip()]
    return len(given) == 2 == len(set(given)) and all(part.strip() for part in parts[1:-1])


def _repeats_prompt(answer: str, told: Arguments) -> bool:
    return answer.strip().lower().startswith(str(told["prompt_to_repeat"]).strip().lower())


def _ends_so(answer: str, told: Arguments) -> bool:
    return answer.strip().strip('"').lower().endswith(str(told["end_phrase"]).strip().lower())


def _is_quoted(answer: str, told: Arguments) -> bool:
    text = answer.strip()
    return len(text) > 1 and text[0] == text[-1] == '"'


CHECKS = {
    "keywords:existence": Check(_has_keywords, ("keywords",)),
    "keywords:frequency": Check(_has_keyword_often, ("keyword", "relation", "frequency")),
    "keywords:forbidden_words": Check(_has_no_forbidden_word, ("forbidden_words",)),
    "keywords:letter_frequency": Check(
        _has_letter_often, ("letter", "let_relation", "let_frequency")
    ),
    "language:response_language": Check(_is_in_language, ("language",)),
    "length_constraints:number_sentences": Check(
        lambda answer, told: _holds(
            count_sentences(answer), told["relation"], told["num_sentences"]
        ),
        ("relation", "num_sentences"),
    ),
    "length_constraints:number_paragraphs": Check(_has_paragraphs, ("num_paragraphs",)),
    "length_constraints:number_words": Check(
        lambda answer, told: _holds(count_words(answer), told["relation"], told["num_words"]),
        ("relation", "num_words"),
    ),
    "length_constraints:nth_paragraph_first_word": Check(
        _begins_paragraph, ("num_paragraphs", "nth_paragraph", "first_word")
    ),
    "detectable_content:number_placeholders": Check(_has_placeholders, ("num_placeholders",)),
    "detectable_content:postscript": Check(_has_postscript, ("postscript_marker",)),
    "detectable_format:number_bullet_lists": Check(_has_bullets, ("num_bullets",)),
    "detectable_format:constrained_response": Check(
        lambda answer, told: any(choice in answer for choice in _CHOICES)
    ),
    "detectable_format:number_highlighted_sections": Check(_has_highlights, ("num_highlights",)),
    "detectable_format:multiple_sections": Check(
        _has_sections, ("section_spliter", "num_sections")
    ),
    "detectable_format:json_format": Check(_is_json),
    "detectable_format:title": Check(_has_title),
    "combination:two_responses": Check(_has_two_responses),
    "combination:repeat_prompt": Check(_repeats_prompt, ("prompt_to_repeat",)),
    "startend:end_checker": Check(_ends_so, ("end_phrase",)),
    "startend:quotation": Check(_is_quoted),
    "change_case:capital_word_frequency": Check(
        lambda answer, told: _holds(
            count_shouted(answer), told["capital_relation"], told["capital_frequency"]
        ),
        ("capital_relation", "capital_frequency"),
    ),
    "change_case:english_capital": Check(
        lambda answer, told: answer.isupper() and _may_be_english(answer)
    ),
    "change_case:english_lowercase": Check(
        lambda answer, told: answer.islower() and _may_be_english(answer)
    ),
    "punctuation:no_comma": Check(lambda answer, told: "," not in answer),
}
