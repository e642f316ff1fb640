"""What makes a located pair no pair: each check returns its reason, or "" if all is well."""

import re

from gleanery.tasks import answer_checks

_PICTURES = (
    "figure|fig|diagram|graph|image|picture|chart|plot|photo|photograph|illustration|map|drawing"
    "|screenshot|sketch|graphic|table"
)
_NUMBER = r"[ ]?[(]?(?:[A-Z]\.?)?\d+(?:[.\-]\d+)*[a-z]?\b"
_HERE = (
    "above|below|opposite|alongside|(?:at|on|to) (?:the )?(?:right|left)|shown|provided|attached"
)
# Things that a text points at and does not hold. Tables may stand in the text: see `_TABLE`.
_POINTERS = (
    rf"\b(?:figures?|figs?\.?|diagram|graph|chart|plot|image|picture|photo|illustration){_NUMBER}",
    r"\b(?:following(?! using)|accompanying|adjacent|adjoining|attached) (?:\w+ ){0,2}?"
    rf"(?:{_PICTURES})s?\b"
    r"(?! (?:of|equation|function|theory)\b)(?!:? *[^\n]{0,30}[={(])",
    rf"\b(?:the|this|these|each) (?:\w+ )?(?:{_PICTURES})s? (?:{_HERE})\b(?! [$€£]?\d)",
    rf"\b(?:shown|seen|given|depicted|illustrated|pictured|displayed|drawn|labell?ed) (?:\w+ )?"
    rf"(?:in|on|by) (?:the|this) (?:\w+ )?(?:{_PICTURES})\b(?! (?:of|called|named)\b)",
    rf"\b(?:see|refer to|look at|consult|observe|examine|study|consider) (?:the|this|these) "
    rf"(?:\w+ )?(?<!periodic )(?:{_PICTURES})s?\b(?! (?:of|called|named|whose|with|that|which)\b)",
    r"\b(?:above|below) (?:figure|diagram|graph|image|picture|chart|plot|illustration)s?\b",
    r"\bin the (?:figure|diagram|picture|image|drawing|illustration)(?=[,.?;:)]|$)",
    # other questions of the page
    r"\b(?:previous|preceding|foregoing|prior|earlier) (?:exercise|problem|question|example|quiz"
    r"|activity|challenge|homework)s?\b",
    r"\bthe (?:exercise|problem|question|example)s? (?:above|before)\b",
    rf"\b(?:exercise|problem|question|example|ex\.|tables?){_NUMBER}(?!\d|\.\d)",
    # German, French and Spanish
    rf"\b(?:abbildung|abb\.|bild|aufgabe|beispiel|tabelle|tab\.|übung){_NUMBER}",
    r"\b(?:folgende|obige|nebenstehende|abgebildete)[nrms]? (?:\w+ )?(?:abbildung|grafik|skizze"
    r"|diagramm|bild|zeichnung|graph(?:en)?)\b",
    r"\b(?:abbildung|grafik|skizze|bild|zeichnung|tabelle) (?:oben|unten|rechts|links)\b",
    r"\b(?:vorigen|vorherigen|vorangehenden|letzten) (?:aufgabe|übung|frage)\b",
    rf"\b(?:figure|tableau|exercice|schéma){_NUMBER}",
    r"\b(?:figure|graphique|tableau|schéma|image|dessin|carte) (?:ci-(?:dessous|dessus|contre)"
    r"|suivante?)\b",
    r"\b(?:exercice|problème|question) précédente?\b",
    rf"\b(?:figura|tabla|ejercicio|problema|gráfic[ao]){_NUMBER}",
    r"\b(?:siguiente (?:figura|gráfic[ao]|imagen|tabla|diagrama)|(?:figura|gráfic[ao]|imagen|tabla"
    r"|diagrama) (?:siguiente|anterior|adjunt[ao]|de (?:abajo|arriba)))\b",
    r"\b(?:ejercicio|problema|pregunta) anterior\b",
)
_THING = re.compile(
    "figur|fig|diagram|graph|gráfic|chart|plot|image|imagen|pictu|photo|illustr|map|draw|screensh"
    "|sketch|table|tabell|tablea|tabla|exerc|ejerc|probl|questi|pregun|exampl|ex[.]|activ|challeng"
    "|quiz|homew|abb|bild|aufgab|beispi|tab[.]|übung|frage|grafik|skizz|zeichn|schéma|dessin|carte"
)
_POINTER = re.compile("|".join(_POINTERS), re.IGNORECASE)
_TABLE = re.compile(r"\b(?:tables?|tabelle|tableau|tabla)\b", re.IGNORECASE)
_ROW = re.compile(r"[|\t]|  |\d[ ]+[$€£-]?\d|,[^,\n]{1,40},")
_FEWEST_ROWS = 3
_OWN_LABEL = re.compile(
    r"^[\W_]{0,10}(?:(?:solution|answer|hint)s? (?:to|of|for) )?(?:the )?(?:exercise|problem"
    r"|question|example|activity|aufgabe|beispiel|übung|exercice|problème|ejercicio|problema)s?"
    rf"{_NUMBER}(?=[\s.:)–—-])(?! (?:asks?|shows?|says|and|or|is|we)\b)",
    re.IGNORECASE | re.MULTILINE,
)


def self_referring(question: str, answer: str) -> str:
    """Return "self_referring" if a text points at a figure or exercise that it does not hold.

    "Exercise 3: …" before a text is its own label; a table whose rows are in the text is there.
    """
    for text in (question, answer):
        if not _THING.search(text.lower()):
            continue  # most texts: the patterns below are slow
        unlabelled = _OWN_LABEL.sub(" ", text)
        rows = sum(_ROW.search(line) is not None for line in question.splitlines())
        for match in _POINTER.finditer(unlabelled):
            if not (_TABLE.search(match[0]) and rows >= _FEWEST_ROWS):
                return "self_referring"
    return ""


def question_only(answers: str) -> str:
    """Return "question_only" if no answer stands behind a question."""
    return "" if answers.strip() else "question_only"


def too_short(question: str, answer: str, min_question: int, min_answer: int) -> str:
    """Return "too_short" if question or answer has fewer characters than it must have."""
    short = len(question.strip()) < min_question or len(answer.strip()) < min_answer
    return "too_short" if short else ""


def echo(question: str, answer: str) -> str:
    """Return "echo" if the answer says no more than the question did."""
    return "echo" if answer_checks.echo(question, answer) else ""


def question_words(question: str) -> str:
    """Return what two spellings of one question share: its words, signs and numbers."""
    return " ".join(re.findall(r"\w+|[^\w\s.,;:!?$*`'\"“”‘’]", question.casefold()))
