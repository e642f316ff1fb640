r"""What a question holds to: its numbers, formulas, negation, direction, quantities, names.

A vector says that two questions are alike; "solve $x+2=5$" and "solve $x+3=5$" are, and are two
questions all the same. These facts are cheap to read and are compared in `semantic_guard`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gleanery.infra.digests import digest
from gleanery.tasks.curation.semantic_words import (
    DIRECTIONS,
    FRAME,
    KINDS,
    NEGATIONS,
    NUMBER_WORDS,
    ORDINALS,
    QUANTITIES,
)
from gleanery.tasks.quantities import plain

_NUMBER = re.compile(r"(?<![\w.])(-\s?)?(\d+(?:\.\d+)?)|(?<=[^\W\d_])(\d+)")
_AFTER_OPERAND = re.compile(r"(?:[\d)\]}]|(?<![^\W\d_])[^\W\d_])\s*$|\w$")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FORMULA = re.compile(  # bounded, or what is never closed would be looked for to the end
    r"\$\$?(.{1,2000}?)\$\$?"
    r"|\\\(((?:(?!\\\().){1,2000}?)\\\)"
    r"|\\\[((?:(?!\\\[).){1,2000}?)\\\]",
    re.DOTALL,
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\d+(?:\.\d+)?|[^\W\d_]|[^\s\w{}]")
_OPERATION = re.compile(r"[+*/^=<>≤≥]|\d\s*-\s*\d|\\(?:sqrt|int|sum|le|ge|lt|gt)\b")
_BRACKETED = re.compile(r"\((\w+)\)")  # (1)/(2) is 1/2
_EMPTY_TOKENS = frozenset({r"\left", r"\right", r"\displaystyle", ".", ",", ";", "$"})
_SYMBOL = re.compile(r"(?<![\w'’.])[A-Z]+(?![\w'’])|\|")
_NO_SYMBOLS = frozenset({"A", "I"})
_JOINING = frozenset({"AND", "OR", "NOT", "XOR", "|"})
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_BEFORE = re.compile(r"([^\W\d_]{2,})(?:\s+(?:of|is|was|has|a|an))*[\s=$]*$")
_BEHIND = re.compile(r"[\s-]*([^\W\d_]{2,})")
_COMPARED = 300  # words of a text that are laid beside another's: the time is their product
_SAME_START = 5  # letters by which forms of one word are known (minute, minutes)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")
_FUNCTION = re.compile(r"\b(sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|sqrt)\b")


@dataclass(frozen=True, slots=True)
class Facts:
    """What must agree in two wordings of one question."""

    numbers: frozenset[str]
    counted: Mapping[str, frozenset[str]]
    formulas: tuple[str, ...]
    letters: frozenset[str]
    operates: bool
    functions: frozenset[str]
    code: frozenset[str]
    negated: bool
    kinds: frozenset[str]
    directions: Mapping[str, frozenset[str]]
    quantities: frozenset[str]
    names: frozenset[str]
    symbols: frozenset[str]
    joined: frozenset[str]
    asked_names: frozenset[str]
    asked: str
    told: str
    prose: tuple[str, ...]


def numbers_key(text: str) -> str:
    """Return what names the numbers of a text; texts with other keys are never one question."""
    return digest(sorted(_numbers(plain(text))[0]))[:16]


def facts_of(text: str) -> Facts:
    """Return the facts of a question."""
    flat = plain(text)
    numbers, counted = _numbers(flat)
    formulas, letters = _formulas(text)
    words = [word.lower().replace("’", "'") for word in _WORD.findall(flat)]
    known = set(words)
    sentences = [part for part in _SENTENCE.split(text.strip()) if part.strip()]
    asked = [part for part in sentences if part.rstrip().endswith("?")] or sentences[-1:]
    told = [part for part in sentences if part not in asked]
    return Facts(
        numbers=numbers,
        counted=counted,
        formulas=formulas,
        letters=letters,
        operates=bool(_OPERATION.search(flat)),
        functions=frozenset(_FUNCTION.findall(flat.lower())),
        code=frozenset("".join(code.strip("`").split()) for code in _CODE.findall(text)),
        negated=any(word in NEGATIONS or word.endswith("n't") for word in words),
        kinds=frozenset(known & KINDS),
        directions={
            axis: frozenset(side for side, signs in sides.items() if known & signs)
            for axis, sides in DIRECTIONS.items()
        },
        quantities=frozenset(QUANTITIES[word] for word in known & QUANTITIES.keys()),
        names=frozenset(name for part in sentences for name in _names(part)),
        symbols=frozenset(_SYMBOL.findall(_FORMULA.sub(" ", text))) - _NO_SYMBOLS,
        joined=frozenset(_SYMBOL.findall(text)) & _JOINING,
        asked_names=frozenset(name for part in asked for name in _names(part)),
        asked=" ".join(" ".join(asked).split()[:_COMPARED]),
        told=" ".join(" ".join(told).split()[:_COMPARED]),
        prose=tuple(prose_words(text)[:_COMPARED]),
    )


def prose_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without formulas, code, letters and numbers."""
    words = _WORD.findall(_FORMULA.sub(" ", _CODE.sub(" ", text)).lower())
    return [word for word in words if len(word) > 1 and word not in NUMBER_WORDS]


