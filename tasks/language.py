"""Is a text in the language that was asked for? By its script first, then by its small words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from gleanery.tasks.language_profiles import PROFILES, SCRIPTS, Profile

_LINE_SPACING = r"-?[\d.]{1,8} ?[a-z]{2}\]"  # behind a line's end in a formula: \\[2pt]
# What is the same in every language: code, formulas, addresses, markup. No formula holds the sign
# that opens another of its kind: where many are opened and none is closed, each is searched up to
# the next one only.
_NO_PROSE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]{1,300}\$|\\\((?:[^\\]|\\(?![()]))*+\\\)"
    rf"|\\\[(?!{_LINE_SPACING})(?:[^\\]|\\(?!\[(?!{_LINE_SPACING})|\]))*+\\\]"
    r"|\\[a-zA-Z]+|https?://\S+|(?<!\S)[^\s@]{1,200}@\S+|</?[a-zA-Z][^<>\n]{0,200}>",
    re.DOTALL,
)
_OTHER_LANGUAGE = re.compile(rf"\btranslat\w+|\b(?:{'|'.join(PROFILES)})\b", re.IGNORECASE)
_CODE_SIGNS = re.compile(r"[{}=;<>_\[\]()\\+/^~]")  # not those of Markdown
_MOST_CODE_SIGNS = 0.15  # of a line's characters; a line with more is code or a formula
_FEWEST_CODE_SIGNS = 4
# A word of letters that no digit, underscore or dot (file.txt, snake_case) stands beside.
_WORD = re.compile(r"(?<![\w.@/-])[^\W\d_]+(?:[’'][^\W\d_]+)?(?![\w@/]|\.\w)")

# One sign of these scripts says as much as several letters.
_WEIGHTS = {"Han": 3, "Kana": 2, "Hangul": 2}
_FEWEST_LETTERS = 60  # weighted; below that a script says nothing
_MOST_OTHER_SCRIPT = 0.35  # of the letters, in a text that is in Latin script
_LEAST_OWN_SCRIPT = 0.3  # of the letters, elsewhere: terms and names are often in Latin script
_FEWEST_SIGNS = 40  # of Han, Kana and Hangul, to tell Chinese, Japanese and Korean apart
_LEAST_BESIDE_HAN = 0.05  # of Kana in a Japanese text, of Hangul in a Korean one
_MOST_KANA = 0.2  # in a Chinese text

_FEWEST_WORDS = 5  # that speak for another language and not for the one expected
_FEWEST_DIFFERENT = 4  # of these; single letters are not counted, for they may be variables
_LEAST_SHARE = 0.1  # of all words
_LEAST_RATIO = 2.0  # to those that speak for the language expected and not for the other

_SPEAKERS = {
    word: frozenset(profile.name for profile in PROFILES.values() if word in profile.words)
    for profile in PROFILES.values()
    for word in profile.words
}
_RIVALS = {
    name: frozenset(other.name for other in PROFILES.values() if other.scripts == profile.scripts)
    for name, profile in PROFILES.items()
}
_CODES = {profile.code: name for name, profile in PROFILES.items()}
_NAMES = {name.casefold(): name for name in PROFILES} | _CODES


def language_name(name: str) -> str:
    """Return the English name of a language given by that name or by its ISO 639-1 code.

    Raises `ValueError`, naming the known languages, for any other.
    """
    known = _NAMES.get(name.strip().casefold())
    if known is None:
        names = ", ".join(f"{language} ({code})" for code, language in sorted(_CODES.items()))
        raise ValueError(f"language {name!r} is not known; known are: {names}")
    return known


Language = Annotated[str, AfterValidator(language_name)]
"""A configuration's language: a code is replaced by the name that prompts can show."""


def wrong_language(text: str, expected: str) -> str | None:
    """Return what speaks against a text's being in the expected language, or None.

    Code, formulas and names do not count. Unsure is not wrong: a short text, or one of mere
    terms, passes. Raises `ValueError` for a language that is not known.
    """
    profile = PROFILES[language_name(expected)]
    prose = _prose(text)
    letters = _letters_by_script(prose)
    found = _wrong_script(letters, profile)
    if found:
        return f"{found}, not {profile.name}"
    found = _wrong_words(prose, profile) if profile.words else None
    return f"{found}, not {profile.name}" if found else None


