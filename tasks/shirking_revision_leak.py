"""Does a response tell of the drafts, edits and reviews that it came from?

Some do so in set phrases. Others take one sentence anywhere in the text ("The earlier figure has
been corrected"), so each sentence is judged by itself, by a logistic regression over its words and over what kinds of words
meet in it: an edit, an earlier one, a text, a part of it, a critic. What the instruction speaks of
(a draft to correct, a client's feedback) tells less. The words of the whole text count a little.
"""

import functools
import itertools
import re

from gleanery.tasks.shirking_asked import asks_for_edit, asks_for_voice
from gleanery.tasks.shirking_leak_phrases import set_phrase
from gleanery.tasks.shirking_prose import plain_prose
from gleanery.tasks.shirking_words import models, phrases_of, tokens

_MOST_TOKENS = 60  # of a sentence that are looked at
_LABEL = 6  # words of a label, at most
_NEAR = 6  # words between which two kinds of words belong together
OF_TEXT = 0.25  # of the text's log-odds beside those of its most telling sentence
_VOICE = 0.5  # log-odds more that it takes where somebody speaks, who may have drafts of his own
_LAST = 2  # sentences at the end of a text

_SENTENCE = re.compile(r"(?<=[.!?:;])[)\"*_…]*\s+|\n+|(?=[(\[])|[)\]]")
_WORD = re.compile(r"[a-z']+")
_RESULT = re.compile(r"\W*(?:the )?final (?:answer|result)\W*(?:$|is\b|:|=)")
_KINDS = {
    "edit": r"(?:improv|revis|refin|re-?writ\w*|re-?wrote|re-?work|correct|edit|updat|polish"
    r"|enhanc|re-?word|re-?phras|shorten|condens|trimm?|tighten|streamlin|restructur|reformat\w*"
    r"|clean\w*|expand|amend|adjust|simplif|remov|merg|replac|cut|took|taken|mov|add|soften|drop\w*"
    r"|delet|chang|fix|clarif|reorgani[sz]|swap\w*|ton|reduc|split|combin|incorporat|left|omit\w*"
    r"|insert|eliminat|redraft|redid|redone|compress|abridg|pared|strip\w*|withdraw\w*|restor"
    r"|brought|gone|mend|turn)(?:d|ed|t|ied|ies|es|s|ing|ten|ting|n)?",
    "earlier": r"previous|prior|earlier|last|first|initial|original|old|older|preceding|former"
    r"|before|previously|originally|initially|formerly|beforehand|no",
    "text": r"answers?|responses?|repl(?:y|ies)|versions?|drafts?|attempts?|explanations?|rewrites?"
    r"|revisions?|iterations?|submission|rendition|rendering|take|letter|e-?mail|essay|poem|speech"
    r"|story|summary|solution|message|list|table|text|plan|article|toast|paragraph|recipe"
    r"|proposal|output|haiku|limerick|post|script|wording|try|round|pass",
    "part": r"paragraphs?|introduct\w+|intro|openings?|ending|tone|phras(?:es?|ing)|redundan\w+"
    r"|repetiti\w+|level|clich\w+|headings?|points?|formatting|typos?|transitions?|jargon"
    r"|adjectives|filler|voice|closing|readability|fluff|flow|hedg(?:es?|ing)|preamble|sentences?"
    r"|sections?|structure|conclusion|examples?|definitions?|details?|metaphors?|rhymes?|length"
    r"|syllables?|calculation|units?|steps?|verbosity|wordiness|disclaimers?|greeting|anecdote"
    r"|humou?r|numbers?|figures?|lines?|style|clarity|grammar|mistakes?|errors?|slip|mention",
    "better": r"better|shorter|clearer|tighter|concise|more|less|longer|simpler|warmer|sharper"
    r"|final|new|improved|revised|fuller|friendlier|now|properly|plainly",
    "critic": r"feedback|criticisms?|critiques?|comments?|review(?:ers?)?|objections?|complaints?"
    r"|suggest\w*|pointed|remarks?|noted|requested|asked|editors?|criticised|criticized|weakness\w*",
}
_KIND = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()))
_TELLING = frozenset({"edit", "text", "critic"})  # without one of these a sentence tells of no edit
_BESIDE = frozenset("been was were has have i longer instead not you it is are this".split())


def revision_leak(instruction: str, response: str) -> str | None:
    """Return the words of a response that tell of its drafts, edits or reviews.

    Where an edit is what the instruction asks for, telling of it is no leak.
    """
    if words := set_phrase(instruction, response):
        return words
    if asks_for_edit(instruction):
        return None
    model = models()["revision_leak"]
    told = [
        (model.score(features), sentence)
        for sentence, features in sentence_features(instruction, response)
    ]
    if not told:
        return None
    score, sentence = max(told)
    score += OF_TEXT * models()["revision_leak_text"].score_by_length(
        phrases_of(plain_prose(response))
    )
    return sentence if score > (_VOICE if asks_for_voice(instruction) else 0.0) else None


def sentence_features(instruction: str, response: str) -> list[tuple[str, frozenset[str]]]:
    """Return the sentences that may tell of an edit, each with its features."""
    prose = plain_prose(response)
    parts = [part.strip() for part in _SENTENCE.split(prose) if part and part.strip()]
    given = frozenset(_WORD.findall(instruction.lower()))
    found = []
    for number, part in enumerate(parts):
        words = tokens(part)[:_MOST_TOKENS]
        kinds = [_kind(word) for word in words]
        if _TELLING.isdisjoint(kinds) or _RESULT.match(part):
            continue
        features = _features(words, kinds, given)
        features |= _place(part, number, len(parts), len(words))
        found.append((part, frozenset(features)))
    return found


def _place(part: str, number: int, count: int, length: int) -> set[str]:
    """Return where a sentence stands and what it looks like: an end of the text, a bracket, a label."""
    found = {
        "=first": number == 0,
        "=last": number >= count - _LAST,
        "=very last": number == count - 1,
        "=bracket": part[0] in "([",
        "=label": part.rstrip("*_ ").endswith(":") and length <= _LABEL,
        "=short": length <= _LABEL,
    }
    return {name for name, holds in found.items() if holds}


def _features(words: list[str], kinds: list[str], given: frozenset[str]) -> set[str]:
    tagged = [
        (f"<{kind}?>" if word in given else f"<{kind}>") if kind else word
        for word, kind in zip(words, kinds, strict=True)
    ]
    present = sorted({tag for tag in tagged if tag[0] == "<"})
    features = {*words, *present}
    features.update(map(" ".join, itertools.pairwise(tagged)))
    features.update(
        " ".join(three)
        for three in zip(tagged, tagged[1:], tagged[2:], strict=False)
        if three[0][0] == "<" or three[2][0] == "<"
    )
    features.update(
        f"{one} & {other}" for at, one in enumerate(present) for other in present[at + 1 :]
    )
    for at, tag in enumerate(tagged):
        if tag[0] == "<":
            near = tagged[at + 1 : at + 1 + _NEAR]
            features.update(f"{tag} … {other}" for other in near if _counts(other))
    return features


def _counts(word: str) -> bool:
    return word[0] == "<" or word in _BESIDE


@functools.lru_cache(maxsize=1 << 14)
def _kind(word: str) -> str:
    match = _KIND.fullmatch(word)
    return str(match.lastgroup) if match else ""
