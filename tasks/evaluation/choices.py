"""Which option of a multiple-choice question an answer chooses."""

import re
from collections.abc import Sequence
from string import ascii_uppercase

from gleanery.tasks.evaluation.choice_texts import DRESS, NAMED, SPACES, text_of
from gleanery.tasks.evaluation.choices_unstated import unstated_choice
from gleanery.tasks.evaluation.stated_answers import plainly, stated
from gleanery.tasks.evaluation.verdicts import Unclear, Verdict

# Behind a letter: another one that might be meant as well.
_OTHER = re.compile(
    r"^\W*(?:(?:\bor\b|\band\b|\band/or\b|/|,|;|&|\+|\bas well as\b|\bbut\b)\W*)"
    r"(?:(?:also|else|maybe|perhaps|possibly|even|both|option|choice)\W+)*"
    r"[(\[]?(?-i:[A-Z]|(?<=[(\[])[a-z])[)\].]?(?![\w'’])",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"^\W*(?:not|neither|both|either|none of the (?:above|options|choices|answers) (?:are|is)"
    r"|cannot|can't|unknown|unclear|(?:one of|between|among))\b",
    re.IGNORECASE,
)
_REASON = re.compile(r"^[\s.:)\]]*(?:because|since|as|for|due|which|given|by)\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:[\s,:;>]|[-–—](?!\d))+")
_NOT_BUT = re.compile(r"^not\s+(?:option\s+)?[(\[]?[A-Z][)\]]?,?\s+but\s+(?:rather\s+)?(?=\S)")


def score_choice(
    choices: Sequence[str], right: str, answer: str, cut_off: bool, labels: str = ascii_uppercase
) -> Verdict:
    """Return whether an answer chooses the right option, named by its letter.

    `choices` are the options' texts, or as many empty ones where they are not known. An answer
    chooses by what it states; without a statement, by being a letter or an option's text, by a
    last line that is one, by a sentence that calls one option correct, or by a last one that ends
    with an option's text.
    """
    try:
        chosen = _chosen(choices, answer, cut_off, labels)
    except Unclear as unclear:
        return Verdict(False, detail=str(unclear))
    return Verdict(chosen == right, chosen or "")


def _chosen(choices: Sequence[str], answer: str, cut_off: bool, labels: str) -> str | None:
    known = labels[: len(choices)]
    for statement in stated(answer, cut_off):
        if chosen := choice_in(statement, choices, known):
            return chosen
    if cut_off:
        return None
    return unstated_choice(answer, choices, known)


def choice_in(text: str, choices: Sequence[str], labels: str) -> str | None:
    """Return the letter of the option that a statement names, None where it names none.

    Raises `Unclear` where it names several, or says which one it is not.
    """
    text = SPACES.sub(" ", DRESS.sub(" ", text)).strip()
    for part in (text, text.rpartition("=")[2]):  # a calculation ends with what it comes to
        if whole := text_of(part, choices, labels, as_whole=True):
            return whole
    text = _NOT_BUT.sub("", _LEAD.sub("", plainly(text)))
    if _NEGATED.match(text):
        raise Unclear("it says what the answer is not, or leaves it open")
    named = NAMED.match(text)
    if named:
        letter = (named["in"] or named["bare"]).upper()
        rest = text[named.end() :]
        if letter in labels and _is_letter(named, rest):
            if (other := _OTHER.match(rest)) and _is_other(other[0], letter, labels):
                raise Unclear("it names several options")
            return letter
    return text_of(text, choices, labels, as_whole=False)


def _is_letter(named: re.Match[str], rest: str) -> bool:
    """Return whether a letter is a label and not an article, a unit or the start of a formula."""
    if named["open"] or named["mark"] or named.group(0) != (named["bare"] or ""):
        return True  # (B), B., option B
    if named["bare"].islower():
        return not rest.strip(" .!")
    if re.match(r"\s*[=+*/^<>]|-|\s*-\s*(?:[^\sa-zA-Z]|\w\b)", rest):
        return False  # a formula; behind a dash may stand the option's text
    is_article = named["bare"] in "AI" and re.match(r" [a-z]", rest)
    return not is_article or bool(_REASON.match(rest)) or bool(re.match(r" (?:is|or|and)\b", rest))


def _is_other(found: str, letter: str, labels: str) -> bool:
    other = re.findall(r"[A-Za-z](?![\w'’])", found)[-1].upper()
    return other in labels and other != letter
