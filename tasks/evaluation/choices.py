"""Which option of a multiple-choice question an answer chooses."""

import re
from collections.abc import Sequence
from string import ascii_uppercase

from gleanery.tasks.evaluation.stated_answers import plainly, stated
from gleanery.tasks.evaluation.verdicts import Unclear, Verdict
from gleanery.tasks.final_result import sentences_of
from gleanery.tasks.result_notation import bare

_DRESS = re.compile(
    r"\\[()\[\]]|[*_`\"“”‘]+|(?<=\w)’(?!\w)|\\(?:text|mathrm|mathbf|textbf|boxed)\s*(?=\{)|[{}$]|^\W*=+"
)
_NAMED = re.compile(
    r"^(?:(?:the|an?)\s+)?(?:(?:option|choice|letter|answer|statement)s?\s*:?\s*)?"
    r"(?:(?P<open>[(\[])\s*(?P<in>[A-Z])\s*[)\]]|(?P<bare>[A-Z])(?P<mark>[.):\]])?(?![\w'’]))",
    re.IGNORECASE,
)
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
_CALLED = (
    r"\s+(?:is|must be|would be)\s+(?:(?:therefore|thus|then|indeed|the|clearly)\s+)*"
    r"(?:correct|right|best|(?:correct |right |best )?(?:answer|option|choice))\b"
)
_CHOOSES = (
    r"\b(?:I|we|you|one|would|should|must|to|(?:I|we)['’](?:d|ll)|let['’]?s)\s+"
    r"(?:(?:would|will|should|must|then|therefore)\s+)*"
    r"(?:choose|select|pick|go with|opt for)\s+(?:option|choice|answer)?\s*[(\[]?"
)
_CHOSEN = re.compile(
    rf"\b(?:option|choice|answer)\s+[(\[]?((?-i:[A-Z]))[)\]]?,?{_CALLED}"
    rf"|(?<![\w'’])[(\[]([A-Za-z])[)\]]{_CALLED}"
    rf"|(?:^|[.!?:,]\s|\bso\s|\bthus\s)\s*((?-i:[A-Z])){_CALLED}"
    rf"|{_CHOOSES}((?-i:[A-Z]))[)\]]?(?![\w'’])"
    r"|\b(?:answer|ans|option|choice)[\s.:>-]*[(\[]?((?-i:[A-Z]))[)\]]*[.!]*\s*$"
    r"|\b(?:which|closest|nearest)(?:\s+(?:is|matches|corresponds to))+\s+"
    r"[(\[]?((?-i:[A-Z]))[)\]]*[.!]*\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_LEFT_OUT = re.compile(r"\b(?:not|rather than|instead of|unlike)\b[^,;]*")
_FEW_WORDS = 4
_SO = re.compile(r"^(?:so|therefore|thus|hence)[\s,:]+(?:it(?:'s| is)\s+)?", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def score_choice(
    choices: Sequence[str], right: str, answer: str, cut_off: bool, labels: str = ascii_uppercase
) -> Verdict:
    """Return whether an answer chooses the right option, named by its letter.

    `choices` are the options' texts, or as many empty ones where they are not known. An answer
    chooses by what it states; without a statement, by being a letter or an option's text, by a
    last line that is one, or by a sentence that calls one option correct.
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
    return _alone(answer, choices, known) or _called_right(answer, known)


def choice_in(text: str, choices: Sequence[str], labels: str) -> str | None:
    """Return the letter of the option that a statement names, None where it names none.

    Raises `Unclear` where it names several, or says which one it is not.
    """
    text = _SPACES.sub(" ", _DRESS.sub(" ", text)).strip()
    if whole := _text_of(text, choices, labels, as_whole=True):
        return whole
    text = plainly(text).lstrip(" ,:;>-–—")
    if _NEGATED.match(text):
        raise Unclear("it says what the answer is not, or leaves it open")
    named = _NAMED.match(text)
    if named:
        letter = (named["in"] or named["bare"]).upper()
        rest = text[named.end() :]
        if letter in labels and _is_letter(named, rest):
            if (other := _OTHER.match(rest)) and _is_other(other[0], letter, labels):
                raise Unclear("it names several options")
            return letter
    return _text_of(text, choices, labels, as_whole=False)


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


def _text_of(text: str, choices: Sequence[str], labels: str, as_whole: bool) -> str | None:
    """Return the letter of the option whose text a statement is, or else begins with.

    A letter alone is a label, also where an option's text is a letter. Raises `Unclear` where a
    statement that begins with one option's text names another's behind it.
    """
    said = folded(text)
    own = {label: folded(choice) for label, choice in zip(labels, choices, strict=True)}
    own = {label: option for label, option in own.items() if option}
    if not said or (len(said) == 1 and said.upper() in labels):
        return None
    if as_whole:
        same = [label for label, option in own.items() if option == said]
        if len(same) > 1:  # genotypes differ by case alone
            same = [label for label in same if choices[labels.index(label)] == text.rstrip(" .")]
        if not same and len(said.split()) >= _FEW_WORDS:  # the first sentence of an option
            same = [label for label, option in own.items() if option.startswith(f"{said}.")]
        return same[0] if len(same) == 1 else None
    begun = [
        (len(option), label)
        for label, option in own.items()
        if re.match(rf"(?:the |an? |that )?{re.escape(option)}(?![\w.]\w|\w)", said)
    ]
    if not begun:
        return None
    length, label = max(begun)
    rest = _LEFT_OUT.sub("", said[length:])
    if any(
        re.search(rf"(?<!\w){re.escape(option)}(?!\w)", rest)
        for other, option in own.items()
        if other != label
    ):
        raise Unclear("it names several options")
    return label


def folded(text: str) -> str:
    """Return a text for comparison: without markup, case and marks at its ends."""
    text = bare(_DRESS.sub(" ", text)) if "\\" in text or "$" in text else _DRESS.sub(" ", text)
    return _SPACES.sub(" ", text).casefold().strip(" .,;:!?()'’\"")


def _alone(answer: str, choices: Sequence[str], labels: str) -> str | None:
    """Return the option that an answer, or its last or first line, is nothing but."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    if not lines:
        return None
    closing = sentences_of(lines[-1])[-1]
    for line in dict.fromkeys((lines[-1], closing, lines[0])):
        plain = _SO.sub("", _SPACES.sub(" ", _DRESS.sub(" ", line)).strip())
        named = _NAMED.fullmatch(plain.rstrip(" .!"))
        if named and (letter := (named["in"] or named["bare"]).upper()) in labels:
            return letter
        named = _NAMED.match(plain)
        if named and (named["open"] or named["mark"]):
            letter = (named["in"] or named["bare"]).upper()
            own = folded(choices[labels.index(letter)]) if letter in labels else ""
            if own and folded(plain[named.end() :]) == own:
                return letter
        if whole := _text_of(plain, choices, labels, as_whole=True):
            return whole
    return None


def _called_right(answer: str, labels: str) -> str | None:
    called = {
        next(filter(None, match.groups())).upper()
        for match in _CHOSEN.finditer(_DRESS.sub(" ", answer))
    } & set(labels)
    if len(called) > 1:
        raise Unclear("it calls several options correct")
    return called.pop() if called else None
