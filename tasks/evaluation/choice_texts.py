"""The options of a multiple-choice question: which of them a text is, by letter or in words."""

import re
from collections.abc import Sequence

from gleanery.tasks.evaluation.verdicts import Unclear
from gleanery.tasks.result_notation import bare

DRESS = re.compile(
    r"\\[()\[\]]|[*_`\"“”‘]+|(?<=\w)’(?!\w)|\\(?:text|mathrm|mathbf|textbf|boxed)\s*(?=\{)|[{}$]|^\W*=+"
)
NAMED = re.compile(
    r"^(?:(?:the|an?)\s+)?(?:(?:option|choice|letter|answer|statement)s?\s*:?\s*)?"
    r"(?:(?P<open>[(\[])\s*(?P<in>[A-Z])\s*[)\]]|(?P<bare>[A-Z])(?P<mark>[.):\]])?(?![\w'’]))",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(r"\b(?:not|rather than|instead of|unlike)\b[^,;]*")
_FEW_WORDS = 4
SPACES = re.compile(r"\s+")
_ARTICLE = re.compile(r"^(?:the|an?) ")


def text_of(text: str, choices: Sequence[str], labels: str, as_whole: bool) -> str | None:
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
    if not begun:  # it may be the beginning of an option's text, and of no other's
        part = re.compile(rf"(?:the |an? )?{re.escape(_ARTICLE.sub('', said))}(?![\w.,]\w|\w)")
        begin_so = [label for label, option in own.items() if part.match(option)]
        return begin_so[0] if len(begin_so) == 1 else None
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
    text = bare(DRESS.sub(" ", text)) if "\\" in text or "$" in text else DRESS.sub(" ", text)
    return SPACES.sub(" ", text).casefold().strip(" .,;:!?()'’\"")
