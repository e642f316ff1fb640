"""Does a text stop before its end?"""

import re

from gleanery.tasks.shirking_stops import CLOSERS, MARKUP, lacks_stop

_LAST = 80  # letters that are shown as telling
_FEWEST_WORDS = 6  # of a last line that is prose and no title, name or sum

_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)(?!.*```)", re.MULTILINE)
_CODE = re.compile(r"^[ \t>]*```.*?^[ \t>]*```[^\n]*$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{\w+\*?\}")
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_LINK = re.compile(r"\]\([^)\s]+\)|https?://\S+|www\.\S+")
_RULE = re.compile(r"^[ \t]*(?:-{3,}|\|[-:| \t]+)$")
_SEPARATOR = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*\|", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\|")
_ITEM = re.compile(r"^[ \t]*(?:[-*+•–✓✗✅]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+")
_BARE_MARK = re.compile(r"^[ \t]*(?:[-+•*☐]|#{1,6}|[*_]*\(?\d{1,2}[.)][*_]*)[ \t]*$")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+\S|^[ \t]*\*\*[^*]+\*\*:?[ \t]*$")
_TAGS = re.compile(r"^(?:#\w+\s*)+$")
_QUOTE = re.compile(r'(?<!\d)"')  # 5" is a length
_SENTENCE_STOP = re.compile(r"[.!?…。！？؟।]$")
_OPEN_END = re.compile(r"(?:[,:(\[{—–]|(?:^|\s)[-=+×·<≤≥≈→&/$£€]|=\s?[$£€])$")
_OPEN_WORDS = (
    "an|the|and|or|but|nor|of|to|from|with|by|for|into|onto|at|as|than|that|which|whose|because|if"
    "|when|where|while|although|since|is|are|was|were|be|been|has|have|had|will|would|can|could"
    "|should|may|might|must|its|their|your|our|my|his|every|between|through|during|until|very"
)
# In lower case only, and a lone "a" after such a word, for "option A" and "part a" are answers.
_DANGLING = re.compile(
    rf"(?:^|[\s(*_\"“])(?:{_OPEN_WORDS}|(?:{_OPEN_WORDS}|in|on|like) a|The|An|And|But|Of|If|When)$"
)
_EMPHASIS = re.compile(r"(?<![\w*\\.\])])\*(?=[\"“(]?[^\W\d_])|(?<=\w)[.,:!?\"”)]?\*(?![\w*])")
_EQUALS_NUMBER = re.compile(r"[=≈≤≥<>→] *[-+−]?[$€£]?[\d.,/ ]+ ?[%°\w]{0,4}$")
_RESULT = re.compile(
    r"^\W*(?:final |short )?(?:answer|result|total|conclusion|verdict)\b", re.IGNORECASE
)
_LABELLED = re.compile(r":\s*\S")
_COUNTS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10}
_COUNTS |= {"nine": 9, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20}
_MOST_COUNTED = 50
_ASKED_COUNT = re.compile(
    rf"\b(?:list|give me|name|suggest|table of|make|write|write me|show me|find|with|what are|share)\b"
    rf"(?: an?| me| up| out| of| the| table| list)* ({'|'.join(_COUNTS)}|\d{{1,2}}) (?:[\w-]+ ){{0,3}}?[a-z]+s\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^[ \t]{0,2}[*_]*(\d{1,2})[.)]")
_ANNOUNCED = re.compile(
    rf"\b({'|'.join(_COUNTS)}) (?:\w+ ){{0,2}}(?:steps|reasons|ways|things|factors|stages|parts|points"
    r"|rules|tips|phases|causes|differences|methods|mistakes|principles|ideas|examples|questions)"
    r"\b[^.!?:]*:\W*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def cut_off(text: str) -> str | None:
    """Return the last words of a text that stops within code, a formula, a table or a sentence.

    A missing full stop tells only of a writer who sets them elsewhere, and not in verse, titles,
    signatures, sums and short items.
    """
    text = text.rstrip()
    if not text:
        return None
    last = text.rpartition("\n")[2].strip().removeprefix(">").strip()
    if _unclosed(text) or _stops_in_table(text):
        return text[-_LAST:].strip()
    if "\n" in text and (_RULE.match(last) or _BARE_MARK.match(last)):
        return text[-_LAST:].strip()
    if _ROW.match(last) or _FENCE.match(last) or _TAGS.match(last):
        return None
    last = _FORMULA.sub("∎", _LINK.sub(".", _CODE.sub("¦", last)))
    if _promises_more(text) or _stops_in_line(last) or _is_heading(text, last) or lacks_stop(text):
        return text[-_LAST:].strip()
    return None


def _unclosed(text: str) -> bool:
    """Return whether a block of code, a displayed formula or an environment stays open."""
    if len(_FENCE.findall(text)) % 2:
        return True
    prose = _CODE.sub(" ", text)
    before, _, after = prose.rpartition("$$")
    if before.count("$$") % 2 == 0 and "$$" in prose and re.search(r"[\\=^_\d]", after):
        return True
    if prose.count("\\[") > prose.count("\\]") or prose.count("\\(") > prose.count("\\)"):
        return True
    kinds = _ENVIRONMENT.findall(prose)
    return kinds.count("begin") > kinds.count("end")


def _stops_in_table(text: str) -> bool:
    """Return whether the text ends with a row that has fewer cells than the one above."""
    if not _SEPARATOR.search(text):
        return False
    above, _, last = text.rpartition("\n")
    above = above.rpartition("\n")[2].strip()
    return bool(_ROW.match(last) and _ROW.match(above)) and last.count("|") < above.count("|")


def _promises_more(text: str) -> bool:
    """Return whether a list that ends the text has fewer items than the line above announces."""
    lines = [line for line in text.splitlines() if line.strip()]
    count = 0
    while lines and (_ITEM.match(lines[-1]) or (count and lines[-1].startswith(("  ", "\t")))):
        count += not lines.pop().startswith((" ", "\t"))
    announced = _ANNOUNCED.search(lines[-1]) if lines and count else None
    return bool(announced) and count < _COUNTS[announced[1].lower()] if announced else False


def _stops_in_line(last: str) -> bool:
    """Return whether the last line leaves something open, whoever wrote it."""
    bare = _ITEM.sub("", last)
    if bare.endswith(("___", "....")):
        return False  # a form
    if _SENTENCE_STOP.search(bare.rstrip(CLOSERS)):
        return False
    if bare.count("**") % 2 or "`" in bare or len(_EMPHASIS.findall(bare)) % 2:
        return True
    if sum(map(bare.count, "([")) > sum(map(bare.count, ")]")):
        return True
    if len(_QUOTE.findall(bare)) % 2 or bare.count("“") > bare.count("”"):
        return True
    bare = bare.rstrip(MARKUP).rstrip()
    if bare.endswith((" in", " on")) and len(_WORD.findall(bare)) >= _FEWEST_WORDS:
        return not _ITEM.match(last)
    return " " in bare and bool(_OPEN_END.search(bare) or _DANGLING.search(bare))


def _is_heading(text: str, last: str) -> bool:
    """Return whether the text ends with a heading, in Markdown or in bold and without a sum."""
    if not _HEADING.match(last) or "\n" not in text:
        return False
    title = last.strip("#* \t")
    if last.startswith("*") and (text.splitlines()[-2].strip() or re.search(r"\d", title)):
        return title.endswith(":")  # one of several bold lines, or a date
    if last.startswith("#") or any(_HEADING.match(line) for line in text.splitlines()[:-1]):
        is_result = _RESULT.match(title) or _EQUALS_NUMBER.search(title) or _LABELLED.search(title)
        return bool(_WORD.search(title)) and not is_result and not _SENTENCE_STOP.search(title)
    return title.endswith(":")


def unfinished(instruction: str, response: str) -> str | None:
    """Return the last words of a list or a table that ends a response with fewer than asked for."""
    response = response.rstrip()
    asked = [_number(match[1]) for match in _ASKED_COUNT.finditer(instruction)]
    count = _entries_at_end(response)
    is_short = len(asked) == 1 and 1 < count < asked[0] <= _MOST_COUNTED
    return response[-_LAST:].strip() if is_short else None


def _entries_at_end(text: str) -> int:
    """Return the number of entries of a numbered list or a table that ends the text, or 0."""
    lines = [line for line in text.splitlines() if line.strip()]
    rows = 0
    for line in reversed(lines):
        if not _ROW.match(line):
            break
        rows += 1
    if rows:
        return max(0, rows - 2)  # without the header and the line under it
    last_number = next(
        (int(match[1]) for line in reversed(lines) if (match := _NUMBERED.match(line))), 0
    )
    return last_number if lines and _ITEM.match(lines[-1]) else 0


def _number(text: str) -> int:
    return _COUNTS.get(text.lower()) or int(text)
