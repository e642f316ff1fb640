"""When two names mean the same thing, and whether a text names it."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_EMPHASIS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)|^\s*#+\s*")
# A number, a bullet or a label before a name: "3.", "(b)", "Session 4:", "MATH 101 –", "第3课".
_LABELS = (
    "session|class|week|lecture|lesson|module|unit|day|part|chapter|topic|course|subject|sitzung"
    "|woche|vorlesung|einheit|séance|semaine|leçon|cours|sesión|clase|semana|unidad|lección"
    "|sessione|lezione|settimana|sessão|aula|sessie|les|zajęcia|tydzień|ders|hafta|занятие"
    "|лекция|тема|неделя"
)
_MARK = re.compile(
    r"\s*(?:[-–—•·▪◦+>|]+\s|\(?\d{1,3}(?:[.:)、．]\s*(?!\d)|\s*[|–—-]\s+|(?:\.\d{1,3})+\.?\s+)"
    r"|\(?[a-z]\)\s|(?:i{2,3}|i[vx]|vi{1,3})\.\s"
    rf"|(?:{_LABELS})s?\s*\#?(?:\d{{1,3}}|[ivxl]{{1,6}})\b(?:\s*(?:and|&|to|[,–—-])\s*\d{{1,3}}\b)?"
    r"\s*[.:)|–—-]+\s*"
    r"|[A-Z]{2,5}[ -]?\d{3}[A-Z]?\s*[:–—-]\s*"
    r"|第\s*[一二三四五六七八九十百\d]{1,4}\s*[章课講讲節节周週回单單]\w?\s*[:：、.]?\s*"
    r"|[（(]?[一二三四五六七八九十]{1,3}[)）、]\s*)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\s*[(（][A-Z][A-Za-z&/.-]{0,7}[)）]\s*$")

_POSSESSIVE = re.compile(r"[’'](?=s\b|(?!\w))")
_TOKEN = re.compile(r"[^\W_]+(?:\+\+|\#)?")
_ROMAN = {
    roman: str(number)
    for number, roman in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)
}
_INTRODUCTION = re.compile(
    r"^(?:(?:an? )?(?:introduction|intro|introductory course) (?:to|in|into) (?:the |an? )?"
    r"|introductory |the |einführung in (?:die |das |den )?"
    r"|introduction (?:à|au|aux|a) (?:la |le |les |l )?"
    r"|introducción (?:a|al) (?:la |las |el |los )?|introduzione (?:alla?|al|all|allo|ai|alle) "
    r"|introdução (?:à|ao|às|aos|a) |inleiding (?:tot|in) (?:de |het )?"
    r"|(?:wstęp|wprowadzenie) do |введение в )"
)
_AN_INTRODUCTION = re.compile(r" an? introduction$")
_SMALL = frozenset({"and", "of", "the", "in", "to", "for", "a", "an", "with", "on"})
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")  # scripts
_CLOSE = 0.85  # of two spellings of one word
_FUZZY_FROM = 5  # letters


def plain_name(text: str) -> str:
    """Return a name on one line, without number, bullet, emphasis or closing punctuation."""
    name = " ".join(unicodedata.normalize("NFC", _EMPHASIS.sub("", text)).split())
    return _unmarked(name).strip(' \t:;,.–—-|•"“”')


@lru_cache(maxsize=10_000)  # lists of one discipline name the same things again and again
def name_words(name: str) -> tuple[str, ...]:
    """Return what two spellings of one name share: words in lower case and in the singular.

    "&" is "and", a Roman number is its figure, a trailing abbreviation in brackets is left out.
    """
    return _words(_ABBREVIATION.sub("", plain_name(name)))


@lru_cache(maxsize=10_000)
def name_key(name: str) -> str:
    """Return the words of a subject's name without "Introduction to"; equal keys, one subject.

    "Calculus I" and "Calculus II" stay two.
    """
    words = " ".join(_tokens(_ABBREVIATION.sub("", plain_name(name))))
    bare = _AN_INTRODUCTION.sub("", _INTRODUCTION.sub("", words))
    return " ".join(map(_singular, (bare or words).split()))


class NamesIn:
    """What a text names, spelling and order of words aside."""

    def __init__(self, text: str) -> None:
        # A line's own number would be taken for that of "Calculus II".
        lines = [_words(_unmarked(_EMPHASIS.sub("", line))) for line in text.splitlines()]
        self._lines = [frozenset(line) for line in lines if line]
        self._running = f" {' '.join(word for line in lines for word in line)} "
        self._squeezed = self._running.replace(" ", "")

    def has(self, name: str) -> bool:
        """Return whether the words of a name stand in the text: in a row, or all in one line.

        In a line, long words may differ by a letter or two, for whoever copies also corrects.
        """
        words = name_words(name)
        running = f" {' '.join(words)} "
        if words and running in self._running:
            return True
        if _UNSPACED.search(name):
            return bool(words) and "".join(words) in self._squeezed
        content = [word for word in words if word not in _SMALL]
        return bool(content) and any(self._in_line(content, line) for line in self._lines)

    def _in_line(self, words: Sequence[str], line: frozenset[str]) -> bool:
        missing = [word for word in words if word not in line]
        return len(missing) <= max(1, len(words) // 2) and all(
            len(word) >= _FUZZY_FROM
            and difflib.get_close_matches(word, line, n=1, cutoff=_CLOSE) != []
            for word in missing
        )


def _unmarked(text: str) -> str:
    while (mark := _MARK.match(text)) and mark.end() < len(text):
        text = text[mark.end() :]
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(map(_singular, _tokens(text)))


def _tokens(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _POSSESSIVE.sub("", _EMPHASIS.sub("", text).replace("&", " and "))
    tokens = _TOKEN.findall(text)
    # A Roman number counts something: it does not come first.
    return tokens[:1] + [_ROMAN.get(token, token) for token in tokens[1:]]


def _singular(word: str) -> str:
    if len(word) < 4 or not word.isascii() or word.endswith(("ss", "us", "is", "ics")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word.removesuffix("s")
