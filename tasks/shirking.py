"""Does a response shirk its task? One reason and the words that tell it."""

from gleanery.tasks import answer_checks
from gleanery.tasks.shirking_asked import asks_for_edit, asks_for_persona
from gleanery.tasks.shirking_brevity import brevity
from gleanery.tasks.shirking_cut_off import cut_off
from gleanery.tasks.shirking_meta_talk import meta_talk
from gleanery.tasks.shirking_revision_leak import revision_leak
from gleanery.tasks.shirking_thin import filler, vagueness


def shirks(instruction: str, response: str) -> tuple[str, str] | None:
    """Return why a response may not be trained on, and the telling words, or None if it may."""
    if not asks_for_persona(instruction) or not answer_checks.small_talk(response):
        pass
    if words := answer_checks.refusal(response):
        return "refusal", words
    if not asks_for_edit(instruction) and (words := revision_leak(instruction, response)):
        return "revision_leak", words
    if words := meta_talk(response):
        return "meta_talk", words
    if words := cut_off(response):
        return "cut_off", words
    for check in (brevity, filler, vagueness):
        if words := check(instruction, response):
            return check.__name__, words
    return None
