"""Is a free text the list that was asked for?"""

import re

from gleanery.tasks import answer_checks
from gleanery.tasks.language import wrong_language
from gleanery.tasks.records import Loss

_ENTRY = re.compile(
    r"\s*(?:"
    r"[-–—•·▪◦+*]\s+\S"  # bullets
    r"|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.):、．]\s*\S"  # numbers and letters
    r"|\#{1,6}\s|\*\*\S|__\S|\|.*\S.*\|"  # headings, bold names, rows of a table
    r"|[（(]?[一二三四五六七八九十]{1,3}[)）、]|第\s*[一二三四五六七八九十百\d]"
    r"|[^\W\d_]+\s+\d{1,3}\s*[:.–—-]"  # Session 4:
    r"|[^\s:–—][^:.!?。–—\n]{0,79}(?::|：|\s[–—-])\s*\S"  # Name: what it is about
    r"|[^\W\d_].{0,59}(?<![.!?。！？,;:：])$"  # a title alone
    r")"
)
_FEWEST_ENTRIES = 3
_ENTRIES_OF_A_LIST = 10  # so long a list is one, whatever its first words say

# What stands for entries that were not written: a line of its own, or a question at the end.
_LEFT_OUT = re.compile(
    r"^\W*(?:…|\.\.\.)\W*$"
    r"|^\W*(?:the |all )?(?:remaining|rest of the|other|further|subsequent|following)[ \w]{0,20}"
    r" (?:sessions|classes|weeks|lectures|subjects|courses|entries)\b[^\n]{0,60}"
    r"\b(?:follow|continue|proceed|similar|same|omitted|left out|likewise)"
    r"|^\W*(?:to be continued|continued? in the next (?:message|part|response|reply))\b"
    r"|\band so (?:on|forth),? (?:for|until|up to|through) "
    r"|\b(?:would|do) you (?:like|want) me to (?:continue|go on|finish|complete|list|write)\b",
    re.IGNORECASE | re.MULTILINE,
)
# The last entry of a list often ends without a full stop, but never like this.
_DANGLING = re.compile(
    r"(?:[,(\[{–—/:：，、]|\b(?:the|an?|and|or|of|to|with|from|by|is|are|which|that|for"
    r"|der|die|das|des|und|le|la|les|et|el|los|del|il|di|os|do|da|het|en|van|na))$"
)
_LAST_WORDS = 80  # characters


def unusable_list(row_id: str, text: str, language: str) -> Loss | None:
    """Return why a free text is not worth making records of, or None if it is.

    Reasons: "refusal", "no_list" (prose, or nothing), "wrong_language", and "cut_off" where the
    text stops within a sentence or leaves entries out that it announces.
    """
    entries = sum(_ENTRY.match(line) is not None for line in text.splitlines())
    refused = answer_checks.refusal(text)
    if refused and entries < _ENTRIES_OF_A_LIST:
        return Loss(row_id=row_id, reason="refusal", detail=refused)
    if other := wrong_language(text, language):
        return Loss(row_id=row_id, reason="wrong_language", detail=other)
    if entries < _FEWEST_ENTRIES:
        shown = " ".join(text.split())[:200] or "nothing"
        return Loss(row_id=row_id, reason="no_list", detail=shown)
    if words := _broken_off(text):
        return Loss(row_id=row_id, reason="cut_off", detail=words)
    return None


def _broken_off(text: str) -> str | None:
    """Return the words that stand for missing entries, or the last ones of a sentence."""
    if left_out := _LEFT_OUT.search(text):
        return left_out[0].strip()
    last = text.rstrip()[-_LAST_WORDS:]
    return last if _DANGLING.search(last) else None
