"""Is this a critique? What is none would have the example count as criticised."""

import re
from collections.abc import Iterable

from gleanery.tasks import answer_checks
from gleanery.tasks.skills.generate_texts import Texts
from gleanery.tasks.unreadable_answers import repeated

_ENTRY = re.compile(r"^[ \t]*(?:[-–—•*+][ \t]+|\(?\d{1,2}[.)][ \t]+)\S", re.MULTILINE)


def critique_problem(critique: str, draft: Texts, shown: Iterable[str]) -> tuple[str, str] | None:
    """Return reason and telling words if an answer criticises nothing, or None.

    Reasons: "empty" (it only holds a place), "echo" (of the draft, of one of its texts, or of
    another of the texts that were `shown`), "refusal". The critic speaks as the asker, who may
    well be unable to do or to open something: in a list of points only its opening is a refusal.
    """
    if words := answer_checks.empty(critique):
        return "empty", words
    if words := repeated(critique, (draft.instruction, draft.response, *shown)):
        return "echo", words
    first = _ENTRY.search(critique)
    opening = critique[: first.start()] if first else critique
    words = answer_checks.refusal(opening) if opening.strip() else None
    return ("refusal", words) if words else None
