"""Features of a page's text that say "questions with answers here", whatever its subject.

A classifier on words learns subjects; exercises, solutions and threads show in how lines begin
and end. Every feature is the logarithm of a count, so that a lesson with two exercises at its end
differs more from one without than from a problem set with forty.
"""

import math

# The length of a page is none of them: examples are often excerpts, all of one size, and a weight
# learned from those puts the length of real pages above everything else.
#
# Ordered; a trained classifier keeps one weight for each. The sign is the only one its weight may
# take (0: either), so that no odd set of examples can make an exercise count against a page.
FEATURES: tuple[tuple[str, int], ...] = (
    ("exercises", 1),  # headings such as "Exercise 3" or "Check your understanding"
    ("solutions", 1),  # headings such as "Solution" or "Show answer"
    ("answered", 1),  # how many of the questions and exercises can have a solution heading
    ("questions", 1),  # lines that end with a question mark
    ("choices", 1),  # lines such as "b) 12 m"
    ("replies", 1),  # "3 answers", "add a comment", "answered", "accepted", "reply"
    ("numbered", 0),  # lines that begin with a number
    ("selling", -1),  # carts, prices, newsletters
)

_EXERCISE, _SOLUTION, _REPLY = "exercises", "solutions", "replies"
_FIRST_WORDS: dict[str, str] = {
    **dict.fromkeys(
        [
            "exercise",
            "exercises",
            "problem",
            "problems",
            "challenge",
            "challenges",
            "practice",
            "quiz",
            "homework",
            "assignment",
            "assignments",
            "question",
            "questions",
            "worksheet",
            "exam",
            "puzzle",
            "self-check",
        ],
        _EXERCISE,
    ),
    **dict.fromkeys(
        [
            "solution",
            "solutions",
            "answer",
            "answers",
            "hint",
            "hints",
            "explanation",
            "ans",
            "a",
            "rationale",
        ],
        _SOLUTION,
    ),
    **dict.fromkeys(
        [
            "asked",
            "answered",
            "posted",
            "reply",
            "replied",
            "replies",
            "accepted",
            "solved",
            "upvote",
            "upvotes",
            "votes",
            "share",
            "joined",
            "quote",
            "helpful",
            "comments",
        ],
        _REPLY,
    ),
}
# first word of a short line -> what else it must hold -> what it then is
_PHRASES: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(
        [
            "show",
            "see",
            "view",
            "reveal",
            "hide",
            "click",
            "get",
            "expand",
            "the",
            "sample",
            "model",
            "suggested",
            "correct",
            "full",
            "worked",
            "detailed",
            "possible",
        ],
        (("solution", _SOLUTION), ("answer", _SOLUTION), ("hint", _SOLUTION)),
    ),
    **dict.fromkeys(
        ["answer", "answers", "solution", "solutions"],
        tuple(
            (held, _SOLUTION) for held in (" key", " to exerc", " to prob", " to quest", " to odd")
        ),
    ),
    "best": (("answer", _REPLY),),
    "add": (("comment", _REPLY), ("answer", _REPLY)),
    "check": (("your understanding", _EXERCISE), ("answer", _SOLUTION), ("solution", _SOLUTION)),
    "test": (("yourself", _EXERCISE), ("your knowledge", _EXERCISE)),
    "your": (("turn", _EXERCISE), ("answer", _REPLY)),
    "knowledge": (("check", _EXERCISE),),
    **dict.fromkeys(
        ["review", "practice", "discussion", "homework", "extra", "more"],
        (("question", _EXERCISE), ("exercise", _EXERCISE), ("problem", _EXERCISE)),
    ),
}
_BEGINNINGS = _FIRST_WORDS.keys() | _PHRASES.keys()
_SELLING = ("subscribe", "newsletter", " cart", "cookie", "©", "price", "shipping")
_SAID_IN_THREADS = (" commented ", " answers\n", " replies\n")
_BULLETS = " \t•*-–>#(["
_WORD_ENDS = ".:,#0123456789"
_NUMBERING = "0123456789.):] "
_SHORT = 40  # characters of a line that a phrase can be a heading in


def structure(lowered: str) -> list[float]:
    """Return the page's features in the order of `FEATURES`, given its text in lower case."""
    counts = {_EXERCISE: 0, _SOLUTION: 0, _REPLY: 0, "": 0}
    numbered = choices = questions = 0
    for line in lowered.split("\n"):
        body = line.lstrip(_BULLETS)
        if not body:
            continue
        if body[0] in "0123456789":
            numbered += 1
            body = body.lstrip(_NUMBERING)
        elif body[1:2] in (")", ".") and body[0] in "abcdefgh":
            choices += 1
            body = body[2:].lstrip()
        if line[-1] == "?":
            questions += 1
        first = body.partition(" ")[0].rstrip(_WORD_ENDS)
        if first in _BEGINNINGS:
            counts[_kind_of_line(first, body)] += 1
    replies = counts[_REPLY] + sum(lowered.count(words) for words in _SAID_IN_THREADS)
    asked = counts[_EXERCISE] + questions
    log = math.log1p
    return [
        log(counts[_EXERCISE]),
        log(counts[_SOLUTION]),
        log(min(asked, counts[_SOLUTION])),
        log(questions),
        log(choices),
        log(replies),
        log(numbered),
        log(sum(lowered.count(word) for word in _SELLING)),
    ]


def _kind_of_line(first: str, body: str) -> str:
    """Return which of the counted kinds a line is, given its first word; "" for none."""
    if len(body) < _SHORT:
        for held, kind in _PHRASES.get(first, ()):
            if held in body:
                return kind
    kind = _FIRST_WORDS.get(first, "")
    if kind in (_EXERCISE, _SOLUTION) and body[len(first) + 1 : len(first) + 2].isalpha():
        return ""  # "Problems of the …" is a sentence; "Problem 3", "Problem: …" is a heading
    return kind
