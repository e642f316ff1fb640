r"""One token for one thing, however it is written: `\leq`, `<=` and ≤; `x^{2}` and x²; ﬁ and fi."""

import html
import re
import unicodedata
from functools import lru_cache

# Commands that are a character or a word; those in `DROPPED` only move or dress what they hold.
_SYMBOLS = r"""
\times × \cdot · \div ÷ \pm ± \mp ∓ \le ≤ \leq ≤ \leqslant ≤ \ge ≥ \geq ≥ \geqslant ≥ \ne ≠ \neq ≠
\lt < \gt > \approx ≈ \equiv ≡ \sim ~ \simeq ≃ \cong ≅ \propto ∝ \infty ∞ \partial ∂ \nabla ∇
\sqrt √ \sum ∑ \prod ∏ \int ∫ \in ∈ \notin ∉ \subset ⊂ \subseteq ⊆ \cup ∪ \cap ∩ \emptyset ∅
\varnothing ∅ \forall ∀ \exists ∃ \neg ¬ \lnot ¬ \land ∧ \wedge ∧ \lor ∨ \vee ∨ \to → \rightarrow →
\longrightarrow → \leftarrow ← \Rightarrow ⇒ \implies ⇒ \Leftarrow ⇐ \iff ⇔ \Leftrightarrow ⇔
\leftrightarrow ↔ \rightleftharpoons ⇌ \mapsto ↦ \ldots … \dots … \cdots … \dotsc … \dotsb …
\degree ° \angle ∠ \perp ⊥ \parallel ∥ \prime ' \ast ∗ \bullet • \circ ∘ \hbar ℏ \ell ℓ \colon :
\alpha α \beta β \gamma γ \delta δ \epsilon ϵ \varepsilon ε \zeta ζ \eta η \theta θ \iota ι \kappa κ
\lambda λ \mu μ \nu ν \xi ξ \pi π \rho ρ \sigma σ \tau τ \upsilon υ \phi ϕ \varphi φ \chi χ \psi ψ
\omega ω \Gamma Γ \Delta Δ \Theta Θ \Lambda Λ \Xi Ξ \Pi Π \Sigma Σ \Phi Φ \Psi Ψ \Omega Ω
\dfrac \frac \tfrac \frac \cfrac \frac \lbrace { \rbrace } \vert | \lvert | \rvert | \mid |
\sin sin \cos cos \tan tan \cot cot \sec sec \csc csc \arcsin arcsin \arccos arccos \arctan arctan
\log log \ln ln \exp exp \lim lim \max max \min min \gcd gcd \det det \dim dim \ker ker \mod mod
\bmod mod
"""
_COMMANDS = dict(zip(_SYMBOLS.split()[::2], _SYMBOLS.split()[1::2], strict=True))
_ESCAPED = {"\\{": "{", "\\}": "}", "\\%": "%", "\\#": "#", "\\&": "&", "\\|": "|"}

