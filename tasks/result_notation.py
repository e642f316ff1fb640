r"""A result in one notation: without markup, layout commands and what stands before its value."""

import re

_DRESS = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|boxed|mathstrut|hline)(?![A-Za-z])"
    r"|(?<!\\)\\[()\[\]]|\*\*|`|\\!"
)
_FUNCTION = re.compile(r"(?<![\\A-Za-z])((?:arc)?(?:sin|cos|tan)h?|log|ln|exp)(?![A-Za-z])")
_LOGARITHM = re.compile(r"(?<![\\A-Za-z])log(2|10)(?=\s*[({])")
_PRICE = re.compile(r"\$(?=\s?[\d.])")
_MONEY = "\ue000"  # of the private use area: in no text
_FONT = re.compile(
    r"\\(?:math(?:rm|bf|it|sf|cal|bb)|text(?:rm|bf|it|sf|tt)?|mbox|operatorname|rm|bf|unit|si)"
    r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
)
_SEGMENT = re.compile(r"\\(?:overline|overleftrightarrow|overrightarrow|widehat)\s*\{([A-Z]+)\}")
_SPACE = re.compile(r"(?<!\\)\\[,;: ]|~|\\q?quad(?![A-Za-z])|&nbsp;|[\u00a0\u2009\u202f]")
_SIGNS = {
    "\\dfrac": "\\frac",
    "\\tfrac": "\\frac",
    "\\cfrac": "\\frac",
    "\\%": "%",
    "\\#": "#",
    "^{\\circ}": "°",
    "^\\circ": "°",
    "\\degree": "°",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\geq": "\\ge",
    "\\leq": "\\le",
    "\\neq": "\\ne",
    "\\geslant": "\\ge",
    "\\leslant": "\\le",
    "\\lt": "<",
    "\\gt": ">",
    "\\mid": "|",
    "\\langle": "(",
    "\\rangle": ")",
    "\\varnothing": "\\emptyset",
    "−": "-",
    "–": "-",
    "×": "\\times ",
    "·": "\\cdot ",
    "∞": "\\infty ",
    "π": "\\pi ",
    "≤": "\\le ",
    "≥": "\\ge ",
    "≠": "\\ne ",
    "∪": "\\cup ",
    "∈": "\\in ",
    "±": "\\pm ",
    "≈": "\\approx ",
    "∅": "\\emptyset ",
    "ℝ": "\\R ",
    "²": "^2",
    "³": "^3",
    "½": "\\frac{1}{2}",
    "¼": "\\frac{1}{4}",
    "¾": "\\frac{3}{4}",
    "⅓": "\\frac{1}{3}",
    "⅔": "\\frac{2}{3}",
}
_SIGN = re.compile(
    "|".join(
        re.escape(sign) + ("(?![A-Za-z])" if sign[-1].isalpha() and sign.isascii() else "")
        for sign in sorted(_SIGNS, key=len, reverse=True)
    )
)
_ROOT = re.compile(r"√\s*(?:\(([^()]*)\)|([A-Za-z0-9.]+))|\bsqrt\s*\(([^()]*)\)")
_SHORT_FRACTION = re.compile(r"\\frac\s*(\d)\s*(\d)")
_HALF_SHORT_FRACTION = re.compile(r"\\frac\s*(\d)\s*(\{[^{}]*\})")
_BARE_DENOMINATOR = re.compile(r"\\frac\s*(\{[^{}]*\})\s*(\d)")
_SPACED_THOUSANDS = re.compile(r"(?<=\d),\s*\\!\s*(?=\d{3}(?!\d))")
_SPACED_POWER = re.compile(r"(?<=[A-Za-z]) +(?=\^)")  # \text{ cm}^2 without its font
_CLOSING = re.compile(r"[\s.,;:]+$")
_OPENING = re.compile(
    r"^(?:(?:it|this|that|the (?:final )?(?:answer|result|value)) is|equal to|exactly|approximately"
    r"|approx\.?|about|around|roughly|nearly|\\approx|\\sim|=)\s*[:=]?\s*",
    re.IGNORECASE,
)
# x =, f(x) =, P(A \mid B) =, y' =, a_{20} =, \theta =
_NAME = r"(?:\\?[A-Za-z]+(?:_\{?\w+\}?)?'*(?:\s*\([^()=]{0,20}\))?'*)"
_POINT = re.compile(r"^\([^()=]{1,20}\)\s*=\s*(?=[(\[])")  # (x, y) = (1, 2)
_ASSIGNED = re.compile(rf"^({_NAME})\s*=\s*(?!=)")
_ROUNDED = re.compile(
    r"\s*(?:,?\s*(?:or\s+)?(?:about|approximately|roughly)\b|\\approx"
    r"|,\s*(?:that is|which is|i\.e\.)\s)"
)
_EQUALS = re.compile(r"(?<![<>!\\])=")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NAME_ALONE = re.compile(r"\\?[A-Za-z]+")
_LETTER = re.compile(r"[A-Za-z]")
_OPERATOR = re.compile(r"\\(?:times|cdot|frac|div|sqrt|binom|left|right)(?![A-Za-z])")
_LISTED = re.compile(r"[,;]|\b(?:and|or)\b")


