"""Answers that are one of a few words: yes or no, true or false, valid or invalid."""

import re
from collections.abc import Mapping, Sequence

from gleanery.tasks.evaluation.stated_answers import plainly, stated
from gleanery.tasks.evaluation.verdicts import Unclear, Verdict

YES_OR_NO = {"yes": "yes", "true": "yes", "correct": "yes", "no": "no", "false": "no"}
YES_OR_NO |= {"incorrect": "no"}
PLAUSIBLE_OR_NOT = {"plausible": "yes", "implausible": "no", "not plausible": "no"}
VALID_OR_NOT = {"valid": "valid", "invalid": "invalid", "not valid": "invalid"}

_DRESS = re.compile(r"[*_`\"“”'’$(){}\[\]]+|\\(?:text|mathrm|mathbf|textbf|boxed)")
_NOT = re.compile(r"\b(?:not|isn't|neither|cannot|can't|unknown|unclear|either)\b", re.IGNORECASE)
_REASON = re.compile(r"[,;:.(–—]|\b(?:because|since|as|for|due|given|by)\b", re.IGNORECASE)


def score_word(words: Mapping[str, str], right: str, answer: str, cut_off: bool) -> Verdict:
    """Return whether an answer says the right word; `words` gives each word's meaning.

    Words that mean the same are the same. Without a statement, the answer is the only such word
    that it consists of, opens with or, in its last sentence, ends with.
    """
    try:
        said = _said(words, answer, cut_off)
    except Unclear as unclear:
        return Verdict(False, detail=str(unclear))
    return Verdict(said is not None and said == words.get(right.casefold()), said or "")


def _said(words: Mapping[str, str], answer: str, cut_off: bool) -> str | None:
    for statement in stated(answer, cut_off):
        if said := word_in(statement, words):
            return said
    if cut_off:
        return None
    lines = [line for line in answer.splitlines() if line.strip()]
    if not lines:
        return None
    last = re.split(r"(?<=[.!?])\s+", lines[-1].strip())[-1]
    for text, edge in ((answer, "only"), (last, "only"), (lines[0], "opens"), (last, "closes")):
        if said := _at(text, words, edge):
            return said
    return None


def word_in(statement: str, words: Mapping[str, str]) -> str | None:
    """Return the meaning of the word that a statement names before its reason, else None.

    Raises `Unclear` where it names words of several meanings, or denies one.
    """
    plain = plainly(_DRESS.sub(" ", statement).strip())
    if said := _at(plain, words, "opens"):
        return said
    claim = _REASON.split(plain, maxsplit=1)[0]
    found = _meanings(claim, words)
    if len(found) > 1:
        raise Unclear("it names several answers")
    if found and _NOT.search(claim) and "not valid" not in claim.casefold():
        raise Unclear("it says what the answer is not")
    return found.pop() if found else None


def _at(text: str, words: Mapping[str, str], edge: str) -> str | None:
    """Return the meaning of the word that a text consists of, opens with or closes with.

    One that closes with a word it denies ("is not valid") means the other one.
    """
    plain = " ".join(_DRESS.sub(" ", text).casefold().split())
    named = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    pattern = {
        "only": rf"\W*(?P<word>{named})\W*$",
        "opens": rf"\W*(?P<word>{named})(?!\s+(?:or|and)\b)(?=\W*$|\s*[,;:.!–—]|\s*-(?!\w)"
        r"|\s+(?:because|since|as|for|it|the|they)\b)",
        "closes": r"(?:.*=|.*\b(?:is|it s|that s|are|was|does|so|therefore|thus|hence|conclude)"
        r"(?P<denied>n t|\W+not)?\W)\W*"
        rf"(?:(?:deductively|logically|clearly|indeed|then|therefore|thus)\W+)*(?P<word>{named})\W*$",
    }[edge]
    match = re.match(pattern, plain)
    if match is None:
        return None
    said = words[match["word"]]
    if edge == "opens" and _several_named(plain[match.end() :], said, words):
        raise Unclear("it names several answers")
    denied = match.groupdict().get("denied")
    return next(other for other in words.values() if other != said) if denied else said


def _several_named(rest: str, said: str, words: Mapping[str, str]) -> bool:
    """Return whether a text that opened with a word goes on with "or no", "/no" or ", no"."""
    other = re.match(r"\W*(?:or|and|/|but)\W*(\w+)", rest)
    return bool(other) and words.get(other[1], said) != said  # type: ignore[index]


def _meanings(text: str, words: Mapping[str, str]) -> set[str]:
    named = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    found = re.findall(rf"(?<![\w-])(?:{named})(?![\w-])", text.casefold())
    return {words[word] for word in found}


def in_sequence(text: str) -> Sequence[str]:
    """Return the words of a text in order, without numbering, commas and other marks."""
    text = re.sub(r"(?:^|(?<=\s))\(?\d+[.)]\s+", " ", _DRESS.sub(" ", text))
    return re.findall(r"[^\W\d_]+(?:[-'’&][^\W\d_]+)*", text.casefold())
