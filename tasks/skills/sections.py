"""Several texts in one answer, each between marker lines, so that they arrive as they were written.

Inside a JSON string every quote, backslash and line break of Markdown, code and LaTeX has to be
escaped; models slip there, and half of the slips still parse: a `\\n` inside a string of a program
becomes a real line break, and nobody notices. Here nothing is escaped, so nothing can be damaged.
"""

import re
from collections.abc import Mapping, Sequence

END = "end"

_THOUGHT_ENDS = "</think>"
_NEVER_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def marker(name: str) -> str:
    """Return the line that opens the section of this name."""
    return f"<<<{name}>>>"


def write_sections(texts: Mapping[str, str]) -> str:
    """Return texts the way `read_sections` takes them."""
    lines = [line for name, text in texts.items() for line in (marker(name), text)]
    return "\n".join([*lines, marker(END)])


def read_sections(answer: str, names: Sequence[str]) -> dict[str, str]:
    """Return the text of each section, without surrounding white space.

    Every marker has to stand once, alone on its line, in the order of `names` and closed by the
    end marker, with nothing before, behind or beside them but a leading `<think>` block. Raises
    `ValueError` saying what is amiss: also for a text that itself holds a marker, since nothing
    tells then which of the two is meant.
    """
    answer = _without_thoughts(answer.replace("\r\n", "\n"), names[0])
    markers = "|".join((*map(re.escape, names), END))
    found = list(re.finditer(rf"<<<[ \t]*/?[ \t]*({markers})[ \t]*>>>", answer, re.IGNORECASE))
    expected, met = [marker(name) for name in (*names, END)], [match[0] for match in found]
    if met != expected:
        raise ValueError(f"markers {' '.join(met) or 'none'} instead of {' '.join(expected)}")
    for match in found:
        line = answer[answer.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0].strip()
        if line != match[0]:
            raise ValueError(f"{match[0]} does not stand alone on its line: {line[:100]!r}")
    outside = (answer[: found[0].start()] + answer[found[-1].end() :]).strip()
    if outside:
        raise ValueError(f"text outside the sections: {outside[:100]!r}")
    ends = [match.start() for match in found[1:]]
    spans = zip(found, ends, strict=False)
    texts = [_NEVER_TEXT.sub("", answer[opening.end() : end]).strip() for opening, end in spans]
    return dict(zip(names, texts, strict=True))


def _without_thoughts(answer: str, first: str) -> str:
    """Return the answer behind its reasoning; servers do not always send the opening tag of it."""
    if answer.lstrip().startswith(marker(first)):
        return answer
    start = re.search(rf"{_THOUGHT_ENDS}\s*(?={re.escape(marker(first))})", answer)
    return answer[start.end() :] if start else answer
