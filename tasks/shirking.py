"""Does a response shirk its task? One reason, and the words that tell it.

Lazy answers spoil a training set even where they are few: with a fifth of the answers cut to a
paragraph or filled with platitudes, a model tuned on them falls far behind (Instruct-SkillMix,
arXiv 2408.14774). Each reason has one detector, and where a refined answer from a page can shirk
in the same way it is the detector that refinement uses (`answer_checks`).
"""

import re

from gleanery.tasks import answer_checks
from gleanery.tasks.shirking_asked import asks_for_edit, asks_for_voice
from gleanery.tasks.shirking_brevity import brevity
from gleanery.tasks.shirking_cut_off import cut_off, unfinished
from gleanery.tasks.shirking_revision_leak import revision_leak
from gleanery.tasks.shirking_words import filler, meta_talk, vagueness
from gleanery.tasks.shirking_words import refusal as declined

_SHOWN = re.compile(
    r"\b(?:text|page|document|context|source|passage|original|article|json|output)\b", re.IGNORECASE
)
_OFFER = re.compile(
    r"would you like (?:me|another|a different)|do you want me|if you (?:would like|want)"
)


def shirks(instruction: str, response: str) -> tuple[str, str] | None:
    """Return why a response may not be trained on, and the telling words, or None if it may.

    Reasons, in the order in which they are looked for: "refusal", "revision_leak", "meta_talk",
    "meta_preamble", "meta_comment", "small_talk", "cut_off", "filler", "vagueness", "brevity".
    What is written for others to read (a letter, a speech) may thank and say farewell.
    """
    return _beside_the_task(instruction, response) or _too_little(instruction, response)


def _beside_the_task(instruction: str, response: str) -> tuple[str, str] | None:
    """Return the reason if a response speaks of itself or of its writer in place of the subject."""
    has_voice = asks_for_voice(instruction)
    set_phrase = None if has_voice else answer_checks.refusal(response)
    if words := set_phrase or declined(response, has_voice):
        return "refusal", words
    edits = asks_for_edit(instruction)
    if words := revision_leak(instruction, response):
        return "revision_leak", words
    if words := meta_talk(response, has_voice):
        return "meta_talk", words
    shown = bool(_SHOWN.search(instruction))
    if not (edits or shown or has_voice) and (words := answer_checks.meta_preamble(response)):
        return "meta_preamble", words
    if not shown and (words := answer_checks.meta_comment(response)):
        return "meta_comment", words
    words = answer_checks.small_talk(response)
    if words and not (has_voice and not _OFFER.match(words)):
        return "small_talk", words
    return None


def _too_little(instruction: str, response: str) -> tuple[str, str] | None:
    """Return the reason if a response does not do, or not to the end, what was asked."""
    if words := cut_off(response) or unfinished(instruction, response):
        return "cut_off", words
    if words := filler(response):
        return "filler", words
    if words := vagueness(response):
        return "vagueness", words
    if words := brevity(instruction, response):
        return "brevity", words
    return None
