"""May this instruction and this response be trained on? Each check gives a typed reason.

`answer_checks` judge text that was rewritten for a page; here a person asks and is answered. So
an instruction may say "I am unable to open the document" or "thanks, let me know", a response may
be a letter that ends with "let me know", and "here is the revised text" is right where one was
asked for.
"""

import re

from gleanery.tasks import answer_checks
from gleanery.tasks.language import names_another_language, wrong_language
from gleanery.tasks.shirking import shirks
from gleanery.tasks.shirking_brevity import word_count
from gleanery.tasks.skills.generate_asked import (
    asks_for_an_edit,
    sets_its_length,
)
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generate_leaks import (
    declined,
    farewell,
    revision_leaks,
    talk_of_skills,
)
from gleanery.tasks.skills.generate_texts import Texts

_LENIENCE = 2  # models count words badly: half the least and twice the most are let pass
_FEWEST_ASKED = 3  # words of an instruction

_PLACEHOLDER = re.compile(r"\W*(?:the |your )?(?:instruction|response)\W*", re.IGNORECASE)
_SHOWN = re.compile(r"\b(?:text|page|document|context|source|passage|original)\b", re.IGNORECASE)
_OWN_NAMES = re.compile(
    r"\b(?:instruction|response|answer|reply|question|pair|critique|criticism|weakness|words?)\b",
    re.IGNORECASE,
)
_POLITE = ("sure", "certainly", "of course", "absolutely", "ok", "alright", "no problem", "gladly")


def text_problem(texts: Texts, config: GenerationConfig) -> tuple[str, str] | None:
    """Return reason and telling words if either text is not fit to be trained on.

    Reasons: "empty", "refusal", "meta_preamble", "meta_comment", "revision_leak", "small_talk",
    "echo", "wrong_language", "too_short" and "too_long" (under half of the words asked for, or
    over twice; an instruction may set a shorter length of its own), and those of `shirks`.
    """
    for name, text in (("instruction", texts.instruction), ("response", texts.response)):
        words = answer_checks.empty(text) or (_PLACEHOLDER.fullmatch(text) and text)
        if words:
            return "empty", f"{name}: {words}"
    return (
        _instruction_problem(texts.instruction)
        or _response_problem(texts.instruction, texts.response)
        or _language_problem(texts, config)
        or _length_problem(texts, config)
        or _shirking(texts.instruction, texts.response)
    )


def _instruction_problem(text: str) -> tuple[str, str] | None:
    if words := declined(text):
        return "refusal", f"instruction: {words}"
    preamble = answer_checks.meta_preamble(text)
    if preamble and preamble.startswith(_POLITE):
        return "meta_preamble", f"instruction: {preamble}"
    # People ask about drafts, versions and prompts; what opens the text is ours.
    opening = next((leak[0] for leak in revision_leaks(text) if leak.start() == 0), None)
    if opening:
        return "revision_leak", f"instruction: {opening.strip()}"
    if words := talk_of_skills(text):
        return "meta_comment", f"instruction: {words}"
    return None


def _response_problem(instruction: str, response: str) -> tuple[str, str] | None:
    if words := answer_checks.refusal(response):
        return "refusal", words
    words = answer_checks.meta_preamble(response)
    if words and (words.startswith(_POLITE) or not _asked_for(words, instruction)):
        return "meta_preamble", words
    for leak in (leak[0].strip() for leak in revision_leaks(response)):
        if leak not in instruction and not _asked_for(leak, instruction):
            return "revision_leak", leak
    words = answer_checks.meta_comment(response)
    if words and not _shown(words, instruction):
        return "meta_comment", words
    if words := talk_of_skills(response):
        return "meta_comment", words
    if words := farewell(instruction, response):
        return "small_talk", words
    if words := answer_checks.echo(instruction, response):
        return "echo", words
    return None


def _shirking(instruction: str, response: str) -> tuple[str, str] | None:
    problem = shirks(instruction, response)
    if problem and problem[0] == "revision_leak" and _shown(problem[1], instruction):
        return None  # "the original" is one that the instruction brought
    return problem


def _asked_for(words: str, instruction: str) -> bool:
    """Return whether words hand over what was asked for: "here is the revised version", the JSON.

    A text that was not talked of before ("the revised response") was not asked for.
    """
    asked, own = instruction.casefold(), set(map(str.casefold, _OWN_NAMES.findall(words)))
    if "json" in words.casefold() and "json" in asked:
        return True
    return asks_for_an_edit(asked) and all(name in asked for name in own)


def _shown(words: str, instruction: str) -> bool:
    """Return whether a remark on some text may be about one that the instruction brought."""
    told = {match.casefold() for match in _SHOWN.findall(instruction)}
    return bool(told & {match.casefold() for match in _SHOWN.findall(words)})


def _language_problem(texts: Texts, config: GenerationConfig) -> tuple[str, str] | None:
    if words := wrong_language(texts.instruction, config.language):
        return "wrong_language", f"instruction: {words}"
    words = wrong_language(texts.response, config.language)
    if words and not names_another_language(texts.instruction, config.language):
        return "wrong_language", f"response: {words}"
    return None


def _length_problem(texts: Texts, config: GenerationConfig) -> tuple[str, str] | None:
    asked, said = word_count(texts.instruction), word_count(texts.response)
    if asked < _FEWEST_ASKED:
        return "too_short", f"instruction: {texts.instruction}"
    if said < config.least_words / _LENIENCE and not sets_its_length(texts.instruction):
        return "too_short", f"{said} words, asked for {config.least_words} at least"
    if said > config.most_words * _LENIENCE:
        return "too_long", f"{said} words, asked for {config.most_words} at most"
    return None
