"""Formulas come out once, as TeX between dollar signs, whatever form the page has them in."""

import pytest

from gleanery.tasks.recall.formulas import has_formulas
from gleanery.tasks.recall.page_limits import PageLimits
from gleanery.tasks.recall.rendering import render_fully


def text_of(body: str) -> str:
    html = f"<html><body><p>So {body} holds.</p></body></html>"
    return render_fully(html, PageLimits()).text


TEX = '<annotation encoding="application/x-tex">%s</annotation>'
KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>x</mi></mrow>'
    + TEX
    + '</semantics></math></span><span class="katex-html" aria-hidden="true">x2</span></span>'
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (KATEX % "x^2", "So $x^2$ holds."),
        ('<span class="katex-display">' + KATEX % "x^2" + "</span>", "So $$x^2$$ holds."),
        ('<script type="math/tex">a < b</script>', "So $a < b$ holds."),
        (
            '<span class="MathJax_Preview">p</span><span class="MathJax"><nobr>x1</nobr></span>'
            '<script type="math/tex" id="MathJax-Element-1">x_1</script>',
            "So $x_1$ holds.",
        ),
        (
            '<img class="latex" src="//s0.wp.com/latex.php?latex=x" alt="\\alpha">',
            r"So $\alpha$ holds.",
        ),
        ('<img src="https://latex.codecogs.com/gif.latex?x" alt="x^2+1">', "So $x^2+1$ holds."),
        ('<img class="tex" src="a.png" alt="$y$">', "So $y$ holds."),
        (
            '<span class="mwe-math-element"><math alttext="{\\displaystyle E=mc^{2}}"><mi>E</mi>'
            '</math><img src="https://x/media/math/render/svg/1" alt="{\\displaystyle E=mc^{2}}">'
            "</span>",
            "So $E=mc^{2}$ holds.",
        ),
        ('<math alttext="n!"><mi>n</mi><mo>!</mo></math>', "So $n!$ holds."),
        ('<math display="block"><mi>n</mi></math>', "So $$n$$ holds."),
        (
            '<mjx-container class="MathJax" display="true"><mjx-math>q</mjx-math>'
            "<mjx-assistive-mml><math><mi>α</mi></math></mjx-assistive-mml></mjx-container>",
            r"So $$\alpha$$ holds.",
        ),
        ('<img src="cat.jpg" alt="a cat">', "So a cat holds."),
    ],
)
def test_formula_is_written_once_as_tex(body: str, expected: str) -> None:
    assert text_of(body) == expected


def test_displayed_script_is_displayed() -> None:
    assert r"$$\int x$$" in text_of(r'<script type="math/tex; mode=display">\int x</script>')


@pytest.mark.parametrize(
    ("mathml", "tex"),
    [
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac>", r"\frac{a}{b+1}"),
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><msqrt><mn>4</mn></msqrt>", r"x^{2}=\sqrt{4}"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi>"
            "</munderover><msub><mi>x</mi><mi>i</mi></msub>",
            r"\sum_{i=1}^{n}x_{i}",
        ),
        ("<msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></msup>", "{ab}^{2}"),
        ("<mi>sin</mi><mi>θ</mi>", r"\sin \theta"),
        ("<mover><mi>v</mi><mo>→</mo></mover>", r"\vec{v}"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"\sqrt[3]{x}"),
        ("<mtext>if </mtext><mi>x</mi><mo>≤</mo><mn>0</mn>", r"\text{if }x\le 0"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr>"
            "<mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable>",
            r"\begin{matrix}1 & 0 \\ 0 & 1\end{matrix}",
        ),
        ("<mfrac><mi>a</mi></mfrac>", r"\frac{a}{}"),
        ("<mspace width='1em'/><mi>x</mi><mphantom><mi>y</mi></mphantom>", "x"),
    ],
)
def test_presentation_mathml_without_tex_is_translated(mathml: str, tex: str) -> None:
    assert text_of(f"<math>{mathml}</math>") == f"So ${tex}$ holds."


def test_tex_in_the_text_of_a_mathjax_page_gets_dollar_signs_and_prices_do_not() -> None:
    page = '<script src="MathJax.js"></script><p>With \\(a+b\\) and \\[c^2\\] for 5$ or (x).</p>'
    assert "With $a+b$ and $$c^2$$ for 5$ or (x)." in text_of(page)


def test_parentheses_stay_where_no_script_typesets_them() -> None:
    assert r"\(a+b\)" in text_of(r"<code>\(a+b\)</code>")


def test_deeply_nested_mathml_ends() -> None:
    assert text_of("<math>" + "<msqrt>" * 3000 + "<mi>x</mi>" + "</msqrt>" * 3000 + "</math>")


def test_empty_formula_changes_nothing() -> None:
    assert text_of("<math></math>").split() == ["So", "holds."]


def test_plain_pages_are_not_taken_for_pages_with_formulas() -> None:
    assert not has_formulas('<script type="text/javascript"></script><p class="context">text</p>')
