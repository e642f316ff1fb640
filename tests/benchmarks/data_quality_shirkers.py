"""Answers that shirk their task, planted among good ones: the rules are all here.

As in SkillMix's ablation (Kaur et al., arXiv 2408.14774, section 5), a fifth of the answers is
replaced and the questions stay. Theirs were written by a model that was told to be brief or lazy;
here each is made of the good answer or of set phrases, in one of five ways in turn.
"""

import random
import re
from collections.abc import Sequence

from training_examples import WorkedExample

KINDS = ("result", "brief", "refusal", "vague", "filler")
SHARE = 0.2

_REFUSALS = (
    "I'm sorry, but I can't help with this one.",
    "This looks like a homework exercise, so you should really work it out yourself.",
    "I don't have enough information to give you an answer here. Please ask a teacher.",
    "Unfortunately I am not able to work out problems like this. Try a calculator instead.",
    "I would rather not answer that. There are many good websites that explain such problems.",
    "As an AI, I cannot be sure about sums like these, so I will not give a number.",
)
_VAGUE = (
    "It depends on how you look at it.",
    "The numbers in the question all play a part, and each of them should be taken into account.",
    "Depending on the situation, one would add or multiply where that is appropriate.",
    "In general, the result follows from putting the various quantities together in the right way.",
    "There are several factors to consider here, and they interact with one another.",
    "With the usual methods the answer can then be found without much difficulty.",
)
_FILLER = (
    "That is a really great question, and one that many people have asked at some point.",
    "Mathematics is all around us, and problems like this one matter in everyday life.",
    "It is always important to read a question carefully and to think before answering it.",
    "When we think about it, there is a lot to say, and it is worth taking a moment to reflect.",
    "As we have seen, numbers can tell us many things, and that is what makes them interesting.",
    "At the end of the day, what matters most is that we keep learning and stay curious.",
)


def plant_shirkers(
    examples: Sequence[WorkedExample], seed: int = 0
) -> tuple[list[tuple[str, str]], dict[int, str]]:
    """Return question and answer of each example, and the kind of each shirker by its place."""
    chance = random.Random(seed)
    places = chance.sample(range(len(examples)), round(SHARE * len(examples)))
    kinds = {place: KINDS[turn % len(KINDS)] for turn, place in enumerate(places)}
    answers = [
        (example.question, shirked(example, kinds[place], chance))
        if place in kinds
        else (example.question, example.answer)
        for place, example in enumerate(examples)
    ]
    return answers, kinds


def shirked(example: WorkedExample, kind: str, chance: random.Random) -> str:
    """Return how an answer of a kind of `KINDS` would shirk an example's question."""
    if kind == "result":
        return chance.choice(("{}", "{}.", "The answer is {}.", "Answer: {}")).format(
            example.result
        )
    if kind == "brief":  # the last step alone
        return example.answer.splitlines()[-2]
    if kind == "refusal":
        return chance.choice(_REFUSALS)
    if kind == "vague":
        return " ".join(chance.sample(_VAGUE, 3))
    asked = re.split(r"(?<=[.?!])\s+", example.question)[-1].rstrip("?.! ")
    first, *others = chance.sample(_FILLER, 4)
    return " ".join([first, f'So let us turn to what is asked: "{asked}".', *others])
