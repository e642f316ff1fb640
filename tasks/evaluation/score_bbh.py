"""BBH: 27 tasks whose answers are letters, verdicts, numbers, brackets, sorted words or names."""

import re
from collections.abc import Iterator
from string import ascii_uppercase

from gleanery.tasks.evaluation.choice_texts import folded
from gleanery.tasks.evaluation.choices import score_choice
from gleanery.tasks.evaluation.named_words import (
    PLAUSIBLE_OR_NOT,
    VALID_OR_NOT,
    YES_OR_NO,
    in_sequence,
    score_word,
)
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_numbers import score_number
from gleanery.tasks.evaluation.stated_answers import stated
from gleanery.tasks.evaluation.verdicts import Verdict

_LETTER = re.compile(r"\(([A-Z])\)")
_OPTION = re.compile(r"^\(([A-Z])\)\s*(.*)$", re.MULTILINE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BRACKETS = re.compile(r"[()\[\]{}<>\s]+")
_ITEM = r"[ \t]*(?:(?:\d+[.)]|[-*•])[ \t]+\S.*|[^\W\d_][\w'’-]*[ \t]*$)"
_LIST = re.compile(rf"^{_ITEM}(?:\n+{_ITEM})+", re.MULTILINE)
_NOT_BRACKETS = re.compile(r"[^()\[\]{}<>]")


def score_bbh(item: BenchmarkItem, answer: str, cut_off: bool) -> Verdict:
    """Return whether an answer is right, by the form of the expected one."""
    expected = item.answer.strip()
    if letter := _LETTER.fullmatch(expected):
        return score_choice(*_options(item.question, letter[1]), answer, cut_off)
    for words in (YES_OR_NO, VALID_OR_NOT):
        if expected.casefold() in words:
            asked = PLAUSIBLE_OR_NOT if "plausible" in item.question else {}
            return score_word(words | asked, expected, answer, cut_off)
    if _NUMBER.fullmatch(expected):
        return score_number(expected, answer, cut_off)
    if _BRACKETS.fullmatch(expected):
        return _score_brackets(expected, answer, cut_off)
    return _score_text(expected, answer, cut_off)


def _options(question: str, right: str) -> tuple[list[str], str]:
    """Return the texts of the options that a question lists, and the right one's letter."""
    listed = dict(_OPTION.findall(question))
    count = max(ord(letter) - ord("A") + 1 for letter in [*listed, right])
    return [listed.get(letter, "") for letter in ascii_uppercase[:count]], right


def _score_brackets(expected: str, answer: str, cut_off: bool) -> Verdict:
    """Return whether an answer closes a sequence of brackets rightly; spaces are no difference."""
    for statement in _statements(answer, cut_off):
        if said := _NOT_BRACKETS.sub("", statement.replace("\\{", "{").replace("\\}", "}")):
            return Verdict(said == _NOT_BRACKETS.sub("", expected), " ".join(said))
    return Verdict(False, detail="it states no brackets")


def _score_text(expected: str, answer: str, cut_off: bool) -> Verdict:
    """Return whether an answer is the expected words in their order; case and commas are free."""
    for statement in _statements(answer, cut_off):
        listed = _listed(answer, statement).rpartition(":")[2]
        if said := in_sequence(listed):
            return Verdict(said == in_sequence(expected), folded(listed))
    return Verdict(False, detail="it states no words")


def _listed(answer: str, statement: str) -> str:
    """Return the list that a statement begins, or the answer ends with, an item a line.

    Where there is none, the statement.
    """
    lists = [found[0].strip() for found in _LIST.finditer(answer)]
    if lists and statement == answer.splitlines()[-1] and answer.endswith(lists[-1]):
        return lists[-1]
    return next((found for found in reversed(lists) if found.startswith(statement)), statement)


def _statements(answer: str, cut_off: bool) -> Iterator[str]:
    """Yield what an answer states; without a statement its last line."""
    found = False
    for statement in stated(answer, cut_off):
        found = True
        yield statement
    lines = [line for line in answer.splitlines() if line.strip()]
    if lines and not found and not cut_off:
        yield lines[-1]