def names_another_language(instruction: str, language: str) -> bool:
    """Return whether the answer may rightly be in another language than the instruction."""
    named = set(map(str.casefold, _OTHER_LANGUAGE.findall(instruction)))
    return bool(named - {language.casefold()})


def _prose(text: str) -> str:
    """Return the text without what is no prose in any language."""
    lines = _NO_PROSE.sub(" ", unicodedata.normalize("NFC", text)).splitlines()
    return "\n".join(line for line in lines if not _is_code(line))


def _is_code(line: str) -> bool:
    signs = len(_CODE_SIGNS.findall(line))
    return signs >= _FEWEST_CODE_SIGNS and signs > _MOST_CODE_SIGNS * len(line)


def _letters_by_script(text: str) -> Counter[str]:
    letters: Counter[str] = Counter()
    for sign, count in Counter(text).items():
        if sign.isalpha():
            letters[_script_of(ord(sign))] += count
    return letters


def _script_of(code: int) -> str:
    for script, ranges in SCRIPTS.items():
        if any(first <= code <= last for first, last in ranges):
            return script
    return "another"


def _wrong_script(letters: Mapping[str, int], expected: Profile) -> str | None:
    """Return the script or language that most of the letters speak for, if it is another."""
    weighted = {script: count * _WEIGHTS.get(script, 1) for script, count in letters.items()}
    total = sum(weighted.values())
    if total < _FEWEST_LETTERS:
        return None
    own = sum(weighted.get(script, 0) for script in expected.scripts)
    least = 1 - _MOST_OTHER_SCRIPT if expected.scripts[0] == "Latin" else _LEAST_OWN_SCRIPT
    if own < least * total:
        others = {s: count for s, count in weighted.items() if s not in expected.scripts}
        script = max(others, key=lambda name: others[name])
        return f"{others[script] / total:.0%} {script} script"
    return _wrong_han(letters, expected)


def _wrong_han(letters: Mapping[str, int], expected: Profile) -> str | None:
    """Return what tells Chinese, Japanese and Korean apart, which may all hold Han."""
    own, han = letters.get(expected.scripts[0], 0), letters.get("Han", 0)
    kana = letters.get("Kana", 0)
    if "Han" not in expected.scripts or han + kana + own < _FEWEST_SIGNS:
        return None
    if expected.name == "Chinese":
        share = kana / (kana + han)
        return f"Japanese ({share:.0%} kana)" if share > _MOST_KANA else None
    share = own / (own + han)
    return None if share >= _LEAST_BESIDE_HAN else f"Han with {share:.0%} {expected.scripts[0]}"


def _wrong_words(prose: str, expected: Profile) -> str | None:
    """Return the language that the words speak for, with its words, if it is another.

    Two languages are told apart by what only one of them has: most Spanish small words are
    Portuguese too.
    """
    words = Counter(word for word in _WORD.findall(prose) if not word[0].isupper())  # no names
    speakers = {word: _speakers(word) for word in words}
    for_rival: Counter[str] = Counter()
    for_expected: Counter[str] = Counter()
    for word, names in speakers.items():
        if expected.name in names:
            for_expected.update(dict.fromkeys(_RIVALS[expected.name] - names, words[word]))
        else:
            for_rival.update(dict.fromkeys(names, words[word]))
    if not for_rival:
        return None
    best = max(for_rival, key=lambda name: (for_rival[name] - for_expected[name], name))
    fewest = max(_FEWEST_WORDS, _LEAST_SHARE * words.total(), _LEAST_RATIO * for_expected[best])
    if for_rival[best] < fewest:
        return None
    telling = [
        word
        for word, _ in words.most_common()
        if best in speakers[word] and expected.name not in speakers[word] and len(word) > 1
    ]
    return f"{best} ({', '.join(telling[:4])})" if len(telling) >= _FEWEST_DIFFERENT else None


@lru_cache(maxsize=65536)
def _speakers(word: str) -> frozenset[str]:
    """Return the languages that a word speaks for: as a small word, or by its letters."""
    names = _SPEAKERS.get(word, frozenset())
    if names or word.isascii():
        return names
    beyond = {letter for letter in word if not letter.isascii() and letter.isalpha()}
    return frozenset(profile.name for profile in PROFILES.values() if beyond <= profile.letters)