_FONT = r"\\(?:text(?:rm|bf|it|tt|sf)?|math(?:rm|bf|it|sf|tt|bb|cal)|operatorname\*?|mbox)[ ]*"
# Letters in running words: no raised, lowered, circled or fraction characters, which Python's \w
# takes in, and no Chinese, Japanese or Korean ones, which stand for themselves.
_LETTER = (
    r"[^\W\d_ªº²³¹¼½¾\u2070-\u209f\u2150-\u215f\u2189\u2460-\u24ff"
    r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_ZERO_WIDTH = "\xad\u200b-\u200f\u2060\ufeff"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"
_DASHES = "-‐‑‒–—―−﹣－"

# Groups hold what counts; what matches outside of them is white space in other clothes.
PIECE = re.compile(
    rf"""
    ( {_LETTER}+ (?: [\u0300-\u036f{_ZERO_WIDTH}]+ {_LETTER}* | ['’ʼ]{_LETTER}+ )*
    | \d+ (?: \.\d+ )* )
    | ( (?<=(?<![\w'’"“‘])[A-Za-z)\]])['’′]{{1,3}}(?!\w) )   # the prime of a derivative
    | ^[ \t]{{0,40}} (?: (?: [-*>·] | \#{{1,6}} ) [ \t]+ )+       # bullets, headings, quotes
    | ^[ \t]{{0,12}} ```\w*[ \t]*$                             # a code block's fence
    | [.,;?"“”„«»‘`´_\$¿¡{_ZERO_WIDTH}•▪◦‣●○] (?<!\.(?=\d)) (?<!\.(?=\.\.))
    | (?<!\d): | :(?!\d)
    | (?<=\w\w)! (?!\w)
    | (?<!\S)\*+(?=[^\s*]) | (?<=[^\s*])\*+(?![^\s.,;:!?)*])
    | ['’]
    | </?(?:b|i|em|strong|br|sub)\s*/?> | </sup>
    | \\[,;:!> ()\[\]\\~\$_\n] | \{{,\}}
    | \\(?:left|right|[bB]igg?[lr]?|quad|qquad|displaystyle|limits|nolimits|rm|bf|it)(?![A-Za-z])\.?
    | ( {_FONT} \{{[^{{}}]{{0,200}}\}}
    | \\[A-Za-z]+ | \\.
    | \{{ [{_DASHES}+]? (?: [A-Za-z] | \d+(?:\.\d+)? ) [{_DASHES}+]? \}}
    | \^ [ ]* \{{? \\circ (?![A-Za-z]) \}}?
    | \.\d+ | \.{{3,}}
    | [{_RAISED}]+ | [{_LOWERED}]+
    | (?<=\d)--(?=\d) | -{{2,3}} | [{_DASHES}]
    | [<>!]= | <sup>
    | & (?: \#\d+ | \#x[0-9a-fA-F]+ | [A-Za-z]{{2,8}} ) ;
    | \S )
    """,
    re.VERBOSE | re.MULTILINE,
)
_WORD = re.compile(rf"{_LETTER}+(?:'{_LETTER}+)*", re.VERBOSE)
_HIDDEN = re.compile(f"[{_ZERO_WIDTH}]")
_UNRAISED = str.maketrans(_RAISED, "0123456789+-=()ni")
_UNLOWERED = str.maketrans(_LOWERED, "0123456789+-=()")
_SINGLE = {
    **dict.fromkeys(_DASHES, "-"),
    "′": "'",
    "’": "'",
    "º": "°",
    "˚": "°",
    "∗": "*",
    "⋅": "·",
    "∙": "·",
    "ϕ": "φ",
    "⟶": "→",
    "⩽": "≤",
    "⩾": "≥",
    "<=": "≤",
    ">=": "≥",
    "!=": "≠",
    "<sup>": "^",
    "--": "-",
    "---": "-",
}


@lru_cache(maxsize=65_536)
def tokens_of(piece: str) -> tuple[str, ...]:
    """Return the tokens that a piece (a match of `PIECE` with a group) stands for."""
    if piece.isascii() and (piece.isalnum() or len(piece) == 1):
        return (piece,)
    if piece in _SINGLE:
        return (_SINGLE[piece],)
    if len(piece) > 1 and piece[0] in "\\{^&":
        return _tokens_of_markup(piece)
    if piece[0] in _RAISED:
        return ("^", *_tokens_in(piece.translate(_UNRAISED)))
    if piece[0] in _LOWERED:
        return _tokens_in(piece.translate(_UNLOWERED))
    if piece[0] == "." and not piece.strip("."):
        return ("…",)
    if piece[0] == ".":
        return (piece,)
    if piece[0] in "'’′":
        return ("'",) * len(piece)
    if all(character in _DASHES for character in piece):
        return ("-",)
    plain = unicodedata.normalize("NFKC", _HIDDEN.sub("", piece)).replace("’", "'")
    if plain == piece or _WORD.fullmatch(plain):
        return (plain,) if plain.strip() else ()
    return ("…",) if plain == "..." else _tokens_in(plain.replace("\u2044", "/"))


def _tokens_of_markup(piece: str) -> tuple[str, ...]:
    if piece[0] == "&":
        character = html.unescape(piece)
        return ("&", piece[1:-1]) if character == piece else _tokens_in(character)
    if piece[0] == "{":
        return _tokens_in(piece[1:-1])
    if piece[0] == "^":
        return ("°",)
    if "{" in piece[1:] and piece[1].isalpha():
        return _tokens_in(piece[piece.index("{") + 1 : -1])
    if piece in _ESCAPED:
        return (_ESCAPED[piece],)
    symbol = _COMMANDS.get(piece, piece)
    return (_SINGLE.get(symbol, symbol),)


def _tokens_in(text: str) -> tuple[str, ...]:
    return tuple(
        token for match in PIECE.finditer(text) if match.lastindex for token in tokens_of(match[0])
    )
