"""The labels that tie answers to questions: "Exercise 7", "7.2", "(b)", "Solution A"."""

import re
from dataclasses import dataclass

_ASK = (
    "question|exercise|problem|task|example|challenge|item|quiz|ex|q|aufgabe|übung|frage|exercice"
    "|problème|ejercicio|problema|pregunta|esercizio"
)
_ANSWER = (
    "answers?|solutions?|ans|sol|a|key|answer key|lösung|antwort|réponse|corrigé|solución"
    "|respuesta|soluzione"
)
_ID = r"\d{1,3}(?:[.-]\d{1,3})*(?:[a-z](?![A-Za-z]))?|[A-Za-z](?![A-Za-z'’])|[ivx]{1,5}(?![A-Za-z])"
_HEAD = r"^[ \t]*(?:[•·▪*#-]{1,6}[ \t]+|\*\*)?"
_WORDED = re.compile(
    rf"{_HEAD}(?:(?P<answer>{_ANSWER})|(?P<ask>{_ASK}))\b"
    rf"(?:[ \t]+(?:to|for|of|zu|von)?[ \t]*(?:the[ \t]+)?(?:{_ASK})\b)?"
    rf"(?:[ \t]*(?:no\.?|nr\.?|\#)?[ \t]*\(?(?P<id>{_ID})\)?)?(?=[ \t]*(?:[.:)\t—–-]|$|[ \t]\S))",
    re.IGNORECASE | re.MULTILINE,
)
_BARE = re.compile(
    rf"{_HEAD}(?:\(?(?P<number>\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?)(?:[.):](?=\s)|(?=[ \t]*\t))"
    r"|(?P<dotted>\d{1,3}\.\d{1,3}(?:\.\d{1,3})?[a-z]?)(?= \S)"
    r"|\(?(?P<letter>[A-Za-z]|[ivx]{1,4})\)(?=[ \t]+\S)|(?P<circled>[ⓐ-ⓩ①-⑳])(?=\s))",
    re.MULTILINE,
)
_IN_LINE = re.compile(r"(?<=[\s;,])\(?(\d{1,3})[.)](?=\s)")
_AROUND = ' .:()[]*_-–—$"“'
_ALONE = re.compile(r"[\s.:)*—–-]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Label:
    """A label at `start`, what it names begins at `end`.

    `kind` is "ask", "answer" or "" (a bare number); `path` is the number in full ("4b" for "(b)"
    under 4), or "" for a word alone ("Solution:").
    """

    start: int
    end: int
    kind: str
    path: str


def page_labels(text: str) -> list[Label]:
    """Return the labels that begin a line, and those of a key in one line, in order."""
    found = [label for match in _WORDED.finditer(text) if (label := _worded(text, match))]
    taken = {text.rfind("\n", 0, label.start) for label in found}
    for match in _BARE.finditer(text):
        if text.rfind("\n", 0, match.start()) in taken and match.start() > 0:
            continue
        number = match["number"] or match["dotted"] or match["letter"] or match["circled"]
        found.append(Label(match.start(), match.end(), "", number.lower()))
    found += [label for bare in found for label in _in_line(text, bare)]
    return _with_parents(sorted(found, key=lambda label: label.start))


def _worded(text: str, match: re.Match[str]) -> Label | None:
    name, path = match["answer"] or match["ask"], (match["id"] or "").lower()
    rest = text[match.end() : match.end() + 3]
    if not path and not (rest[:1] in (":", ".") or _ALONE.match(text, match.end())):
        return None  # "Answer the following", "Problem solving is"
    if path.isalpha() and name.lower() == "a":
        return None  # "A b…"
    if len(name) == 1 and (name.islower() or (not path and rest[:1] not in (":", "."))):
        return None
    if path.isalpha() and not (rest[:1] in (":", ".", ")") or _ALONE.match(text, match.end())):
        return None  # "Example I came across"
    return Label(match.start(), match.end(), "answer" if match["answer"] else "ask", path)


def _in_line(text: str, bare: Label) -> list[Label]:
    """Return the further labels of a key such as "1. C  2. B  3. D"."""
    if bare.kind == "ask" or not bare.path.isdigit():
        return []
    end = text.find("\n", bare.end)
    labels, number = [], int(bare.path)
    for match in _IN_LINE.finditer(text, bare.end, end if end >= 0 else len(text)):
        if int(match[1]) == number + 1:
            number += 1
            labels.append(Label(match.start(), match.end(), "", match[1]))
    return labels


def _with_parents(labels: list[Label]) -> list[Label]:
    """Return the labels with bare letters put under the number before them."""
    parent = ""
    complete = []
    for label in labels:
        if label.path[:1].isdigit():
            parent = label.path
        elif label.path and not label.kind and parent:
            label = Label(label.start, label.end, label.kind, parent + label.path)
        elif label.path:
            parent = ""
        complete.append(label)
    return complete


def is_label(text: str) -> bool:
    """Return whether a text is a label and nothing else ("2.", "Solution:")."""
    labelled = f"{text.strip()} x"
    labels = page_labels(labelled)
    return bool(labels) and not labelled[labels[0].end : -1].strip(_AROUND)