def bare(text: str) -> str:
    """Return a result without its dress: `**$\\dfrac{1}{2}$.**` is `\\frac{1}{2}`."""
    text = _SIGN.sub(lambda match: _SIGNS[match[0]], _prices_alone(text))
    text = _SPACED_THOUSANDS.sub(",", text)
    while (plainer := _FONT.sub(r" \\1 ".replace("\\\\", "\\"), text)) != text:
        text = plainer
    text = _SPACE.sub(" ", _DRESS.sub("", text.replace("\\{", "⦃").replace("\\}", "⦄")))
    text = _LOGARITHM.sub(r"\\log_{\1}", text)
    text = _FUNCTION.sub(r"\\\1", _SEGMENT.sub(r"\1", text))
    text = _ROOT.sub(lambda match: f"\\sqrt{{{match[1] or match[2] or match[3]}}}", text)
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    text = _HALF_SHORT_FRACTION.sub(r"\\frac{\1}\2", text)
    text = _SPACED_POWER.sub("", _BARE_DENOMINATOR.sub(r"\\frac\1{\2}", text))
    text = _CLOSING.sub("", " ".join(text.split()))
    while (shorter := _OPENING.sub("", text)) != text:
        text = shorter
    return text.strip()


def _prices_alone(text: str) -> str:
    r"""Return a text in which a `$` is money: formulas have lost theirs, which come in pairs."""
    text = text.replace("\\$", _MONEY)
    if text.count("$") % 2:
        text = _PRICE.sub(_MONEY, text, count=1)
    return text.replace("$", "").replace(_MONEY, "$")


def value_of(text: str) -> str:
    """Return the value of a bare result: what is assigned, exact rather than rounded beside it.

    `P = 20/56 = 5/14 \\approx 0.357` is `5/14`; an equation between expressions stays as it is.
    """
    exact = _ROUNDED.split(text)[0].strip()
    text = _POINT.sub("", exact or text)
    name = _ASSIGNED.match(text)
    if name and "=" not in text[name.end() :]:
        return text[name.end() :].strip() or text
    chain = [member.strip() for member in _EQUALS.split(text)]
    if _LISTED.search(_THOUSANDS.sub("", text)) or not all(chain):
        return text
    if len(chain) > 1 and _NAME_ALONE.fullmatch(chain[-1]):
        return chain[-2]  # 36 - 19 = 17 = x
    is_chain = len(chain) > 2 or not _LETTER.search(_OPERATOR.sub("", chain[0]))
    return chain[-1] if is_chain else text


def assigned(text: str) -> tuple[str, str] | None:
    """Return name and value of `x = 3`, or None for anything else."""
    match = _ASSIGNED.match(text)
    return (match[1].replace(" ", ""), text[match.end() :].strip()) if match else None
