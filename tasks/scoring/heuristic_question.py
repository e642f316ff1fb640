"""Is the question one, can it be answered from what is there, and does the answer speak to it?"""

import re

from gleanery.tasks import answer_checks
from gleanery.tasks.language import names_another_language, wrong_language
from gleanery.tasks.language_profiles import PROFILES
from gleanery.tasks.shirking_brevity import word_count

_FEWEST_ASKED, _MOST_ASKED = 3, 1500  # words of a question
_ENOUGH_SAID, _MOST_SAID = 60, 4000  # words of an answer

_NUMBERED = (
    r"\b(?:see|refer to|in|from|shown in) (?:fig(?:ure|\.)?|table|exhibit|appendix|chapter|section"
    r"|example|exercise|problem|question|page) ?\(?\d"
    r"|\b(?:as )?(?:shown|pictured|depicted|drawn|illustrated) (?:above|below|here)\b"
    r"|\b(?:the )?(?:previous|preceding) (?:question|problem|exercise|example|section)\b"
    r"|\babb\. ?\d|\bsiehe abbildung\b|(?:如|下|上)图|図\d"
)
_IN_ANSWER = re.compile(_NUMBERED, re.IGNORECASE)
_IN_QUESTION = re.compile(
    r"\b(?:the|this|each|accompanying|following|attached|above|below|given) "
    r"(?:figures?|diagrams?|graphs?|pictures?|images?|photos?|charts?|maps?|screenshots?"
    r"|illustrations?|drawings?|passage|excerpt|attachment|video|worksheet)\b"
    r"(?! of (?:(?:a|an|the) function|\$|y ?=|f\b))"
    r"|\b(?:in der|die|der) abbildung\b|\bcette figure\b|\bla figure ci\b|\besta figura\b"
    rf"|\bfigure \d|{_NUMBERED}",
    re.IGNORECASE,
)
_TABLE_ASKED = re.compile(
    r"\b(?:following|below|above|given) (?:table|data|list|code|text)\b", re.IGNORECASE
)
_MATERIAL = re.compile(r"\n.*\n|\||```|!\[|\d[^\n]*,[^\n]*\d[^\n]*,[^\n]*\d|\$|:\s*\S", re.DOTALL)
_OWN_MATERIAL = re.compile(r"```|^\s*>|^\s*\|.*\|", re.MULTILINE)
_DEMANDS = (
    "add|analy[sz]e|answer|apply|arrange|assume|balance|build|calculate|choose|classify|compare"
    "|complete|compute|consider|construct|convert|correct|create|decide|define|derive|describe"
    "|design|determine|differentiate|discuss|divide|draft|draw|estimate|evaluate|examine|expand"
    "|explain|express|factor|fill|find|fix|formulate|generate|give|help|identify|implement"
    "|integrate|interpret|judge|justify|let|list|make|match|multiply|name|outline|plan|plot"
    "|prepare|produce|propose|prove|provide|rank|read|rearrange|reduce|rewrite|round|select|show"
    "|simplify|sketch|solve|sort|state|suggest|summari[sz]e|suppose|tell|translate|true|use|verify"
    "|work|write"
)
_ASKS = re.compile(
    r"[?？؟]|\b(?:what|who|whom|whose|which|when|where|why|how)\b|_{3,}|\.\.\.|…"
    rf"|(?:^|[.:,;!\n*ⓐ-ⓩ)]\s*|\b(?:then|and|to|please|you|me|i|exercises) )(?:{_DEMANDS})\b",
    re.IGNORECASE,
)
_FEW, _MOST = 0.05, 0.6  # of the letters
_TOKEN = re.compile(r"[^\W_]+")
_N = 5
_TOLERATED = 0.4  # share of the answer's words that may be the question's, in runs of five
_FEWEST_SAID = 15  # words: a shorter answer may well be a phrase of the question


def question_length(question: str, answer: str) -> tuple[float, str]:
    """Return 1 for a question of 3 to 1500 words, less for fewer, falling to 0 at 3000."""
    words = word_count(question)
    value = min(words / _FEWEST_ASKED, 1.0, 2 - words / _MOST_ASKED)
    return max(0.0, value), f"{words} words"


def answer_length(question: str, answer: str) -> tuple[float, str]:
    """Return how much is said: 0 for nothing, 1 for 60 words and more, falling to 0 past 4000.

    On the scale of the square root: from 5 words to 15 is more than from 45 to 55.
    """
    words = word_count(answer)
    value = min((words / _ENOUGH_SAID) ** 0.5, 1.0, 2 - words / _MOST_SAID)
    return max(0.0, value), f"{words} words"


def asks(question: str, answer: str) -> tuple[float, str]:
    """Return 1 if the question asks or demands something; 0.5 for English that does not."""
    if _ASKS.search(question) or _is_other_language(question):
        return 1.0, ""
    return 0.5, question[:80]


def self_contained(question: str, answer: str) -> tuple[float, str]:
    """Return 0 if the question, 0.5 if only the answer points at what no reader sees.

    A figure, a passage, another exercise, a numbered page; a table or data that are announced and
    not there. What the question brings along (a quotation, code, a table) may be pointed at.
    """
    brings = _OWN_MATERIAL.search(question)
    pointing = None if brings else _IN_QUESTION.search(question)
    announced = None if brings else _TABLE_ASKED.search(question)
    if announced and not _MATERIAL.search(question[announced.end() :] + "\n" + question[:1]):
        pointing = pointing or announced
    if pointing:
        return 0.0, f"question: {pointing[0]}"
    pointing = None if brings else _IN_ANSWER.search(answer)
    return (0.5, f"answer: {pointing[0]}") if pointing else (1.0, "")


def own_words(question: str, answer: str) -> tuple[float, str]:
    """Return 1 where the answer speaks for itself, 0 where it is the question once more.

    Up to 40 % of its words may stand in runs of five that the question has too.
    """
    if repeated := answer_checks.echo(question, answer):
        return 0.0, repeated[:100]
    asked, said = _words(question), _words(answer)
    if len(said) < _FEWEST_SAID:
        return 1.0, ""
    runs = {tuple(asked[start : start + _N]) for start in range(len(asked) - _N + 1)}
    covered: set[int] = set()
    for start in range(len(said) - _N + 1):
        if tuple(said[start : start + _N]) in runs:
            covered.update(range(start, start + _N))
    share = len(covered) / len(said)
    value = 1 - (share - _TOLERATED) / (1 - _TOLERATED)
    return min(1.0, max(0.0, value)), f"{share:.0%} of the words are the question's"


def language(question: str, answer: str) -> tuple[float, str]:
    """Return 1 if question and answer may be in one language, 0 if no language fits both.

    Unsure is not wrong (`tasks.language`), but an answer in another script is, however short the
    question; a question that names another language is no case.
    """
    problem = ""
    asked, said = _beyond_latin(question), _beyond_latin(answer)
    if asked < _FEW and said > _MOST and not names_another_language(question, "English"):
        return 0.0, f"{said:.0%} of the answer's letters are not Latin"
    for name in ("English", *(other for other in PROFILES if other != "English")):
        if wrong_language(question, name):
            continue
        wrong = wrong_language(answer, name)
        if not wrong or names_another_language(question, name):
            return 1.0, ""
        problem = problem or wrong
    return (0.0, problem) if problem else (1.0, "")


def _beyond_latin(text: str) -> float:
    """Return the share of letters in scripts other than Latin; Greek is what formulas use."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter >= "\u0400" for letter in letters) / max(len(letters), 1)


def _is_other_language(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return wrong_language(text, "English") is not None or any(not a.isascii() for a in letters)


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())
