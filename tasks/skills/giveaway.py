"""Does an instruction name the skill that its answer is meant to show?

What counts is the name, not the deed. "An analysis of these risks" names the skill "risk
analysis"; "analyse the risks" or "what could go wrong?" is how people ask for it. Likewise a name
of one word (explanation, budgeting, python) is a word that people use: it counts where the text
wields it as a skill ("use your negotiation skills", "show empathy").
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gleanery.tasks.skills.giveaway_words import (
    IN_NAMES,
    LINKS,
    PRAISE,
    PREPOSITIONS,
    SKILL_WORDS,
    WIELDING,
    noun_form,
    verb_stem,
)
from gleanery.tasks.skills.records import Skill

_STOP = "."  # what ends a sentence: no name goes across it
_TOKEN = re.compile(r"[.!?;:](?=\s|$)|\n\s*\n|,|[^\W_]+(?:['’][^\W_]+)*(?:\+\+|#)?")
# Scripts that put no space between words: a name is found letter by letter.
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SHORTEST_WIDE = 3

_JOINTS = frozenset({"and", "or", ","})
_MOST_BETWEEN = 3  # words between two words of a name
_WIELD = frozenset(map(verb_stem, WIELDING))


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    form: str
    capital: bool


def giveaway(instruction: str, skill: Skill) -> str | None:
    """Return the words of an instruction that name the skill or one of its aliases, or None.

    Found in any case and spelling of compounds (risk_analysis, risk-analysis, riskanalysis), in
    singular or plural, in another order ("analysis of risks"), with another word joined on
    ("critical and creative thinking"), and as verb with adverb ("think critically").
    """
    words = _words(instruction)
    for name in (skill.name, *skill.aliases):
        span = _wide_span(instruction, name) if _WIDE.search(name) else _span(words, name)
        if span:
            return instruction[span[0] : span[1]]
    return None


def _words(text: str) -> list[_Word]:
    words = []
    for match in _TOKEN.finditer(text):
        shown = _STOP if match[0][0] in ".!?;:\n" else match[0].casefold()
        capital = match[0] != match[0].lower()
        words.append(_Word(shown, *match.span(), noun_form(match[0]), capital))
    return words


def _span(words: Sequence[_Word], name: str) -> tuple[int, int] | None:
    """Return where a name stands, as the characters from its first word to its last."""
    spelled = [word for word in _words(name) if word.text not in (_STOP, ",")]
    wanted = [word.form for word in spelled if word.text not in IN_NAMES]
    while len(wanted) > 1 and wanted[-1] in SKILL_WORDS:
        wanted.pop()
    if not wanted:
        return None
    found = _written_together(words, "".join(wanted))
    if len(wanted) == 1:
        found = (span for span in found if _wielded(words, *span))
    first, last = next(found, None) or _apart(words, wanted, spelled) or (-1, -1)
    return None if first < 0 else (words[first].start, words[last].end)


def _wide_span(text: str, name: str) -> tuple[int, int] | None:
    letters = [letter for letter in name if letter.isalnum()]
    if len(letters) < _SHORTEST_WIDE:
        return None
    match = re.search(r"[\s_-]*".join(map(re.escape, letters)), text, re.IGNORECASE)
    return match.span() if match else None


def _written_together(words: Sequence[_Word], name: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last of neighbouring words that spell a name, wherever its gaps are."""
    for first in range(len(words)):
        spelled = ""
        for last in range(first, len(words)):
            if words[last].text == _STOP or len(spelled) >= len(name):
                break
            spelled += words[last].form
            if _alike(spelled, name):
                yield first, last
                break


def _wielded(words: Sequence[_Word], first: int, last: int) -> bool:
    """Return whether a word is spoken of as a skill, and is no proper name (Python, SQL)."""
    if last + 1 < len(words) and words[last + 1].form in SKILL_WORDS:
        return True
    if words[first].capital:
        return False
    before = first - 1
    while before >= 0 and (words[before].form in PRAISE or words[before].text in LINKS):
        before -= 1
    return before >= 0 and verb_stem(words[before].form) in _WIELD


def _apart(
    words: Sequence[_Word], wanted: Sequence[str], spelled: Sequence[_Word]
) -> tuple[int, int] | None:
    """Return where the words of a name stand close together and name it."""
    if len(wanted) == 1:
        return None
    links = LINKS | {word.text for word in spelled if word.text in IN_NAMES}
    for key in (_as_it_is, verb_stem):
        keys = [key(word) for word in wanted]
        there = {key(word.form) for word in words}
        if not all(k in there or not k.isascii() for k in keys):
            continue  # the usual case, and a quick one
        for first in range(len(words)):
            met = _close_together(words, first, keys, key, links)
            if met and _names(words, met, keys, key):
                return met[0], met[-1]
    return None


def _as_it_is(form: str) -> str:
    return form


def _close_together(
    words: Sequence[_Word],
    first: int,
    keys: Sequence[str],
    key: Callable[[str], str],
    links: frozenset[str] | set[str],
) -> list[int] | None:
    """Return the places of all words of a name from `first` on, or None if others come between."""
    left, met = list(keys), list[int]()
    for index in range(first, len(words)):
        match = next((one for one in left if _alike(key(words[index].form), one)), None)
        if match is not None and (not met or _linked(words[met[-1] + 1 : index], links)):
            left.remove(match)
            met.append(index)
            if not left:
                return met
        elif not met or words[index].text == _STOP or index - met[-1] > _MOST_BETWEEN:
            return None
    return None


def _linked(between: Sequence[_Word], links: frozenset[str] | set[str]) -> bool:
    """Return whether only links stand between, or one more word that is joined on."""
    texts = {word.text for word in between}
    others = [word for word in between if word.text not in links and word.text != ","]
    return bool(len(others) == 1 and texts & _JOINTS) if others else "," not in texts


def _names(
    words: Sequence[_Word], met: Sequence[int], keys: Sequence[str], key: Callable[[str], str]
) -> bool:
    """Return whether words that stand close together name the skill and do not ask for the deed.

    In the name's order they do. In another they do as a noun phrase ("analysis of risks", not
    "review my code" for "code review"), as a bare gerund ("solving problems") or with an adverb
    ("think critically", not "write an email" for "email writing").
    """
    if all(_alike(key(words[index].form), k) for index, k in zip(met, keys, strict=True)):
        return True
    if any(words[index].text.endswith("ly") for index in met):
        return True
    if key is verb_stem:
        return False
    between = {words[index].text for index in range(met[0], met[-1]) if index not in met}
    gerund = words[met[0]].text.endswith("ing") or len(met) > 2
    return bool(between & PREPOSITIONS) or (not between and gerund)


def _alike(one: str, other: str) -> bool:
    """Return whether two forms are one word: outside English, whether only the ending differs."""
    if one == other or one.isascii() or other.isascii():
        return one == other
    stem = max(4, max(len(one), len(other)) - 3)
    return one[:stem] == other[:stem] and min(len(one), len(other)) >= stem
