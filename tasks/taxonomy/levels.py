"""The level of a subject: one word of five, whatever a list calls it."""

import re

LEVELS = ("school", "introductory", "intermediate", "advanced", "graduate")
"""From the lowest to the highest."""

# Course catalogues number by year (101, 3xx); "junior" and "senior" are the third and fourth.
_WORDS = {
    "school": r"school|primary|secondary|k-?12|pre-?(?:university|college)",
    "introductory": r"introduct\w*|intro|begin\w*|basics?|found\w*|fundamental\w*"
    r"|elementary|entry|novice|certificate|freshman|lower|(?:first|1st)[- ]year|year (?:1|one)"
    r"|1(?:00|01|xx)",
    "intermediate": r"intermediate|medium|middle|sophomore|(?:second|2nd)[- ]year|year (?:2|two)"
    r"|2(?:00|01|xx)",
    "advanced": r"advanced|upper|junior|senior|honou?rs|(?:third|fourth|final|3rd|4th)[- ]year"
    r"|year (?:3|4|three|four)|[34](?:00|01|xx)",
    "graduate": r"(?:post-?)?graduate|master\w*|msc|doctora\w*|ph\.?d\.?|expert|speciali[sz]\w+",
}
_PATTERNS = {
    level: re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])") for level, words in _WORDS.items()
}
_UNDERGRADUATE = re.compile(r"\b(?:undergrad\w*|bachelor\w*|core|college|university)\b")
_GRADUATE_SCHOOL = re.compile(r"\bgraduate school\b")


def level_of(text: str) -> str:
    """Return the lowest level that a text names, or "" if it names none.

    "Undergraduate" alone is intermediate: it spans what is introductory and what is advanced.
    """
    text = _GRADUATE_SCHOOL.sub("graduate", text.casefold())
    for level in LEVELS[:-1]:
        if _PATTERNS[level].search(text):
            return level
    if _UNDERGRADUATE.search(text):
        return "intermediate"
    return "graduate" if _PATTERNS["graduate"].search(text) else ""
