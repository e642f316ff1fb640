"""Questions and answers that a page declares in schema.org markup: QAPage, FAQPage, Quiz."""

import html as entities
import json
import re
from collections.abc import Iterator
from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from gleanery.tasks.recall.declared_question import DeclaredQuestion, votes_of
from gleanery.tasks.recall.formulas import (
    dollars_for_parentheses,
    has_formulas,
    rewrite_formulas,
    typesets_tex,
)
from gleanery.tasks.recall.markup_microdata import microdata_questions
from gleanery.tasks.records import MarkupPair

_MOST_PAIRS = 500
_DEEPEST = 40
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s+[\w:@-]+\s*=[^<>]*)?\s*/?>")


def declared_pairs(html: str, tree: HTMLTree) -> list[MarkupPair]:
    """Return the pairs in a page's JSON-LD, or else in its microdata (schema.org/Question).

    The accepted answer with most votes counts, or else the suggested one with most; a quiz's
    suggested answers are choices, and stand below its question. HTML inside a text is rendered.
    Markup that is broken gives no pair and no error.
    """
    if "acceptedAnswer" not in html and "suggestedAnswer" not in html:
        return []
    pairs: dict[str, MarkupPair] = {}
    tex = typesets_tex(html)
    for question in [*_json_questions(tree)] or microdata_questions(tree):
        if len(pairs) >= _MOST_PAIRS:
            break
        pair = _pair(question, tex)
        if pair.question and pair.answer:
            pairs.setdefault(pair.question, pair)
    return list(pairs.values())


def _pair(question: DeclaredQuestion, tex: bool) -> MarkupPair:
    name, text = _text_of(question.name, tex), _text_of(question.text, tex)
    asked = text if name in text else name if text in name else f"{name}\n\n{text}"
    answers = question.accepted
    if question.is_quiz:
        choices = sorted({_text_of(choice, tex) for _, choice in answers + question.suggested})
        if len(choices) > 1:
            asked += "\n\n" + "\n".join(f"- {choice}" for choice in choices)
    else:
        answers = answers or question.suggested
    best = max(answers, key=lambda answer: answer[0], default=(0.0, ""))
    return MarkupPair(question=asked, answer=_text_of(best[1], tex))


def _json_questions(tree: HTMLTree) -> Iterator[DeclaredQuestion]:
    document: Any = tree.document
    for script in document.query_selector_all('script[type*="ld+json"]').values():
        text = _WRAPPING.sub("", _WRAPPING.sub("", script.text_content or ""))
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _questions(data, in_quiz=False, depth=0)


def _questions(data: object, in_quiz: bool, depth: int) -> Iterator[DeclaredQuestion]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data:
            yield from _questions(item, in_quiz, depth + 1)
    elif isinstance(data, dict):
        types = _types(data)
        if "Question" in types:
            yield DeclaredQuestion(
                name=_string(data.get("name")),
                text=_string(data.get("text")),
                accepted=_answers(data.get("acceptedAnswer")),
                suggested=_answers(data.get("suggestedAnswer")),
                is_quiz=in_quiz or "eduQuestionType" in data,
            )
            return
        for value in data.values():
            if isinstance(value, dict | list):
                yield from _questions(value, in_quiz or "Quiz" in types, depth + 1)


def _types(data: dict[str, Any]) -> set[str]:
    declared = data.get("@type")
    names = declared if isinstance(declared, list) else [declared]
    return {str(name).rsplit("/", 1)[-1] for name in names}


def _answers(value: object) -> list[tuple[float, str]]:
    answers = value if isinstance(value, list) else [value]
    found = []
    for answer in answers:
        if isinstance(answer, dict):
            text = _string(answer.get("text")) or _string(answer.get("name"))
            found.append((votes_of(answer.get("upvoteCount")), text))
        else:
            found.append((0.0, _string(answer)))
    return [(votes, text) for votes, text in found if text.strip()]


def _string(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def _text_of(value: str, tex: bool) -> str:
    """Return a value as text: HTML rendered, with its formulas, code and lists."""
    if not _TAG.search(value):
        value = entities.unescape(value)  # HTML is often escaped once more
    if not _TAG.search(value):
        return value.strip()
    tree = HTMLTree.parse(value)
    if has_formulas(value):
        rewrite_formulas(tree)
    text = str(extract_plain_text(tree, preserve_formatting=True)).strip()
    return dollars_for_parentheses(text) if tex else text
