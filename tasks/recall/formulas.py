"""Formulas of a page as `$…$`: MathML, MathJax and KaTeX, `math/tex` scripts, formula images."""

import re
from typing import Any

from resiliparse.parse.html import HTMLTree

from gleanery.tasks.recall.mathml import mathml_to_tex

_SIGNS = (
    "<math",
    "<mjx-container",
    "math/tex",
    "katex",
    "mwe-math",
    "MathJax",
    "codecogs",
    "mathtex",
    "mimetex",
    "latex",
    "LaTeX",
    "/math/",
    "ql-img",
    'class="math',
    'class="tex',
    "formula",
    "equation",
)
# Elements that hold one formula in several forms, for eyes and for screen readers: one is enough.
_CONTAINERS = ".katex-display, .katex, mjx-container, .mwe-math-element"
_RENDERED = ".MathJax, .MathJax_Preview, .MathJax_Display, .MathJax_SVG, .MathJax_CHTML"
_FORMULA_IMAGE = re.compile(
    r"latex|codecogs|mimetex|mathtex|/math/|media/math|wp-content/ql-cache|texclip", re.IGNORECASE
)
_FORMULA_CLASS = re.compile(
    r"(?:^|[\s_-])(?:tex|latex|math|formula|equation|ql-img)", re.IGNORECASE
)
_DISPLAY_CLASS = re.compile(r"katex-display|displayed|display-math|math-display|block")
_DELIMITERS = re.compile(r"^(?:\$\$?|\\\(|\\\[)(.*?)(?:\$\$?|\\\)|\\\])$", re.DOTALL)
_INLINE = re.compile(r"\\\((.{1,2000}?)\\\)", re.DOTALL)
_DISPLAYED = re.compile(r"\\\[(.{1,4000}?)\\\]", re.DOTALL)
_DISPLAYSTYLE = re.compile(r"^\{\s*\\(?:displaystyle|textstyle)\b(.*)\}$", re.DOTALL)


def has_formulas(html: str) -> bool:
    """Tell whether a page may hold formulas in markup; cheap, and never wrong about a "no"."""
    return any(sign in html for sign in _SIGNS)


def typesets_tex(html: str) -> bool:
    """Tell whether scripts of the page typeset TeX that stands in its text."""
    return "athjax" in html or "athJax" in html or "katex" in html


def dollars_for_parentheses(text: str) -> str:
    r"""Return the text with `\(…\)` as `$…$` and `\[…\]` as `$$…$$`, where they pair up."""
    text = _INLINE.sub(lambda match: tex_between_dollars(match[1], False) or match[0], text)
    return _DISPLAYED.sub(lambda match: tex_between_dollars(match[1], True) or match[0], text)


def rewrite_formulas(tree: HTMLTree) -> bool:
    """Replace each formula by its TeX between `$` signs, `$$` for displayed ones.

    Return whether there were any. Order matters: a container goes whole, with every form of the
    formula that is inside it.
    """
    document: Any = tree.document
    found = False
    for node in document.query_selector_all(_CONTAINERS).values():
        if not _attached(node):
            continue
        tex = _tex_inside(node)
        if tex:
            found |= _replace(tree, node, tex, _is_display(node))
    scripts = document.query_selector_all('script[type^="math/tex"]').values()
    if scripts:  # MathJax 2: the script holds the source, its neighbours what was drawn from it
        for node in document.query_selector_all(_RENDERED).values():
            if _attached(node):
                node.parent.remove_child(node)
    for node in scripts:
        displayed = "display" in (node.getattr("type") or "")
        found |= _replace(tree, node, node.text_content, displayed)
    for node in document.query_selector_all("math").values():
        if _attached(node):
            found |= _replace(tree, node, _tex_of_math(node), node.getattr("display") == "block")
    for node in document.query_selector_all("img[alt]").values():
        if _is_formula_image(node):
            found |= _replace(tree, node, node.getattr("alt") or "", _is_display(node))
    return found


def tex_between_dollars(tex: str, display: bool) -> str:
    """Return a formula's TeX between dollar signs, without delimiters of its own; "" if empty."""
    tex = tex.strip()
    if match := _DELIMITERS.match(tex):
        tex = match[1].strip()
    if match := _DISPLAYSTYLE.match(tex):
        tex = match[1].strip()
    tex = tex.replace("\\displaystyle ", "").strip()
    if not tex:
        return ""
    tex = " ".join(tex.split())
    return f"$${tex}$$" if display else f"${tex}$"


def _tex_inside(node: Any) -> str:
    annotation = node.query_selector('annotation[encoding="application/x-tex"]')
    if annotation:
        return str(annotation.text_content)
    math = node.query_selector("math")
    if math:
        return _tex_of_math(math)
    image = node.query_selector("img[alt]")
    return str(image.getattr("alt")) if image else ""


def _tex_of_math(math: Any) -> str:
    annotation = math.query_selector('annotation[encoding="application/x-tex"]')
    if annotation and annotation.text_content.strip():
        return str(annotation.text_content)
    return str(math.getattr("alttext") or "") or mathml_to_tex(math)


def _is_display(node: Any) -> bool:
    if _DISPLAY_CLASS.search(node.class_name or "") or node.getattr("display") == "true":
        return True
    math = node.query_selector("math")
    return bool(math) and math.getattr("display") == "block"


def _is_formula_image(node: Any) -> bool:
    alt = (node.getattr("alt") or "").strip()
    if not alt:
        return False
    if _DELIMITERS.match(alt) or alt.startswith("{\\displaystyle"):
        return True
    source, names = node.getattr("src") or "", node.class_name or ""
    return bool(_FORMULA_IMAGE.search(source) or _FORMULA_CLASS.search(names))


def _replace(tree: HTMLTree, node: Any, tex: str, display: bool) -> bool:
    text = tex_between_dollars(tex, display)
    if not text or not node.parent:
        return False
    node.parent.replace_child(tree.create_text_node(text), node)
    return True


def _attached(node: Any) -> bool:
    """Tell whether the node is still part of the page: an outer formula may have taken it along."""
    parent = node.parent
    while parent is not None:
        if parent.tag in {"body", "html"}:
            return True
        parent = parent.parent
    return False
