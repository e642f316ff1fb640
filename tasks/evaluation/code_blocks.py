"""The pieces of an answer that may be code."""

import re
import textwrap

from gleanery.tasks.evaluation.stated_answers import without_thoughts

_FENCE = re.compile(
    r"^[ \t]*(?P<fence>```+|~~~+)[ \t]*(?P<language>[\w+#.-]*)[^\n]*\n"
    r"(?P<code>.*?)(?:^[ \t]*(?P=fence)|\Z)",
    re.DOTALL | re.MULTILINE,
)
_OPEN_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_PYTHON = {"", "python", "python3", "py", "py3", "python2", "pycon", "ipython", "code"}
_MARKED = re.compile(r"(?:(?!\[DONE\]).)*?\[BEGIN\](.*?)(?:\[DONE\]|\Z)", re.DOTALL)
_DONE = re.compile(r"\[DONE\].*", re.DOTALL)
_SESSION = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?: |$)", re.MULTILINE)


def code_blocks(answer: str) -> list[str]:
    """Return the fenced blocks of Python in an answer, or the whole of it where nothing is fenced.

    What stands between `[BEGIN]` and `[DONE]`, as in the prompts that MBPP was published with, is
    taken before anything else. An answer that closes the fence that its prompt opened is read up
    to there.
    """
    text = without_thoughts(answer.replace("\r\n", "\n").replace("\r", "\n"))
    marked = _MARKED.match(text)
    text = marked[1].strip("\n") if marked else _DONE.sub("", text)
    blocks = [
        match["code"]
        for match in _FENCE.finditer(text)
        if match["language"].lower() in _PYTHON and match["code"].strip()
    ]
    fence = _OPEN_FENCE.search(text)
    if fence and _looks_like_code(text[: fence.start()]):
        blocks = [text[: fence.start()]]  # its first fence closes the one that the prompt opened
    return [_plain(block) for block in blocks or [text]]


def _looks_like_code(text: str) -> bool:
    """Tell whether a text in front of a fence is a program and no introduction to one."""
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and (
        lines[0].startswith((" ", "\t"))
        or any(re.match(r"(?:def|class|import|from)\s+\w+.*[:\w)]$", line) for line in lines[:1])
    )


def _plain(block: str) -> str:
    """Return a block without an interpreter's prompts and without common indentation."""
    if _SESSION.match(block.lstrip("\n")):
        typed = [line for line in block.split("\n") if _SESSION.match(line)]
        return "\n".join(_SESSION.sub("", line, count=1) for line in typed)
    first = next((line for line in block.split("\n") if line.strip()), "")
    # An indented definition is a program shown with an indent; an indented body stays one.
    if re.match(r"[ \t]+(?:def|class|import|from|@)", first):
        return textwrap.dedent(block.strip("\n"))
    return block
