"""What is an answer as a whole that is not laid out as it was asked to be?"""

from collections.abc import Iterable

from gleanery.tasks import answer_checks
from gleanery.tasks.language import wrong_language


def repeated(answer: str, shown: Iterable[str]) -> str | None:
    """Return the answer's beginning if it says no more than one of the texts shown before it."""
    found = (answer_checks.echo(text, answer) for text in shown)
    return next(filter(None, found), None)


def why_unreadable(
    answer: str, error: ValueError, shown: Iterable[str], language: str, is_laid_out: bool
) -> tuple[str, str]:
    """Return reason and detail for an answer that could not be read for this error.

    Reasons: "echo" (of one of the texts that were shown; a prompt shows the layout too, and is in
    English whatever is asked for); of an answer in plain prose "refusal" and "wrong_language";
    else "unparseable". What is laid out by halves is a slip, and its texts may say anything.
    """
    if words := repeated(answer, shown):
        return "echo", words
    if not is_laid_out and (words := answer_checks.refusal(answer)):
        return "refusal", words
    if not is_laid_out and (words := wrong_language(answer, language)):
        return "wrong_language", words
    return "unparseable", str(error)
