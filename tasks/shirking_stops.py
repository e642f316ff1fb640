"""Does a text end without the full stop that its writer sets elsewhere?"""

import re

_FEWEST_WORDS = 6  # of a line that is prose and no title, name or sum
_SHARE = 0.75  # of the earlier lines alike that make a habit
_FEWEST_LINES = 2  # of prose by which a fragment of few words is told from a name
_FEWEST_ITEMS = 2
_FUNCTION_SHARE = 0.3
_LONG_SENTENCE = 14  # words that want a stop, whatever else there is

_FUNCTION_WORDS = frozenset(
    """
    a about after all also an and any are as at be because been before but by can could did do does
    for from had has have he her here his how i if in into is it its just like may me more most my
    no not of off on once one only or other our out over she should so some such than that the their
    them then there these they this those through to too under until up us very was we were what
    when where which while who why will with would you your
    """.split()
)

_CODE = re.compile(r"^[ \t>]*```.*?^[ \t>]*```[^\n]*$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_LINK = re.compile(r"\]\([^)\s]+\)|https?://\S+|www\.\S+")
_QUOTE_MARK = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_ITEM = re.compile(
    r"^[ \t]*(?:[-*+•–✓✗✅]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+(?:\[[ x]\] )?", re.MULTILINE
)
_ROW = re.compile(r"^[ \t]*\|")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+\S|^[ \t]*\*\*[^*]+\*\*:?[ \t]*$")
MARKUP = "*_~"
CLOSERS = " \t\n*_~)]}\"'”’»¦"  # what may follow a full stop
_STOP = re.compile(r"[.!?…。！？؟।;:]$")
# What may stand for a stop, or leaves open whether one is due.
_END = re.compile(
    r"[.!?…。！？؟।;)\]}\"'”’»`|>%°∎¦✓✔☺\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001F000-\U0001FAFF]$"
)
_FAREWELL = re.compile(
    r"(?:^|[.!?]\s+)(?:love|best|cheers|thanks|yours|xx|xoxo|hugs|[–—-])(?:\s|,)[^.!?]{0,25}$|\bxx?$",
    re.IGNORECASE,
)
_EQUALS_NUMBER = re.compile(r"[=≈≤≥<>→] *[-+−]?[$€£]?[\d.,/ ]+ ?[%°\w]{0,4}$")
_WRAPPED = re.compile(
    r"^(?:\*[^*]+\*|_[^_]+_|\([^()]*\)|[\"“][^\"”]*[\"”])$"
)  # a footnote, a motto
_SENTENCE_END = re.compile(
    r"(?:[^\W\d_]{3}(?<!Mrs)|\b(?!Dr|Mr|Ms|St|No|Jr|Sr|vs|cf|al)[^\W\d_]{2}|[\d%\"”)*∎¦])"
    r"[.!?][\"”’)*_]*(?= +[\"“(*_¦∎]*[^\Wa-z_])"
)
_NAME_OR_NUMBER = re.compile(r"\w+")
_NAME = re.compile(r"(?:(?:[A-ZÀ-Þ][\w.'’-]*|and|of|the|for|de|van|von)[ ,]*)+")
_SALUTATION = re.compile(r"^\W*(?:subject|dear|hi|hello|to whom|to the)\b", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"^\W*(?:[\w ]*(?:regards|wishes|sincerely|yours|respectfully|cheers|love|thanks|thank you|hugs"
    r"|faithfully|best|truly)\b[\w ]*|(?:\w+ ?){1,3},)\W*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_NAMED_SHARE = 0.6
_LONGEST_FAREWELL = 60  # letters
_SIGNED_WITHIN = 5  # lines from the end
_RESULT = re.compile(
    r"^\W*(?:final |short )?(?:answer|result|total|conclusion|verdict)\b", re.IGNORECASE
)
_SUM = re.compile(r"[=<>{};@#]|\w\(|\d\W*$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[∎¦]")


def lacks_stop(text: str) -> bool:
    """Return whether the last line is prose or an item that should have a stop, as others have."""
    text = _LINK.sub("∎", _FORMULA.sub("∎", _CODE.sub("¦", text)))
    above, _, last = _QUOTE_MARK.sub("", text).rpartition("\n")
    bare = _without_tags(last.rstrip(MARKUP).strip())
    if _EQUALS_NUMBER.search(bare) or _END.search(bare) or _WRAPPED.match(last.strip()):
        return False
    if _FAREWELL.search(bare) or last.rstrip().endswith("___") or _is_imprint(above, bare):
        return False  # a farewell, a form, whom to call
    is_verse = _is_verse(above) and len(_WORD.findall(bare)) < _FEWEST_WORDS + 2
    if not is_verse and _SENTENCE_END.search(_ITEM.sub("", bare)):
        return True  # the sentence before it in the same line has one
    lines = [line for line in above.splitlines() if line.strip()]
    if _ITEM.match(last):
        return _lacks_in_list(last, lines)
    if _is_signature(lines, bare) or _is_verse(above):
        return False
    habit = [_ends_with_stop(line) for line in lines if _is_prose(line)]
    words = _WORD.findall(bare)
    if not habit:
        function_words = sum(word.lower() in _FUNCTION_WORDS for word in words)
        is_sentence = function_words >= _FUNCTION_SHARE * len(words)  # and no list of words
        return len(words) >= _LONG_SENTENCE and is_sentence and not _SUM.search(bare)
    if sum(habit) < _SHARE * len(habit) or _RESULT.match(bare):
        return False
    if len(words) >= _FEWEST_WORDS:
        return True
    is_fragment = (len(words) > 1 and words[1].islower()) or sum(habit) >= _FEWEST_LINES
    return bool(words) and is_fragment and not _SUM.search(bare)


def _lacks_in_list(last: str, lines: list[str]) -> bool:
    items = _items_above(lines, last.strip()[:1].isdigit())
    if not items:
        habit = [_ends_with_stop(line) for line in lines if _is_prose(line)]
        is_long = len(_WORD.findall(last)) >= _FEWEST_WORDS
        return is_long and sum(habit) >= _FEWEST_LINES and all(habit)
    if len(items) >= _FEWEST_ITEMS and not _is_like(last, items):
        return True
    ends = sum(map(_ends_with_stop, items))
    return ends >= _SHARE * len(items)


def _items_above(lines: list[str], is_numbered: bool) -> list[str]:
    """Return the earlier items of that kind in the list that ends with the last line."""
    items: list[str] = []
    for line in reversed(lines):
        if not _ITEM.match(line):
            if line[:1] not in " \t":
                break
        elif line.strip()[:1].isdigit() == is_numbered:
            items.append(line)
    return items


def _is_like(last: str, items: list[str]) -> bool:
    """Return whether an item has what all others have: a word, and a colon if they do."""
    bare, others = _ITEM.sub("", last), [_ITEM.sub("", item) for item in items]
    return all(
        re.search(sign, bare) or not all(re.search(sign, other) for other in others)
        for sign in (r"[^\W\d_]{2}", r":")
    )


def _is_prose(line: str) -> bool:
    if any(mark.match(line) for mark in (_ITEM, _HEADING, _ROW, _SALUTATION)):
        return False
    return len(_WORD.findall(line)) >= _FEWEST_WORDS


def _is_signature(lines: list[str], bare: str) -> bool:
    """Return whether the last line stands under the farewell of a letter, or is a name."""
    near = [line for line in lines[-_SIGNED_WITHIN:] if not _SALUTATION.match(line)]
    if any(_RULE.match(line) for line in near):
        return False  # what follows the letter
    signed = any(len(line) < _LONGEST_FAREWELL and _SIGN_OFF.match(line) for line in near)
    is_letter = any(_SALUTATION.match(line) for line in lines)
    return signed or (is_letter and bool(_NAME.fullmatch(bare)))


def _is_imprint(above: str, bare: str) -> bool:
    """Return whether the last line stands by itself and is made of names and numbers."""
    words = _NAME_OR_NUMBER.findall(bare)
    named = sum(not word[0].islower() for word in words)
    return above.endswith("\n") and named >= _NAMED_SHARE * len(words)


def _is_verse(above: str) -> bool:
    """Return whether the line right above has no stop: verse, an address, a list without marks."""
    line = above.rpartition("\n")[2]
    return bool(line.strip()) and not _ends_with_stop(line)


def _without_tags(line: str) -> str:
    """Return the line without the hashtags at its end."""
    words = line.split()
    while words and words[-1].startswith("#"):
        words.pop()
    return " ".join(words)


def _ends_with_stop(line: str) -> bool:
    return bool(_STOP.search(line.strip().replace("∎", "∎.").rstrip(CLOSERS)))
