"""Is a response shorter than what was asked for can be?"""

import re

from gleanery.tasks.shirking_asked import least_words

_WORKED = 12  # words that suffice where the answer is a calculation or a piece of code

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WIDE_PER_WORD = 2  # letters of a script without spaces that say as much as a word
_WORKING = re.compile(r"```|\$[^$\n]{3,}\$|\\\[|=\s*[-\d]|^\s*`[^`\n]+`\s*$", re.MULTILINE)


def brevity(instruction: str, response: str) -> str | None:
    """Return how many words a response has if what is asked for cannot be said in so few.

    What an instruction needs at least is judged by what it asks for, see `least_words`.
    """
    least = least_words(instruction)
    if _WORKING.search(response):
        least = min(least, _WORKED)
    words = word_count(response)
    return f"{words} words where {least} are the least: {response[:80]}" if words < least else None


def word_count(text: str) -> int:
    """Return the number of words; in scripts without spaces, two letters count as one."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // _WIDE_PER_WORD
