"""Is a response shorter than what was asked for can be?"""

import math
import re

from gleanery.tasks.shirking_length import asked_for, named_least
from gleanery.tasks.shirking_words import models

_NEVER_BRIEF = 200  # words
_PER_FACT = 3  # words that each number, name, formula and piece of code stands for,
_MOST_FOR_FACTS = 15  # and all of them together
_PER_LINE = 5  # words that each line of a list, a table or verse stands for
_FEW_LINES = 3  # which a letter of one sentence has too

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WIDE_PER_WORD = 2  # letters of a script without spaces that say as much as a word
_WORKING = re.compile(
    r"```|\$[^$\n]*[\\^_=<>][^$\n]*\$|\\\[|[=≈]\s*\**\s*[-\d]|^\s*`[^`\n]+`\s*$", re.MULTILINE
)
# A number, a formula, a piece of code, a name within a sentence.
_FACT = re.compile(r"\d+(?:[.,:/]\d+)*|\$[^$\n]+\$|`[^`\n]+`|(?<=[a-z,;] )[A-Z][\w’']+")


def brevity(instruction: str, response: str) -> str | None:
    """Return how many words a response has if what is asked for cannot be said in so few.

    A length that the instruction names decides; else a logistic regression over what it asks for
    (`asked_for`) and how much the response says.
    """
    words, named = word_count(response), named_least(instruction)
    if named is not None:
        is_brief = words < named
    else:
        score = models()["brevity"].score_of
        is_brief = words < _NEVER_BRIEF and score(amounts(instruction, response)) > 0
    return f"{words} words: {response[:80]}" if is_brief else None


def amounts(instruction: str, response: str) -> dict[str, float]:
    """Return what was asked for and what is there, as quantities.

    Facts and lines count for more than words, so that a table and an answer full of numbers pass.
    """
    asked = asked_for(instruction)
    words = word_count(response)
    facts = min(_PER_FACT * len(_FACT.findall(response)), _MOST_FOR_FACTS)
    lines = sum(bool(line.strip()) for line in response.splitlines())
    said = math.log1p(words + facts + _PER_LINE * max(0, lines - _FEW_LINES))
    return asked | {
        "said": said,
        "words": math.log1p(words),
        "facts": facts,
        "lines": math.log1p(lines),
        "working": float(bool(_WORKING.search(response))),
        "said of least": said - asked["least"],
        "said, tiny": said * asked["tiny"],
        "said, no least": said * asked["no least"],
        "said, demands": said * asked["demands"],
    }


def word_count(text: str) -> int:
    """Return the number of words; in scripts without spaces, two letters count as one."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // _WIDE_PER_WORD
