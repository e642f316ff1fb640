"""What each score says, in a few words: for whoever reads a release's columns or writes a recipe.

All are from 0 to 1.
"""

from collections.abc import Mapping
from types import MappingProxyType

_FIVE_GRADES = "grades 1 to 5 as 0, 0.25, 0.5, 0.75 and 1, so that 0.75 is 4 of 5"

JUDGE_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "self_contained": f"whether the question can be answered as it stands; {_FIVE_GRADES}",
        "correct": f"whether the answer is right; {_FIVE_GRADES}",
        "complete": f"whether all of the task is answered; {_FIVE_GRADES}",
        "educational": f"what a learner takes away; {_FIVE_GRADES}",
    }
)

HEURISTICS_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "quality": "what all flaws below and the answer's length come to; it ranks rows",
        "question_length": "1 for a question of usual length, less for a very short or long one",
        "answer_length": "1 for an answer of 60 words and more, less for fewer and for thousands",
        "asks": "1 if the question asks or demands something",
        "self_contained": "less than 1 if question or answer points at what no reader sees",
        "own_words": "0 if the answer is only the question once more",
        "language": "0 if no language fits both question and answer",
        "on_task": "0 if the answer shirks its task, 0.5 if it is merely brief",
        "finished": "0 if the answer breaks off, or has fewer items than were asked for",
        "repetition": "less than 1 the more the answer repeats itself",
        "balanced": "less than 1 if brackets, formulas or code blocks stay open",
        "characters": "less than 1 the more characters are unreadable",
        "markup": "less than 1 the more raw tags and entities there are",
        "boilerplate": "less than 1 the more leftovers of a web page there are",
        "final_answer": "1 if a final result can be made out; an explanation has none",
    }
)

AGREEMENT_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "agreement": "share of the other versions of the answer that arrive at its result",
        "kept_result": "1 if a rewrite arrives at the page's own result, 0 if at another",
        "difficulty": "share of the answers sampled to the question that disagree with most",
    }
)

# What examples are made with, a method's own scores. Those about single skills are in the lineage.
METHOD_MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "taxonomy": {"agreement": "share of the sampled answers that arrive at this one's result"},
        "skills": {
            "verified": "1 if the verifier's answer could be read, else 0",
            "exercises": "share of the skills of its plan that the answer shows, by the verifier",
            "answers": "whether the answer does what the instruction asks, by the verifier",
        },
    }
)
