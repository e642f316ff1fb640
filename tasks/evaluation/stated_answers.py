r"""Where an answer states its result: "The answer is …", `\boxed{…}`, `#### …`.

Every prompt asks for the first of these and shows it; models that were tuned on other data use the
others.
"""

import re
from collections.abc import Iterator

from gleanery.tasks.final_result import sentences_of
from gleanery.tasks.result_boxes import outer_boxes

_LAST = 8000  # characters of an answer that are looked at
_STATEMENTS = 30  # the last ones: no answer is stated more often
_LONGEST = 2000  # characters of a statement, or of a box
# What begins a next turn: as in the examples of a prompt, or in a template that was learned.
_NEXT_QUESTION = re.compile(
    r"\n[ \t]*(?:#{1,4} |\*\*)?(?:Question|Problem|Q|Instruction|Human|User)(?: \d+)?\s*(?:\*\*)?:"
    r"|<\|(?:im_end|im_start|endoftext|eot_id|user|end)\|>|</s>",
    re.IGNORECASE,
)
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))  # may stand between two digits
_NAMED = (
    r"(?<![\w-])(?:(?:final|correct|right|best|overall)\s+)*(?:answers?|ans)(?![\w-])"
    r"(?:\s+(?:to|for|of|in)\s+[^.:=?!\n]{1,60}?)??"
    r"|(?<![\w-])my\s+(?:choice|pick|guess|selection)(?![\w-])"
    r"|(?<![\w-])(?:final\s+result|(?:correct|right|best)\s+(?:option|choice|statement|response))"
    r"(?![\w-])"
    r"|(?<!\w)(?:antwort|r[eé]ponse|respuesta|risposta|resposta)(?:\s+(?:correct[ae]|finale?))?(?!\w)"
    r"|(?<!\w)ответ(?!\w)|答案"
)
_VERB = (
    r"\bis\b|\bare\b|\bwas\b|\b(?:would|should|must|has to|will) be\b|\bequals\b"
    r"|\bist\b|\best\b|\bes\b|\bè\b|\bé\b|是|为"
)
_IS = rf"[\s*_`\"'’”]*(?:(?:{_VERB})[\s*_]*(?:[:=：]|->|→)?|[:=：]|->|→)"
_ADVERB = re.compile(
    r"^(?:(?:thus|therefore|then|hence|simply|clearly|indeed|just|only|now|actually|definitely|certainly|obviously"
    r"|(?:most |very |quite )?(?:probably|likely)|presumably"
    r"|given by|as follows|equal to|that)\b[\s,:]*)+",
    re.IGNORECASE,
)
_ASIDE = r"(?:\s+(?:here|then|now|thus|therefore|in this case))?"
_STATED = re.compile(rf"(?:{_NAMED}){_ASIDE}{_IS}[\s*_:`\"“‘]*", re.IGNORECASE)
_MARKED = re.compile(r"^[ \t]*####[ \t]*", re.MULTILINE)
_TAG = re.compile(r"<answer>\s*(?=[^<]*\S[^<]*</answer>)", re.IGNORECASE)
# Behind a statement: one that takes its place, "No wait, 20." or "Correction: it should be (C)".
_TAKEN_BACK = re.compile(
    r"(?:(?<=[.!?…:;)\]}$*])|^)[\s*_–—-]{0,8}"
    r"(?:(?:no(?=\s*[,.:;!–—-]|\s+wait)|wait|hmm+|oh|oops|sorry|actually|rather|correction"
    r"|scratch that|my (?:mistake|bad)|I (?:made|see) (?:an?|my) (?:mistake|error)"
    r"|that(?:['’]s| is| was) (?:wrong|incorrect|not right))\b[\s,.:;!…–—*-]{0,8}){1,6}"
    r"(?:(?:(?:it|that|this)(?:['’]s| is| should be| must be)|should be|I meant?|make (?:that|it))"
    r"\s+(?!not\b)|(?=[-−+]?[\d$€£\\(\[{]|(?-i:[A-HJ-Z])(?![\w'’])))[\s:*_]*",
    re.IGNORECASE | re.MULTILINE,
)
_BRIEF = re.compile(  # a result and no sentence: "3 eggs are left" takes nothing back
    r"\s*(?!.*\b(?:is|are|was|were|ha[sd]|have|does?|did)\b)"
    r"[^\s,;]+(?:[ \t]+[^\s,;]+){0,3}[ \t]*(?:[,;]|because\b|since\b|$)"
)
_WHOLE = re.compile(r"[.!?)\]}$*`\"”]\s*$")
# What stands where the format is quoted rather than used: "end with 'The answer is …'".
_PLACEHOLDER = re.compile(
    r"^[\s\"'“”‘’(\[{<*_$]*(?:(?-i:X)|…|\.{2,}|(?:your |the )?(?:final )?(?:answer|result|letter))"
    r"[\s\"'“”‘’)\]}>*_$.,…]*(?:,? where\b.*)?$",
    re.IGNORECASE,
)


