"""Whether a quote begins and ends where its meaning does."""

import re

from gleanery.tasks.extraction.labels import is_label
from gleanery.tasks.extraction.page_tokens import Tokens

SHORT = 5  # tokens; so few stand in a page by chance, and count only as a line or a sentence

_SEEN = 80  # characters of the line on each side
_NEGATION_WORDS = """
not no never none neither nor without cannot non nicht kein keine nie ohne ne pas sin
"""
_NEGATIONS = frozenset(_NEGATION_WORDS.split())
_OPERATORS = frozenset("-+±∓*/×·÷^<>≤≥≠√¬~∼\\")
_CLOSING = frozenset("^!%°/")
_LEFT_EDGE = re.compile(
    r"(?:^|[.!?:;|\t…(]|\s[-–—]|\b(?:answer|solution|result|ans|antwort|lösung|réponse|respuesta)"
    r"(?: is| ist| est| es)?)[\s\"“”‘’'«»$*`\\(\[]*$",
    re.IGNORECASE,
)
_RIGHT_EDGE = re.compile(r"[\s\"”’'«»$*`\\)\]]*(?:$|[.;!?,][\"”’)\]$*]*(?:\s|$)|\||\t|\s[-–—(])")


def cut_off(page: Tokens, start: int, stop: int) -> bool:
    """Return whether a sign, digit, power or "not" beside tokens `start` to `stop` is missing."""
    return (start > 0 and _cut_left(page, start)) or (stop < len(page) and _cut_right(page, stop))


def stands_alone(page: Tokens, start: int, stop: int) -> bool:
    """Return whether these tokens are a line or a sentence of their own, labels aside."""
    text = page.text
    first, last = page.starts[start], page.ends[stop - 1]
    line_start = text.rfind("\n", max(0, first - _SEEN), first) + 1 or max(0, first - _SEEN)
    line_end = text.find("\n", last, last + _SEEN)
    before, after = text[line_start:first], text[last : line_end if line_end >= 0 else last + _SEEN]
    if not _RIGHT_EDGE.match(after):
        return False
    if not (_LEFT_EDGE.search(before) or is_label(before)):
        return False
    labels = stop - start == 1 and not before.strip() and after.strip(" .)")
    return not (labels and is_label(text[first:last] + "."))


def _cut_left(page: Tokens, start: int) -> bool:
    before, previous = page.before(start), page.exact[start - 1]
    if "\n" in before:
        return False
    if previous in _OPERATORS or previous[0] == "\\":
        return not _is_separator(page, start - 1, before)
    if previous.lower() in _NEGATIONS or previous.endswith("n't"):
        return not re.search(r"[.!?:;]", before) or page.opens(start - 1)
    return _within_number(previous, before, page.exact[start])


def _cut_right(page: Tokens, stop: int) -> bool:
    before, following = page.before(stop), page.exact[stop]
    if following in _CLOSING and not re.search(r"\s", before):
        return True
    if following in _NEGATIONS and not re.search(r"[.!?\n]", before):
        return True
    if following == "%" and "\n" not in before:
        return True
    return _within_number(page.exact[stop - 1], before, following)


def _within_number(left: str, between: str, right: str) -> bool:
    if not between:
        return left[-1].isalnum() and right[0].isalnum() and left.isascii() and right.isascii()
    return between in (",", "{,}") and left[-1].isdigit() and right[0].isdigit()


def _is_separator(page: Tokens, number: int, after: str) -> bool:
    """Return whether a dash or arrow parts words ("Answer - 5 m"), rather than being a sign."""
    if not after[:1].isspace():
        return False
    if number == 0 or "\n" in page.before(number):
        return page.exact[number] in "->*"
    position = page.starts[number]
    if is_label(
        page.text[page.text.rfind("\n", max(0, position - _SEEN), position) + 1 : position]
    ):
        return True  # "7. - ", a list in a list
    word = page.exact[number - 1]
    return (
        page.exact[number] == "-"
        and page.before(number)[-1:].isspace()
        and len(word) > 1
        and word.isalpha()
    )
