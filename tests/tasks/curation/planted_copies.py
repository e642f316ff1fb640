"""Copies of a question as they stand in other texts: kept, reformatted, cut."""

import html
import json
import random
import re
import textwrap
from collections.abc import Callable


def recased(text: str, chance: random.Random) -> str:
    return chance.choice((str.lower, str.upper, str.title))(text)


def respaced(text: str, chance: random.Random) -> str:
    """Other white space everywhere, and none or some around signs."""
    text = re.sub(r"\s+", lambda _: chance.choice((" ", "  ", "\n", " \n", "\t", "\u00a0")), text)
    return re.sub(r" ?([?,;:]) ?(?![\d.])", chance.choice((r"\1 ", r" \1 ")), text)


def rewritten(text: str, chance: random.Random) -> str:
    """Another writing of the same formulas: other LaTeX, or signs in place of LaTeX."""
    to_latex: list[tuple[str, str]] = [
        (r"\\dfrac", r"\\frac"),
        (r"\^(\w)(?!\w)", r"^{\1}"),
        (r"(?<!left)\((?=[^()]*\))", r"\\left("),
        (r"(?<!right)\)", r"\\right)"),
        (r"\\le(?:q)?(?![a-z])", r"\\leqslant"),
        (r"\\times", r"\\cdot"),
        (r"\$\$?([^$]+)\$\$?", r"\\(\1\\)"),
        (r"(?<!\d)(\d)(\d{3})(?!\d)", r"\1{,}\2"),
        (r"\\ldots|\\cdots", r"\\dots"),
    ]
    to_signs: list[tuple[str, str]] = [
        (r"\\[dt]?frac\{(\w+)\}\{(\w+)\}", r"\1/\2"),
        (r"\^\{?2\}?(?!\w)", "²"),
        (r"\^\{?3\}?(?!\w)", "³"),
        (r"\\cdot|\\times", "×"),
        (r"\\leq?(?![a-z])", "≤"),
        (r"\\geq?(?![a-z])", "≥"),
        (r"\\pi(?![a-z])", "π"),
        (r"\\theta(?![a-z])", "θ"),
        (r"\\sqrt\{(\w+)\}", r"√\1"),
        (r"\\left|\\right|\\text(?=\{)", ""),
        (r"\^\{?\\circ\}?", "°"),
        (r"\\ldots|\\dots", "…"),
        (r"\\(?=sin|cos|tan|log|ln)", ""),
        (r"\$", ""),
        (r"(?<!\d)(\d)(\d{3})(?!\d)", r"\1,\2"),
    ]
    for pattern, put in chance.choice((to_latex, to_signs)):
        text = re.sub(pattern, put, text)
    return text


def truncated(text: str, chance: random.Random) -> str:
    """The first 60 % of the words."""
    words = text.split()
    return " ".join(words[: round(0.6 * len(words))])


def renumbered(text: str, chance: random.Random) -> str:
    return chance.choice(("12. ", "Q3) ", "(a) ", "Question 7: ", "- ", "4) ")) + text


def in_html(text: str, chance: random.Random) -> str:
    """HTML that nobody parsed, now and then escaped twice."""
    text = html.escape(text).replace("  ", " &nbsp;")
    text = re.sub(r"\b([a-z]{5,})\b", chance.choice((r"<b>\1</b>", r"<a href='/\1'>\1</a>")), text)
    text = re.sub(r"([.?!,]) ", r"\1<br />", text)
    return html.escape(text) if chance.random() < 0.2 else text


def in_markdown(text: str, chance: random.Random) -> str:
    linked = r"[\1](https://example.org/\1_(\1))"
    return re.sub(
        r"(?<![\\{])\b([a-z]{6,})\b", lambda m: m.expand(chance.choice((linked, r"\1"))), text
    )


def in_chat(text: str, chance: random.Random) -> str:
    before, after = chance.choice(
        (
            ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\nFine"),
            ("<s>[INST] ", " [/INST] Fine"),
            ("<|user|>", "<|assistant|>Fine"),
        )
    )
    return before + text + after


def in_json(text: str, chance: random.Random) -> str:
    return json.dumps({"role": "user", "content": text}, ensure_ascii=chance.random() < 0.5)


def broken(text: str, chance: random.Random) -> str:
    """Lines of 40 characters, at whose ends long words are broken, below one another."""
    parted = re.sub(r"\b([a-z]{4,6})([a-z]{3,})\b", "\\1\u00ad\\2", text)
    lines = textwrap.wrap(parted.replace("\u00ad", "- -"), 40, break_on_hyphens=False)
    return "\n".join(lines).replace("-\n-", "-\n").replace("- -", "")


def grouped(text: str, chance: random.Random) -> str:
    """Long numbers in groups of three."""
    space = chance.choice(("\u2009", "\u202f", "\u00a0", "&nbsp;", "&#8239;", r"\,"))
    return re.sub(
        r"(?<![\w.,])\d{4,}(?![\w.,])", lambda m: f"{int(m[0]):,}".replace(",", space), text
    )


COPIES: dict[str, Callable[[str, random.Random], str]] = {
    "verbatim": lambda text, chance: text,
    "re-spaced": respaced,
    "re-cased": recased,
    "LaTeX-rewritten": rewritten,
    "renumbered": renumbered,
    "truncated": truncated,
    "HTML": in_html,
    "Markdown links": in_markdown,
    "chat": in_chat,
    "JSON": in_json,
    "broken words": broken,
    "grouped digits": grouped,
}


def planted(copy: str, host: str, chance: random.Random) -> str:
    """Put a copy on lines of its own, behind a sentence, or anywhere between two words."""
    gap, around = chance.choice((("\n", "\n"), (". ", " "), (" ", " ")))
    places = [match.end() for match in re.finditer(re.escape(gap), host)] or [len(host)]
    at = chance.choice(places)
    return f"{host[:at]}{around}{copy}{around}{host[at:]}"