def _formulas(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return a text's formulas without layout, in order of their signs, and letters on their own.

    Letters are named in the order in which they come: who renames them asks the same.
    """
    named: dict[str, str] = {}
    formulas, letters = [], set()
    for groups in _FORMULA.findall(_CODE.sub(" ", text)):
        tokens = [
            named.setdefault(token, f"v{len(named)}") if _is_letter(token) else token
            for token in _tokens("".join(groups))
        ]
        if len(tokens) > 1:
            formulas.append(" ".join(tokens))
        elif tokens and tokens[0] in named.values():
            letters.add(tokens[0])
    return tuple(sorted(formulas)), frozenset(letters)


def _is_letter(token: str) -> bool:
    return len(token) == 1 and token.isalpha()


def _tokens(formula: str) -> list[str]:
    return [
        token
        for token in _TOKEN.findall(_BRACKETED.sub(r" \1 ", plain(formula)))
        if token not in _EMPTY_TOKENS
    ]


def _numbers(flat: str) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """Return all numbers, and those beside each word ("3 red", "radius 3")."""
    found: list[tuple[str, int, int]] = []
    for match in _NUMBER.finditer(flat):
        minus = match[1] and not _AFTER_OPERAND.search(
            flat[max(match.start() - 20, 0) : match.start()]
        )
        number = match[2] or match[3]
        value = (number.rstrip("0").rstrip(".") if "." in number else number.lstrip("0")) or "0"
        found.append((f"-{value}" if minus else value, match.start(), match.end()))
    for word in _WORD.finditer(flat):
        value = NUMBER_WORDS.get(word[0].lower()) or ORDINALS.get(word[0].lower()) or ""
        if value:
            found.append((value, word.start(), word.end()))
    counted: dict[str, set[str]] = {}
    for value, start, end in found:
        beside = (_BEFORE.search(flat[max(start - 40, 0) : start]), _BEHIND.match(flat, end))
        for word in filter(None, beside):
            if (name := word[1].lower()) not in FRAME:
                counted.setdefault(name[:_SAME_START], set()).add(value)
    return (
        frozenset(value for value, _, _ in found),
        {word: frozenset(values) for word, values in counted.items()},
    )


def _names(sentence: str) -> list[str]:
    """Return the words of a sentence that are written with a capital inside it, and symbols."""
    words = [word for word in _WORD.findall(_FORMULA.sub(" ", sentence)) if len(word) > 1]
    later = words[1:]
    if sum(word[0].isupper() for word in later) * 2 > len(later):  # a title
        return []
    return [word.split("'")[0].split("’")[0] for word in later if word != word.lower()]
