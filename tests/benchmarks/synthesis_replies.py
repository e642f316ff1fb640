"""What the model of `synthesis.py` says: English of the right length, quickly made and never twice.

The stub server loads this file (`respond`), and so does every client for its prompts
(`question_text`): it needs the standard library alone. A text means nothing, but it passes the
checks that the pipeline has for language, echoes and answers that shirk.
"""

import random
import re
import zlib
from typing import Any

QUESTION_WORDS, ANSWER_WORDS, INSTRUCTION_WORDS, RESPONSE_WORDS = 95, 170, 60, 240
SENTENCE_WORDS = 13

_STARTS = ("The", "Each", "Every", "One", "That", "This", "Any", "Its")
_ARTICLES = ("the", "a", "the first", "the second", "its", "that", "some", "the other")
_THINGS = re.findall(
    r"\w+",
    """angle sample enzyme market voltage orbit proof matrix ledger valve kernel tariff melody soil
    lattice tissue pulley reservoir ballot clause cipher hull furnace pigment glacier antibody
    queue lens alloy rhythm dosage contour hinge canal spectrum fibre bridge signal mortar yeast
    crane pollen index gear basin column nerve pump shaft crystal frame tensor relay auction
    meridian bearing solvent archive gasket""",
)
_DOINGS = re.findall(
    r"\w+",
    """holds moves feeds limits carries splits balances drives absorbs shifts doubles follows bends
    filters stores lifts cools guards joins measures reverses delays covers releases""",
)
_LINKS = re.findall(
    r"\w+",
    """and because while when after before where since with under above beside between against
    through without""",
)


def prose(seed: object, words: int) -> str:
    """Return sentences of about `words` words in all, the same for the same seed."""
    drawn = random.Random(zlib.crc32(str(seed).encode()) | len(str(seed)) << 32)
    sentences = max(1, words // SENTENCE_WORDS)
    things = drawn.choices(_THINGS, k=4 * sentences)
    doings = drawn.choices(_DOINGS, k=2 * sentences)
    links = drawn.choices(_LINKS, k=sentences)
    articles = drawn.choices(_ARTICLES, k=3 * sentences)
    starts = drawn.choices(_STARTS, k=sentences)
    figures = drawn.choices(range(2, 2000), k=sentences)
    return " ".join(
        f"{starts[n]} {things[4 * n]} {doings[2 * n]} {articles[3 * n]} {things[4 * n + 1]} "
        f"{links[n]} {articles[3 * n + 1]} {things[4 * n + 2]} {doings[2 * n + 1]} "
        f"{articles[3 * n + 2]} {things[4 * n + 3]} of {figures[n]} parts."
        for n in range(sentences)
    )


def question_text(number: int) -> str:
    """Return the question with this number."""
    return f"{prose(('question', number), QUESTION_WORDS)} What follows for case {number}, and why?"


def respond(body: dict[str, Any], nth: int) -> str:
    """Return an answer to a question, or what a turn of the conversation about skills asks for."""
    messages = body["messages"]
    asked = messages[-1]["content"] if messages else "what curator asks to see the server's limits"
    if "<<<instruction>>>" in asked:
        return _example((asked[-400:], messages[0]["content"][-600:]))
    return prose(asked, ANSWER_WORDS)


def _example(seed: object) -> str:
    instruction = f"{prose(('instruction', seed), INSTRUCTION_WORDS)} What should I do about it?"
    response = prose(("response", seed), RESPONSE_WORDS)
    return f"<<<instruction>>>\n{instruction}\n<<<response>>>\n{response}\n<<<end>>>"
