"""Reading the JSON in a model's answer, with the LaTeX inside it intact."""

import json
import re

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TOKEN = re.compile(rf"{_STRING.pattern}|[{{}}\[\]]|\"", re.DOTALL)
# A set, an interval or a citation in the prose around the value ({x}, [0, 1), [3]) is no start.
_OPENING = re.compile(r'\{\s*["}]|\[\s*["\[{\]]')
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[A-Za-z]+|.)", re.DOTALL)
_ESCAPED_COMMAND = re.compile(r"\\\\[A-Za-z]{2}")
_DOLLAR = re.compile(r"(?<!\\)\$")
_NEVER_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# Commands whose first letter is also a JSON escape. A newline or a tab before the rest of such a
# name ("imes", "abla") does not occur; b and f need no list, for nobody writes a backspace.
_COMMAND_NAMES = """
tag tan tanh tau tbinom text textbf textit textrm textsf textstyle texttt textup tfrac therefore
theta thickspace thinspace tilde times tiny to top triangle triangleleft triangleq triangleright
rangle rbrace rbrack rceil ref rfloor rgroup rho right rightarrow rightharpoonup
rightleftharpoons rm root rtimes rule rvert
nabla natural ncong nearrow neg negthinspace neq nexists newline ngeq ngtr nleq nless nleftarrow
nmid nolimits nonumber nparallel nprec nrightarrow nsim nsubseteq not notin nwarrow
"""
_COMMANDS = frozenset(_COMMAND_NAMES.split())
# Here the rest is a variable too (`\nu`, or a new line that starts with u): the `$` decide.
_COMMANDS_IN_MATH = frozenset({"ne", "ni", "nu"})


def read_json_answer(text: str) -> object:
    """Return the JSON object or list in a model's answer; of several, the longest.

    Raises `ValueError` when no whole value is there.
    """
    values, problems = _values(text)
    if not values:
        raise ValueError(f"{problems[-1]}: {_shown(text)}")
    return max(values, key=lambda item: item[0])[1]


def read_json_answers(text: str) -> list[object]:
    """Return all JSON objects and lists in a model's answer, in order; at least one.

    For answers whose drafts and quotations must not pass for their result. Raises `ValueError` when
    none is there, or anything that looks like one cannot be read.
    """
    values, problems = _values(text)
    if problems:
        raise ValueError(f"{problems[-1]}: {_shown(text)}")
    return [value for _, value in values]


def _values(text: str) -> tuple[list[tuple[int, object]], list[str]]:
    r"""Return the JSON values in a text, each with its length, and why others cannot be read.

    Reads through code fences, prose around the value, a leading `<think>` block, trailing commas
    and raw line breaks in strings. Models write `"\frac{1}{2}"` where JSON wants `"\\frac…"`;
    half of these slips are invalid (`\alpha`), half are valid and wrong (`\times` is a tab and
    "imes"), which no schema enforced while decoding prevents: both kinds are mended. A value that
    was cut off is never completed. Raises `ValueError` for one.
    """
    text = text.rpartition("</think>")[2]
    found: list[tuple[int, object]] = []
    problems: list[str] = []
    position = 0
    while opening := _OPENING.search(text, position):
        end = _end_of_value(text, opening.start())
        if end is None:
            raise ValueError(f"a JSON value is cut off: {_shown(text[opening.start() :])}")
        try:
            found.append((end - opening.start(), _decode(text[opening.start() : end])))
        except (ValueError, RecursionError) as error:
            problems.append(str(error))
        position = end
    if not found and not problems:
        problems.append("there is no JSON object or list")
    return found, problems


def _end_of_value(text: str, start: int) -> int | None:
    """Return where the brackets opened at `start` are closed again; None if they never are."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token[0] in ("{", "["):
            depth += 1
        elif token[0] in ("}", "]"):
            depth -= 1
            if depth == 0:
                return token.end()
        elif token[0] == '"':
            return None  # a string without an end
    return None


def _decode(raw: str) -> object:
    """Return one JSON value, its backslashes mended. Raises `ValueError` or `RecursionError`."""
    parts: list[str] = []
    position = 0
    for string in _STRING.finditer(raw):
        parts.append(_TRAILING_COMMA.sub(r"\1", raw[position : string.start()]))
        parts.append(_mend_backslashes(string[0]))
        position = string.end()
    parts.append(_TRAILING_COMMA.sub(r"\1", raw[position:]))
    value = json.loads("".join(parts), strict=False, parse_constant=_refuse_constant)
    return _clean(value)


def _mend_backslashes(string: str) -> str:
    r"""Return a JSON string literal in which every LaTeX backslash is doubled."""
    doubled_elsewhere = _ESCAPED_COMMAND.search(string) is not None
    slipped = False

    def mend(match: re.Match[str]) -> str:
        nonlocal slipped
        if _is_escape(match[1], string, match.start()):
            return match[0]
        if match[1] == "'":
            return "'"  # valid in Python and JavaScript, and meant as such
        slipped = True
        return "\\" + match[0]

    mended = _ESCAPE.sub(mend, string)
    if slipped and not doubled_elsewhere:
        # Whoever writes single backslashes throughout means `\\` as a row break of LaTeX.
        return _ESCAPE.sub(lambda m: m[0] * 2 if m[1] == "\\" else mend(m), string)
    return mended


def _is_escape(name: str, string: str, position: int) -> bool:
    """Return whether a backslash before `name` is a JSON escape rather than LaTeX."""
    if name in ('"', "\\", "/"):
        return True
    if name[0] == "u":
        return len(name) == 5 and name[1:].isalnum() and _is_hexadecimal(name[1:])
    if name[0] in "bf":
        return len(name) == 1
    if name[0] not in "nrt":
        return False
    if name in _COMMANDS_IN_MATH:
        return len(_DOLLAR.findall(string, 0, position)) % 2 == 0
    return name not in _COMMANDS


def _is_hexadecimal(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)


def _clean(value: object) -> object:
    """Return the value without characters that no text has and that Parquet cannot hold."""
    if isinstance(value, str):
        return _NEVER_TEXT.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _shown(text: str) -> str:
    """Return the text short enough for a log line."""
    text = text.strip()
    return repr(text if len(text) <= 100 else f"{text[:60]} … {text[-30:]}")
