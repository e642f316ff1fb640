"""Does a response shirk its task? One reason and the words that tell it."""

from gleanery.tasks import answer_checks
from gleanery.tasks.shirking_cut_off import cut_off


def shirks(instruction: str, response: str) -> tuple[str, str] | None:
    """Return why a response may not be trained on, and the telling words, or None if it may.

    Reasons: "refusal", "cut_off".
    """
    if words := answer_checks.refusal(response):
        return "refusal", words
    if words := cut_off(response):
        return "cut_off", words
    return None
