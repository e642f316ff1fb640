"""Is a response shorter than what was asked for can be?"""

import re

from gleanery.tasks.shirking_length import least_words
from gleanery.tasks.shirking_measures import measures

_WORKED = 12  # words that suffice where the answer is a calculation or a piece of code,
_COMMANDED = 20  # and where it is a command within a sentence
_PER_FACT = 3  # words that each number, name, formula and piece of code stands for,
_MOST_FOR_FACTS = 15  # and all of them together
_PER_LINE = 5  # words that each line of a list, a table or verse stands for
_FEW_LINES = 3  # which a letter of one sentence has too

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WIDE_PER_WORD = 2  # letters of a script without spaces that say as much as a word
_WORKING = re.compile(r"```|\$[^$\n]{3,}\$|\\\[|=\s*[-\d]|^\s*`[^`\n]+`\s*$", re.MULTILINE)
_COMMAND = re.compile(r"`[^`\n]+ [^`\n]+`")


def brevity(instruction: str, response: str) -> str | None:
    """Return how many words a response has if what is asked for cannot be said in so few.

    What an instruction needs at least is judged by what it asks for, see `least_words`; facts
    and lines count for more than words, so that a table and an answer full of numbers pass.
    """
    least = least_words(instruction)
    if _WORKING.search(response):
        least = min(least, _WORKED)
    elif _COMMAND.search(response):
        least = min(least, _COMMANDED)
    words = word_count(response)
    if words >= least:
        return None
    found = measures(instruction, response)
    for_facts = _PER_FACT * found.concrete * found.words / 100
    lines = sum(bool(line.strip()) for line in response.splitlines())
    for_lines = _PER_LINE * max(0, lines - _FEW_LINES)
    if words + min(for_facts, _MOST_FOR_FACTS) + for_lines >= least:
        return None
    return f"{words} words where {least} are the least: {response[:80]}"


def word_count(text: str) -> int:
    """Return the number of words; in scripts without spaces, two letters count as one."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // _WIDE_PER_WORD
