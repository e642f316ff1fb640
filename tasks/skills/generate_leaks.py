"""Words that belong to the making of an example and not into it."""

import re

from gleanery.tasks import answer_checks
from gleanery.tasks.skills.generate_asked import asks_for_a_message

_HEAD, _TAIL = 300, 300
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TEXT = r"(?:instruction|response|prompt|query|reply|answer)"
_REVISED = (
    r"(?:final|first|initial|new|revised|improved|refined|rewritten|reworded|rephrased|updated"
    r"|shortened|condensed|concise|polished|enhanced|edited|complete)"
)
_LEAK = re.compile(
    # Revised instruction: … / ### Response / **Final response** at the beginning of a line
    rf"^[ \t]*#+[ \t]*(?:{_REVISED} )?{_TEXT}\b[ \t*:]*$"
    rf"|\A[\s*_]*(?:{_REVISED} )?{_TEXT}[ \t]*[*_]*[ \t]*[:：]"
    rf"|^[\s*_]*{_REVISED} {_TEXT}[ \t]*[*_]*[ \t]*[:：]"
    # here is the concise and complete refined response within the length constraint
    rf"|\A[\s*_]*(?:here(?:'s| is)|below is|this is) (?:the|an?|my|your) (?:[\w-]+,? ){{0,4}}?"
    rf"{_REVISED} (?:[\w-]+ ){{0,2}}?(?:{_TEXT}|version)\b"
    rf"|\b(?:this|the|my) (?:revised|refined|reworded|rewritten) (?:{_TEXT}|version)\b"
    rf"|\bthe (?:earlier|previous|first|initial|original) (?:draft|version|{_TEXT})\b"
    r"|\b(?:as|like) the (?:critique|criticism|review) (?:said|noted|pointed|suggested|asked)\b"
    r"|\b(?:weaknesses|criticisms?|critique) (?:listed|mentioned|named|noted|above|you gave)\b"
    r"|\bwithin the (?:\w+ )?(?:word|length|token) (?:limit|constraint|range)\b"
    r"|\(?\b(?:word count|total words)\s*[:=]\s*~?\d+\)?|^\W{0,3}~?\d{2,4} words\W{0,3}$",
    re.IGNORECASE | re.MULTILINE,
)
_ON_SKILLS = re.compile(
    rf"\bthis {_TEXT} (?:demonstrates|shows|uses|applies|combines|exercises|requires|showcases)\b"
    r"|\b(?:demonstrat|exercis|showcas|combin|requir|appl)\w+ (?:both|all|each|the|these|the"
    r" (?:required|given|listed)) (?:(?:of the|two|three|four|five|six) )*skills?\b",
    re.IGNORECASE,
)
_DECLINES = re.compile(
    r"\b(?:as an ai\b|i(?:'m| am) sorry,? but i (?:cannot|can't|can not)"
    r"|i (?:cannot|can't|can not|am unable to|won't|will not) (?:create|generate|write|produce"
    r"|compose|come up with) (?:an?|the|this|such|that) (?:\w+ )?(?:instruction|request|prompt"
    r"|query|pair|example|content))",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^\W*(?:(?:best|kind|warm|many|with)\b.{0,30}\b(?:regards|wishes|thanks)|best|regards"
    r"|sincerely|yours\b.{0,20}|respectfully|cheers|love|thank you|thanks|\[?your name\]?)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_OFFER = re.compile(
    r"\b(?:let me know|tell me|just ask|feel free to ask)\b.{0,30}"
    r"\b(?:if|whether|what|which)\b.{0,40}"
    r"\b(?:like me to|want me to|another version|adjust|tweak|changes?|shorter|longer|tone)\b"
    r"|\b(?:would you like|do you want) (?:me to|another|a different)\b",
    re.IGNORECASE | re.DOTALL,
)


def revision_leaks(text: str) -> list[re.Match[str]]:
    """Return where a text speaks of drafts, revisions and limits, or bears a section's label."""
    return list(_LEAK.finditer(_CODE.sub("", text)))


def talk_of_skills(text: str) -> str | None:
    """Return a remark on what the response demonstrates."""
    found = _ON_SKILLS.search(text)
    return found[0] if found else None


def declined(instruction: str) -> str | None:
    """Return the words by which a model declines to write an instruction.

    An asker's own "I am unable to open the file" is none.
    """
    found = _DECLINES.search(instruction[:_HEAD])
    return found[0] if found else None


def farewell(instruction: str, response: str) -> str | None:
    """Return an assistant's closing words; a letter or a post may end with such, as a text."""
    tail = response[-_TAIL:]
    if offer := _OFFER.search(tail):
        return offer[0]
    words = answer_checks.small_talk(response)
    is_text = _SIGNED.search(tail) or asks_for_a_message(instruction)
    return None if is_text or (words or "") in instruction.casefold() else words
