r"""LaTeX as the words that are left of it: `\dfrac{a}{b}` and a/b are both a and b.

Signs (\times, \le, \in …) and layout leave nothing, as × and ≤ do; names (\alpha, \sin) stay words.
"""

import re
from functools import lru_cache

from gleanery.tasks.curation.leaks_characters import PLAIN_BYTES

# Groups: a space within a number (10\,000); the two digits of \frac12; a dumped character (\u2019).
COMMAND = re.compile(
    rb"""
    \\(?: (?: ([,;:])(?<=\d\\.)(?=\d{3}(?!\d)) )
        | [dtc]?(?:frac|binom) \s* (\d) \s* (\d)
        | (?:begin|end) \s* \{ [^{}\n]{0,40} \}
            (?: \s* (?: \{[lcr|@\ ]*\} | \[[tbcpH!]*\] ) )*
        | (?: [hv]space\*? | [hv]?phantom | label | color | textcolor | tag\*? | hskip )
            \s* \{ [^{}\n]{0,40} \}
        | u ([0-9a-f]{4})
        | [A-Za-z]+ \*?
        | [^A-Za-z\x80-\xff] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
BACKSLASHES = re.compile(rb"\\(?=\\)\\+(?=[A-Za-z,;:!])")
GLUED_BY_BRACES = re.compile(rb"\{,\}(?<=\d\{,\})(?=\d{3}(?!\d))")  # 1{,}000

_DROPPED = """
frac dfrac tfrac cfrac binom dbinom tbinom left right big bigg bigl bigr biggl biggr middle
text textbf textit textrm texttt textsf textsc textnormal mathrm mathbf mathit mathsf mathtt
mathbb mathcal mathfrak mathscr boldsymbol bm mbox hbox fbox operatorname emph underline rm bf
it sf tt sl displaystyle textstyle scriptstyle limits nolimits mathop mathbin mathrel boxed
quad qquad enspace thinspace space newline linebreak hfill hline cline noindent par centering
item nonumber notag
times cdot div pm mp ast star bullet circ oplus otimes wedge vee land lor lnot neg
le leq leqslant ge geq geqslant lt gt ne neq ll gg approx equiv sim simeq cong propto
in ni notin subset subseteq supset supseteq cup cap setminus emptyset varnothing
forall exists nexists to rightarrow longrightarrow leftarrow implies iff mapsto hookrightarrow
leftrightarrow longleftrightarrow rightleftharpoons uparrow downarrow longmapsto xrightarrow
ldots dots cdots vdots ddots dotsc dotsb dotsm degree angle perp parallel nparallel triangle
square prime dagger ddagger nabla partial int iint iiint oint sum prod coprod bigcup bigcap
langle rangle lfloor rfloor lceil rceil lvert rvert vert mid nmid lbrace rbrace lbrack rbrack
overline bar hat widehat tilde widetilde vec dot ddot overrightarrow overleftrightarrow
underbrace overbrace stackrel overset underset substack not because therefore checkmark
colon hbar ell re im aleph top bot vdash models
"""
_NAMES = {
    "infty": "infinity",
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
    "varrho": "rho",
    "varsigma": "sigma",
    "varpi": "pi",
    "pmod": "mod",
    "bmod": "mod",
}
_DROPPED_NAMES = frozenset(_DROPPED.split())
# A line end or tab that a dump of strings left as two characters, with the word after it, unless
# that makes a command.
_ESCAPED_BREAK = re.compile(r"[nrt](?=[A-Z])|[nrt](?!(?:u|ho|au|heta|anh?)$)")


def undoubled(match: re.Match[bytes]) -> bytes:
    r"""Return what a match of `BACKSLASHES` says once: dumps of strings double each of them.

    A line's end before a command (`\\\`) says no more than the command, and before a word nothing.
    """
    return b" " if len(match[0]) % 4 == 0 else b"\\"


def plain_latex(match: re.Match[bytes]) -> bytes:
    """Return what a match of `COMMAND` stands for: a word, digits, a space or nothing."""
    if match.lastindex is None:
        return _plain_command(match[0])
    if match[4]:
        return PLAIN_BYTES[chr(int(match[4], 16))]
    return b"" if match[1] else b" %b %b " % (match[2], match[3])


@lru_cache(maxsize=65_536)
def _plain_command(command: bytes) -> bytes:
    name = command[1:].decode("ascii", "replace").rstrip("*")
    if name == "!":  # 1,\!000
        return b""
    if not name.isalpha() or name in _DROPPED_NAMES or name in ("n", "r", "t"):
        return b" "
    if _ESCAPED_BREAK.match(name):
        return f" {name[1:]} ".encode()
    if name.lower() in _DROPPED_NAMES:
        return b" "
    return f" {_NAMES.get(name.lower(), name)} ".encode()
