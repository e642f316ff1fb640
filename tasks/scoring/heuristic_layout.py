"""Is a text whole: readable characters, no raw markup, nothing opened that stays open?"""

import re
import unicodedata

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)(?!.*```)", re.MULTILINE)
_MOJIBAKE = re.compile("â€[™œ\x9d“”˜¦]?|Ã[\xa0-¿©¨¶¼±]|Â[\xa0°·²³±«»]|âˆ’|ï»¿")
_FINE = frozenset("\n\t\r\u200c\u200d\ufe0f")  # joiners shape letters and emoji
_ODD = frozenset({"Cc", "Co", "Cn", "Cs", "Cf"})
_MOST_ODD = 0.02

_HTML = re.compile(
    r"</?(?:a|b|br|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|script|span|strong|style|su[bp]|table"
    r"|tbody|td|th|tr|u|ul)\b[^<>\n]{0,300}/?>|<!--|&(?:nbsp|amp|lt|gt|quot|apos|[lr]dquo|#x?\d+);"
    r"|\[/?(?:quote|url|img|b|i|u|latex|math|tex|spoiler)(?:=[^\]\n]{0,200})?\]",
    re.IGNORECASE,
)
_ABOUT_MARKUP = re.compile(
    r"\b(?:html5?|css|xml|svg|javascript|jquery|jsx|react|vue|php|markup|tags?|bbcode|web ?page"
    r"|website|dom|entity|entities|template)\b",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(\w+\*?)\}")
_DOLLARS = re.compile(r"(?<!\\)\$")
_PRICE = re.compile(r"(?:^|[\s(])\$\d[\d,.]*(?=[\s.,;:!?)]|$)")
_MATH = re.compile(
    r"\$\$(.{1,3000}?)\$\$|(?<![\\$])\$([^$\n]{1,1000})\$|\\\((.{1,3000}?)\\\)|\\\[(.{1,3000}?)\\\]",
    re.DOTALL,
)


def characters(question: str, answer: str) -> tuple[float, str]:
    """Return 1 for readable characters throughout, 0 where one in fifty is not.

    Odd are control, private and unassigned characters, U+FFFD, and what text looks like that was
    decoded as Latin-1 ("â€™").
    """
    text = f"{question}\n{answer}"
    if text.isascii() and text.isprintable():
        return 1.0, ""
    odd = [
        sign
        for sign in text
        if sign == "\ufffd" or (unicodedata.category(sign) in _ODD and sign not in _FINE)
    ]
    broken = _MOJIBAKE.findall(text)
    share = (len(odd) + sum(map(len, broken))) / max(len(text), 1)
    telling = ", ".join([*dict.fromkeys(broken)][:5] + [f"U+{ord(s):04X}" for s in {*odd}][:5])
    return max(0.0, 1 - share / _MOST_ODD), telling


def markup(question: str, answer: str) -> tuple[float, str]:
    """Return 1 without raw tags and entities outside of code, else 1 in 1 plus their number.

    A question about markup may have as many as it likes.
    """
    if _ABOUT_MARKUP.search(question):
        return 1.0, ""
    found = _HTML.findall(_CODE.sub(" ", f"{question}\n{answer}"))
    return 1 / (1 + len(found)), ", ".join(dict.fromkeys(found))[:100]


def balanced(question: str, answer: str) -> tuple[float, str]:
    """Return 1 where all that is opened is closed, 0.5 for one exception, 0 for more.

    Looked at: code fences, `$`, `$$`, `\\(`, `\\[`, LaTeX environments, and braces in formulas;
    in question and answer each.
    """
    open_ones = [*_unbalanced(question), *_unbalanced(answer)]
    return max(0.0, 1 - len(open_ones) / 2), ", ".join(open_ones)


def _unbalanced(text: str) -> list[str]:
    found = []
    if len(_FENCE.findall(text)) % 2:
        return ["a code fence"]
    text = _CODE.sub(" ", text)
    if text.count("$$") % 2:
        found.append("$$")
    single = text.replace("$$", "")
    if len(_DOLLARS.findall(single)) % 2 and not _PRICE.search(single):
        found.append("$")
    found += [a for a, b in (("\\(", "\\)"), ("\\[", "\\]")) if _count(text, a) != _count(text, b)]
    kinds = [kind for kind, _ in _ENVIRONMENT.findall(text)]
    if kinds.count("begin") != kinds.count("end"):
        found.append("\\begin")
    formulas = ["".join(groups) for groups in _MATH.findall(text)]
    bare = [re.sub(r"\\\\|\\[{}]", "", formula) for formula in formulas]
    if any(formula.count("{") != formula.count("}") for formula in bare):
        found.append("{")
    return found


def _count(text: str, bracket: str) -> int:
    r"""Return how often a bracket stands there, `\\[2pt]` (a row's end) not counted."""
    return len(re.findall(rf"(?<!\\){re.escape(bracket)}", text))
