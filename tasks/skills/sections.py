"""Several texts in one answer, each between marker lines, so that they arrive as they were written.

Inside a JSON string every quote, backslash and line break of Markdown, code and LaTeX has to be
escaped; models slip there, and half of the slips still parse: a `\\n` inside a string of a program
becomes a real line break, and nobody notices. Here nothing is escaped, so nothing can be damaged.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from gleanery.tasks.control_characters import without_control_characters

END = "end"

_LONGEST_REMARK = 200  # characters of a line before or behind all sections
_RULE = re.compile(r"[-*_=]{3,}")
_FENCE = re.compile(r"(`{3,}|~{3,})[\w-]*")
_ENTRY = re.compile(r"[-*+•–][ \t]|\d{1,3}[.)][ \t]")  # of a list, which goes on from a text
_MARKS = r"(?:\*{1,3}|_{1,3}|`)"  # in pairs around a marker


def marker(name: str) -> str:
    """Return the line that opens the section of this name."""
    return f"<<<{name}>>>"


def write_sections(texts: Mapping[str, str]) -> str:
    """Return texts the way `read_sections` takes them."""
    lines = [line for name, text in texts.items() for line in (marker(name), text)]
    return "\n".join([*lines, marker(END)])


def has_marker(answer: str, names: Sequence[str]) -> bool:
    """Return whether any marker of these sections, well written or not, is in an answer."""
    return bool(_markers(answer, names))


def read_sections(answer: str, names: Sequence[str]) -> dict[str, str]:
    """Return the text of each section, without surrounding white space.

    Every marker has to stand once, alone on its line but for marks of emphasis, in the order of
    `names` and closed by the end marker. Around all of them there may be a code fence, one line of
    up to 200 characters before and one behind, and a leading `<think>` block. Raises `ValueError`
    saying what is amiss: also for a text that itself holds a marker, since nothing tells then
    which of the two is meant.
    """
    answer = _without_thoughts(answer.replace("\r\n", "\n"), names[0])
    found = _markers(answer, names)
    expected, met = [marker(name) for name in (*names, END)], [match[0] for match in found]
    if met != expected:
        raise ValueError(f"markers {' '.join(met) or 'none'} instead of {' '.join(expected)}")
    lines = [_line_of(answer, match) for match in found]
    _check_around(answer[: lines[0][0]], answer[lines[-1][1] :])
    texts = [answer[opened:closed] for (_, opened), (closed, _) in pairwise(lines)]
    return dict(zip(names, (without_control_characters(t).strip() for t in texts), strict=True))


def _markers(answer: str, names: Sequence[str]) -> list[re.Match[str]]:
    known = "|".join((*map(re.escape, names), END))
    return list(re.finditer(rf"<<<[ \t]*(?:/[ \t]*)?({known})[ \t]*>>>", answer, re.IGNORECASE))


def _line_of(answer: str, match: re.Match[str]) -> tuple[int, int]:
    """Return where a marker's line begins and ends; whoever sets it in bold sets all of it."""
    start = answer.rfind("\n", 0, match.start()) + 1
    end = answer.find("\n", match.end())
    end = len(answer) if end < 0 else end
    line = answer[start:end].strip()
    if not re.fullmatch(rf"({_MARKS}?){re.escape(match[0])}\1", line):
        raise ValueError(f"{match[0]} does not stand alone on its line: {line[:100]!r}")
    return start, end


def _check_around(before: str, after: str) -> None:
    """Raise `ValueError` for what may be more than a remark, or half of a fence.

    A fence on one side only has its other half within a text, or is that of a text's own code.
    """
    ahead, behind = _lines(before), _lines(after)
    opening = _FENCE.fullmatch(ahead[-1]) if ahead else None
    closing = _FENCE.fullmatch(behind[0]) if behind else None
    if opening and closing and closing[0] == opening[1]:
        ahead, behind = ahead[:-1], behind[1:]
    for lines in (ahead, behind):
        if lines and not (len(lines) == 1 and _is_remark(lines[0])):
            raise ValueError(f"text outside the sections: {' '.join(lines)[:100]!r}")


def _is_remark(line: str) -> bool:
    return len(line) <= _LONGEST_REMARK and not _FENCE.match(line) and not _ENTRY.match(line)


def _lines(around: str) -> list[str]:
    """Return the lines that say something."""
    lines = (line.strip() for line in around.splitlines())
    return [line for line in lines if line and not _RULE.fullmatch(line)]


def _without_thoughts(answer: str, first: str) -> str:
    """Return the answer behind its reasoning; servers do not always send the opening tag of it."""
    line = re.compile(rf"({_MARKS}?){re.escape(marker(first))}\1")
    if not line.match(answer.lstrip()):
        for ended in re.finditer("</think>", answer):
            # A remark and a fence may come before the marker.
            behind = _lines(answer[ended.end() : ended.end() + 3 * _LONGEST_REMARK])[:3]
            if any(map(line.fullmatch, behind)):
                return answer[ended.end() :]
    return answer