def own_answer(text: str, went_on: bool) -> str:
    """Return what a text answers to the question that was asked.

    That is without what the model thought before. One that `went_on` with a prompt may invent a
    next question and answer that too: only what stands before it counts. In a talk that is so
    once an answer is stated; before, a model may repeat the question.
    """
    text = without_thoughts(text).translate(_UNSEEN)
    following = _NEXT_QUESTION.search(text)
    before = text[: following.start()] if following else text
    if went_on or any(stated(before, cut_off=False)):
        text = before
    return text.strip()[-_LAST:]


def without_thoughts(text: str) -> str:
    """Return an answer without what the model thought before; "" if it never came to its answer."""
    if "</think>" in text:
        return text.rpartition("</think>")[2]
    return "" if text.lstrip().startswith("<think>") else text


def stated(text: str, cut_off: bool) -> Iterator[str]:
    """Yield what a text states as its result, the last statement first.

    Where the text was `cut_off`, a statement that may go on behind its end is none.
    """
    boxes = list(outer_boxes(text, _LONGEST))
    places: list[tuple[int, int, str | None]] = [
        (match.start(), match.end(), None)
        for form in (_STATED, _MARKED, _TAG)
        for match in form.finditer(text)
        if not any(box.start < match.start() < box.inside + len(box.content or "") for box in boxes)
    ]
    places += [(box.start, box.inside, (box.content or "").strip()) for box in boxes]
    places += _taken_back(text, min((end for _, end, _ in places), default=len(text)))
    for _, end, content in sorted(places, key=lambda place: place[:2], reverse=True)[:_STATEMENTS]:
        found = _after(text, end, cut_off) if content is None else content
        if found and not is_placeholder(found):
            yield found


def _taken_back(text: str, start: int) -> Iterator[tuple[int, int, None]]:
    """Yield the places behind a first statement where brief other ones take its place."""
    for match in _TAKEN_BACK.finditer(text, start):
        following = sentences_of(text[match.end() : match.end() + _LONGEST])[:1]
        if following and _BRIEF.match(following[0]):
            yield match.start(), match.end(), None


def is_placeholder(statement: str) -> bool:
    """Return whether a statement only quotes the form that it was to have."""
    return bool(_PLACEHOLDER.match(statement))


def plainly(statement: str) -> str:
    """Return a statement without the words that only lead to its result: "therefore 18" is 18."""
    return _ADVERB.sub("", statement)


def _after(text: str, start: int, cut_off: bool) -> str | None:
    first = sentences_of(text[start : start + _LONGEST].lstrip())[:1]
    if not first:
        return None
    found = first[0].partition("</answer>")[0].strip()
    ends_there = text.rstrip().endswith(found)
    if cut_off and ends_there and not _WHOLE.search(found):
        return None
    return found
