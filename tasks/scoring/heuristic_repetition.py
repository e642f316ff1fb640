"""How much of a text says what it has said before."""

import re
from collections import Counter

_TOKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_N = 10  # words, numbers and names of LaTeX: what comes again by chance is shorter
_TOLERATED = 0.15  # share of words: solutions in steps repeat their formulas
_TOO_MUCH = 0.6
_SHORTEST_LINE = 12  # characters: braces and table rules come again
_RUN = re.compile(r"([^\s\d=_.*#~|+<>-])\1{14,}")


def repetition(question: str, answer: str) -> tuple[float, str]:
    """Return 1 for an answer that repeats nothing, 0 where 60 % of it stood in it before.

    Counted is the larger of two shares: of lines that came already, by their characters, and of
    words in runs of ten that came already. A letter that stands 15 times in a row is 0.
    """
    if run := _RUN.search(answer):
        return 0.0, run[0][:30]
    share, example = max(_lines(answer), _runs(answer))
    value = 1 - (share - _TOLERATED) / (_TOO_MUCH - _TOLERATED)
    return min(1.0, max(0.0, value)), example if value < 1 else ""


def _lines(text: str) -> tuple[float, str]:
    lines = [line for raw in text.splitlines() if len(line := raw.strip()) >= _SHORTEST_LINE]
    counts = Counter(lines)
    again = {line: (count - 1) * len(line) for line, count in counts.items() if count > 1}
    if not again:
        return 0.0, ""
    return sum(again.values()) / len(text), max(again, key=lambda line: again[line])[:100]


def _runs(text: str) -> tuple[float, str]:
    tokens = _TOKEN.findall(text)
    seen: set[tuple[str, ...]] = set()
    covered, last, example = 0, -1, ""
    for start in range(len(tokens) - _N + 1):
        run = tuple(tokens[start : start + _N])
        if run in seen:
            covered += start + _N - 1 - max(last, start - 1)
            last = start + _N - 1
            example = example or " ".join(run)
        seen.add(run)
    return covered / max(len(tokens), 1), example
