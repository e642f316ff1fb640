"""What an instruction asks for by itself: then the like of it in the response is no fault."""

import re

_EDIT_ASKED = re.compile(
    r"\b(?:re-?(?:writ|word|phras|vis|draft|format|work)|edit|improv|shorten|condens|polish"
    r"|proofread|correct|fix|clean(?:ed)? up|tidy|translat|draft|version)\w*"
    r"|\bmake (?:this|it|these|my|the following)\b",
    re.IGNORECASE,
)
# "in no more than 80 words", "two sentences": then the configured length is not the measure.
_OWN_LENGTH = re.compile(
    r"\b(?:\d[\d,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|few|single)[ -]"
    r"(?:\w+[ -])?(?:words?|sentences?|lines?|paragraphs?|characters?|bullets?|bullet points?"
    r"|pages?|tweets?|stanzas?|verses?)\b"
    r"|\b(?:brief(?:ly)?|shortest?|concise(?:ly)?|in short|tl;?dr|headline|slogan|one-liner"
    r"|haiku|just the (?:answer|result|number|code))\b",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\b(?:e-?mails?|mails?|letters?|messages?|posts?|posting|invit\w+|announce\w*|notices?|memos?"
    r"|replies|reply|newsletter|notes?|speech|toast|adverts?|ads?|script)\b",
    re.IGNORECASE,
)


def asks_for_an_edit(instruction: str) -> bool:
    """Return whether a text is to be changed: "here is the revised version" is an answer then."""
    return bool(_EDIT_ASKED.search(instruction))


def sets_its_length(instruction: str) -> bool:
    """Return whether the instruction says how long the response may be."""
    return bool(_OWN_LENGTH.search(instruction))


def asks_for_a_message(instruction: str) -> bool:
    """Return whether the response is something to be sent, which may end as a letter ends."""
    return bool(_SENT.search(instruction))
