"""Presentation MathML as TeX, for formulas that carry no TeX of their own."""

from collections.abc import Callable
from typing import Any

_SYMBOLS = {
    "×": r"\times", "÷": r"\div", "⋅": r"\cdot", "·": r"\cdot", "±": r"\pm", "∓": r"\mp",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim",
    "→": r"\to", "←": r"\leftarrow", "⇒": r"\Rightarrow", "⇔": r"\Leftrightarrow",
    "⇌": r"\rightleftharpoons", "↦": r"\mapsto", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla",
    "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∮": r"\oint", "∈": r"\in", "∉": r"\notin",
    "⊂": r"\subset", "⊆": r"\subseteq", "∪": r"\cup", "∩": r"\cap", "∅": r"\emptyset",
    "∀": r"\forall", "∃": r"\exists", "¬": r"\neg", "∧": r"\wedge", "∨": r"\vee",
    "√": r"\sqrt{}", "∝": r"\propto", "°": r"^\circ", "′": "'", "…": r"\dots", "⋯": r"\cdots",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon",
    "ϵ": r"\epsilon", "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ϑ": r"\vartheta",
    "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi",
    "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "υ": r"\upsilon", "φ": r"\varphi",
    "ϕ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta",
    "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi",
    "Ψ": r"\Psi", "Ω": r"\Omega", "ℏ": r"\hbar", "ℓ": r"\ell", "ℝ": r"\mathbb{R}",
    "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℂ": r"\mathbb{C}",
    "−": "-", "∗": "*", "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "{": r"\{", "}": r"\}",
    "%": r"\%", "#": r"\#", "&": r"\&", "\u2061": "", "\u2062": "", "\u2063": ",", "\u2064": "+",
}  # fmt: skip
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "log",
        "ln",
        "exp",
        "lim",
        "max",
        "min",
        "sup",
        "inf",
        "det",
        "dim",
        "gcd",
        "ker",
        "deg",
        "arg",
    ]
)
_ACCENTS = {
    "^": r"\hat", "ˆ": r"\hat", "~": r"\tilde", "˜": r"\tilde", "¯": r"\bar", "‾": r"\overline",
    "→": r"\vec", "⃗": r"\vec", "˙": r"\dot", "¨": r"\ddot", "⏞": r"\overbrace",
}  # fmt: skip
_DEEPEST = 60


def mathml_to_tex(math: Any) -> str:
    """Return the TeX of a `<math>` element of presentation markup; of unknown tags, the content."""
    return " ".join(_tex(math, 0).split())


def _tex(node: Any, depth: int) -> str:
    if depth > _DEEPEST:
        return str(node.text_content)
    handler = _HANDLERS.get(node.tag)
    if handler:
        return handler(node, depth)
    children = node.children.values()
    if not children:
        return _symbols(node.text_content)
    return "".join(_tex(child, depth + 1) for child in children)


def _symbols(text: str) -> str:
    parts = []
    for character in text.strip():
        symbol = _SYMBOLS.get(character, character)
        parts.append(f"{symbol} " if symbol.startswith("\\") and symbol[-1:].isalpha() else symbol)
    return "".join(parts)


def _identifier(node: Any, depth: int) -> str:
    name = node.text_content.strip()
    if name in _FUNCTIONS:
        return f"\\{name} "
    if len(name) > 1 and name.isascii() and name.isalpha():
        return rf"\mathrm{{{name}}}"
    return _symbols(name)


def _text(node: Any, depth: int) -> str:
    text = node.text_content
    return rf"\text{{{text}}}" if text.strip() else " "


def _arguments(node: Any, depth: int, count: int) -> list[str]:
    found = [_tex(child, depth + 1).strip() for child in node.children.values()]
    return [*found, *[""] * count][:count]


def _fraction(node: Any, depth: int) -> str:
    top, bottom = _arguments(node, depth, 2)
    return rf"\frac{{{top}}}{{{bottom}}}"


def _root(node: Any, depth: int) -> str:
    inside, degree = _arguments(node, depth, 2)
    return rf"\sqrt[{degree}]{{{inside}}}"


def _square_root(node: Any, depth: int) -> str:
    return (
        rf"\sqrt{{{''.join(_tex(child, depth + 1) for child in node.children.values()).strip()}}}"
    )


def _scripts(marks: str) -> Callable[[Any, int], str]:
    def render(node: Any, depth: int) -> str:
        base, *scripts = _arguments(node, depth, 1 + len(marks))
        base = base if len(base) <= 1 or base.startswith("\\") else f"{{{base}}}"
        pairs = zip(marks, scripts, strict=True)
        return base + "".join(f"{mark}{{{script}}}" for mark, script in pairs if script)

    return render


def _over(node: Any, depth: int) -> str:
    base, mark = _arguments(node, depth, 2)
    accent = _ACCENTS.get(node.children[1].text_content.strip()) if len(node.children) > 1 else None
    if accent:
        return f"{accent}{{{base}}}"
    if base.startswith(("\\sum", "\\prod", "\\int", "\\lim")):
        return f"{base}^{{{mark}}}"
    return rf"\overset{{{mark}}}{{{base}}}"


def _under(node: Any, depth: int) -> str:
    base, mark = _arguments(node, depth, 2)
    if base.startswith(("\\sum", "\\prod", "\\int", "\\lim", "\\max", "\\min")):
        return f"{base}_{{{mark}}}"
    return rf"\underset{{{mark}}}{{{base}}}"


def _fenced(node: Any, depth: int) -> str:
    left, right = node.getattr("open") or "(", node.getattr("close") or ")"
    separator = (node.getattr("separators") or ",")[:1]
    inside = separator.join(_tex(child, depth + 1).strip() for child in node.children.values())
    return f"{_symbols(left)}{inside}{_symbols(right)}"


def _table(node: Any, depth: int) -> str:
    rows = [
        " & ".join(_tex(cell, depth + 2).strip() for cell in row.children.values())
        for row in node.children.values()
        if row.tag in {"mtr", "mlabeledtr"}
    ]
    body = r" \\ ".join(rows)
    return rf"\begin{{matrix}}{body}\end{{matrix}}"


def _first_child(node: Any, depth: int) -> str:
    return _tex(node.children[0], depth + 1) if node.children else ""


def _nothing(node: Any, depth: int) -> str:
    return ""


_HANDLERS: dict[str, Callable[[Any, int], str]] = {
    "mi": _identifier,
    "mtext": _text,
    "ms": _text,
    "mspace": lambda node, depth: " ",
    "mfrac": _fraction,
    "mroot": _root,
    "msqrt": _square_root,
    "msup": _scripts("^"),
    "msub": _scripts("_"),
    "msubsup": _scripts("_^"),
    "munderover": _scripts("_^"),
    "mover": _over,
    "munder": _under,
    "mfenced": _fenced,
    "mtable": _table,
    "semantics": _first_child,
    "annotation": _nothing,
    "annotation-xml": _nothing,
    "mphantom": _nothing,
}
