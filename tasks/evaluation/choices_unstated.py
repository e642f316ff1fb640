"""Which option an answer chooses that states no result: by its lines, or by its sentences."""

import re
from collections.abc import Sequence

from gleanery.tasks.evaluation.choice_texts import DRESS, NAMED, SPACES, folded, text_of
from gleanery.tasks.evaluation.verdicts import Unclear
from gleanery.tasks.final_result import sentences_of

_CALLED = (
    r"\s+(?:is|must be|would be)\s+(?:(?:therefore|thus|then|indeed|the|clearly)\s+)*"
    r"(?:correct|right|best|(?:correct |right |best )?(?:answer|option|choice))\b"
)
_CHOOSES = (
    r"\b(?:I|we|you|one|would|should|must|to|(?:I|we)['’](?:d|ll)|let['’]?s)\s+"
    r"(?:(?:would|will|should|must|then|therefore)\s+)*"
    r"(?:choose|select|pick|go with|opt for)\s+(?:option|choice|answer)?\s*[(\[]?"
)
_CHOSEN = re.compile(
    rf"\b(?:option|choice|answer)\s+[(\[]?((?-i:[A-Z]))[)\]]?,?{_CALLED}"
    rf"|(?<![\w'’])[(\[]([A-Za-z])[)\]]{_CALLED}"
    rf"|(?:^|[.!?:,]\s|\bso\s|\bthus\s)\s*((?-i:[A-Z])){_CALLED}"
    rf"|{_CHOOSES}((?-i:[A-Z]))[)\]]?(?![\w'’])"
    r"|\b(?:answer|ans|option|choice)[\s.:>-]*[(\[]?((?-i:[A-Z]))[)\]]*[.!]*\s*$"
    r"|(?:^\W*|[.!?;]\s+)((?-i:[A-Z]))[).:](?:[^\n.!?]{0,100}[–—:(-])?\s*(?:correct|right)\b"
    r"|\b(?:which|closest|nearest)(?:\s+(?:is|matches|corresponds to))+\s+"
    r"[(\[]?((?-i:[A-Z]))[)\]]*[.!]*\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_SO = re.compile(
    r"^(?:(?:so|therefore|thus|hence|probably|likely|definitely|certainly|clearly"
    r"|I (?:think|believe|guess|say)|it(?:['’]s| is| must be| has to be))[\s,:]+)+",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|cannot|neither|never|no)\b|n['’]t\b", re.IGNORECASE)


def unstated_choice(answer: str, choices: Sequence[str], labels: str) -> str | None:
    """Return the letter of the option that an answer is, calls correct or ends with, else None.

    Raises `Unclear` where it calls several correct.
    """
    return (
        _alone(answer, choices, labels)
        or _called_right(answer, labels)
        or _closes_with(answer, choices, labels)
    )


def _alone(answer: str, choices: Sequence[str], labels: str) -> str | None:
    """Return the option that an answer, or its last or first line, is nothing but."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    if not lines:
        return None
    closing = sentences_of(lines[-1])[-1]
    for line in dict.fromkeys((lines[-1], closing, lines[0])):
        plain = _SO.sub("", SPACES.sub(" ", DRESS.sub(" ", line)).strip())
        named = NAMED.fullmatch(plain.rstrip(" .!"))
        if named and (letter := (named["in"] or named["bare"]).upper()) in labels:
            return letter
        named = NAMED.match(plain)
        if named and (named["open"] or named["mark"]):
            letter = (named["in"] or named["bare"]).upper()
            own = folded(choices[labels.index(letter)]) if letter in labels else ""
            if own and folded(plain[named.end() :]) == own:
                return letter
        if whole := text_of(plain, choices, labels, as_whole=True):
            return whole
    return None


def _called_right(answer: str, labels: str) -> str | None:
    called = {
        next(filter(None, match.groups())).upper()
        for match in _CHOSEN.finditer(DRESS.sub(" ", answer))
    } & set(labels)
    if len(called) > 1:
        raise Unclear("it calls several options correct")
    return called.pop() if called else None


def _closes_with(answer: str, choices: Sequence[str], labels: str) -> str | None:
    """Return the option whose text the last sentence ends with, if it names no other one."""
    last = sentences_of(answer)[-1:]
    said = folded(last[0]) if last else ""
    places = [
        (place.start(), place.end(), label)
        for label, choice in zip(labels, choices, strict=True)
        if (own := folded(choice))
        for place in re.finditer(rf"(?<![\w.,-]){re.escape(own)}(?!\w)", said)
    ]
    named = [  # "decrease" is no option of its own in "increase and then decrease"
        place
        for place in places
        if not any(
            other[0] <= place[0] and place[1] <= other[1] and other[:2] != place[:2]
            for other in places
        )
    ]
    if len(named) != 1 or named[0][1] != len(said) or "?" in last[0]:
        return None
    return None if _DENIED.search(said[: named[0][0]]) else named[0][2]
