"""Questions in a page's microdata (`itemscope`, `itemprop`)."""

from collections.abc import Iterator
from typing import Any

from resiliparse.parse.html import HTMLTree

from gleanery.tasks.recall.declared_question import DeclaredQuestion, votes_of


def microdata_questions(tree: HTMLTree) -> Iterator[DeclaredQuestion]:
    """Yield the items of type schema.org/Question with their answers, as HTML."""
    document: Any = tree.document
    for node in document.query_selector_all('[itemtype*="schema.org/Question"]').values():
        yield DeclaredQuestion(
            name=_property(node, "name"),
            text=_property(node, "text"),
            accepted=_answers(node, "acceptedAnswer"),
            suggested=_answers(node, "suggestedAnswer"),
            is_quiz=node.closest('[itemtype*="schema.org/Quiz"]') is not None,
        )


def _answers(node: Any, name: str) -> list[tuple[float, str]]:
    return [
        (votes_of(_property(answer, "upvoteCount")), _property(answer, "text") or answer.inner_html)
        for answer in node.query_selector_all(f'[itemprop~="{name}"]').values()
    ]


def _property(node: Any, name: str) -> str:
    """Return a property of the item itself, not of an item inside it; content before HTML."""
    for found in node.query_selector_all(f'[itemprop~="{name}"]').values():
        if found.hasattr("itemscope") or found.parent.closest("[itemscope]") != node:
            continue
        return str(found.getattr("content") or found.inner_html)
    return ""
