"""Pages as text: what must stay, what is rejected, and that it ends in time."""

import time

import pytest

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.page_limits import PageLimits
from gleanery.tasks.recall.page_text import first_text, full_text
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.rendering import PageText


def raw(body: str | bytes, url: str = "https://a.example/x") -> RawPage:
    data = body.encode() if isinstance(body, str) else body
    return RawPage(url, "a.warc.gz", 7, "<urn:1>", "", "text/html", "", data, None, True)


def rendered(body: str, limits: PageLimits | None = None) -> PageText:
    html = f"<html lang='en'><head><title> A  title </title></head><body>{body}</body></html>"
    result = full_text(raw(html), limits or PageLimits())
    assert isinstance(result, PageText), result
    return result


def reason(body: str | bytes, limits: PageLimits | None = None) -> str:
    result = full_text(raw(body), limits or PageLimits())
    assert isinstance(result, Loss)
    assert (result.source, result.offset, result.row_id) == ("a.warc.gz", 7, "a.warc.gz@7")
    return result.reason


def test_title_language_and_licence_come_with_the_text() -> None:
    page = rendered(
        "<p>Text</p><a rel='license' href='https://creativecommons.org/licenses/by-sa/4.0/'>l</a>"
    )
    assert (page.title, page.language, page.licence) == ("A title", "en", "CC BY-SA 4.0")


def test_code_keeps_its_lines_and_indentation() -> None:
    code = "def f(x):\n    if x:\n        return 1\n\n    return 2"
    assert code in rendered(f"<p>Write it.</p><pre><code>{code}</code></pre><p>Done.</p>").text


def test_highlighted_code_keeps_its_lines() -> None:
    spans = "<span class=k>for</span> i <span>in</span> x:\n    <span>print</span>(i)"
    assert "for i in x:\n    print(i)" in rendered(f"<div><pre>{spans}</pre></div>").text


def test_answer_list_near_the_top_is_kept_and_a_menu_is_not() -> None:
    menu = "".join(f"<li><a href='/{n}'>Menu entry {n}</a></li>" for n in range(5))
    page = rendered(
        f"<ul>{menu}</ul><h1>Question?</h1><ul><li>Because the derivative is zero there.</li>"
        "<li>Use the chain rule, see <a href='/c'>here</a>.</li></ul>"
    )
    assert "Because the derivative is zero" in page.text
    assert "Use the chain rule, see here." in page.text
    assert "Menu entry" not in page.text


def test_list_of_answers_keeps_its_place_between_the_paragraphs() -> None:
    text = rendered("<p>Before it.</p><ul><li>An answer in a list.</li></ul><p>After it.</p>").text
    assert text.index("Before") < text.index("An answer") < text.index("After")


def test_answers_in_a_forum_list_survive_at_every_depth() -> None:
    for depth in range(6):
        posts = "".join(f"<li class=answer><p>Post {n} explains it.</p></li>" for n in range(3))
        text = rendered("<div>" * depth + f"<ul>{posts}</ul>" + "</div>" * depth).text
        assert [f"Post {n} explains it." in text for n in range(3)] == [True] * 3, depth


def test_comments_alt_texts_and_details_are_kept() -> None:
    text = rendered(
        "<p>Why?</p><div class='comments'><p>A comment says so.</p></div>"
        "<img src=a.png alt='a circle of radius 2'>"
        "<details><summary>Solution</summary><p>It is 42.</p></details>"
    ).text
    assert "A comment says so." in text
    assert "a circle of radius 2" in text
    assert "It is 42." in text


@pytest.mark.parametrize("hiding", ["style='display: none'", "hidden", "style='DISPLAY:NONE;'"])
def test_hidden_solution_is_uncovered_and_other_hidden_text_is_not(hiding: str) -> None:
    text = rendered(
        f"<p>What is 6 times 7?</p><div class='exercise-solution' {hiding}><p>42 it is.</p></div>"
        f"<div class='popup' {hiding}><p>Subscribe now.</p></div>"
    ).text
    assert "42 it is." in text
    assert "Subscribe" not in text


def test_first_text_is_the_same_prose_without_the_work_on_formulas() -> None:
    html = "<html><body><p>Solve it.</p><ul><li>By the rule of three.</li></ul></body></html>"
    first = first_text(raw(html))
    assert isinstance(first, PageText)
    assert first.text == rendered("<p>Solve it.</p><ul><li>By the rule of three.</li></ul>").text


def test_text_of_a_table_or_wet_record_passes_as_it_is() -> None:
    page = RawPage("u", "s", 0, "", "", "text/plain", "", None, " a < b \n", False)
    result = full_text(page)
    assert isinstance(result, PageText)
    assert result.text == "a < b"


def test_pages_without_text_have_their_reason() -> None:
    assert reason("<html><body><script>var a</script></body></html>") == "no_text"
    assert reason(b"<p>&nbsp;</p>") == "no_text"


def test_limits_have_their_reasons() -> None:
    small = PageLimits(page_bytes=2000, page_tags=100, text_characters=1000)
    assert reason("<p>" + "x" * 2000, small) == "page_too_large"
    assert reason("<b>" * 101, small) == "page_too_complex"
    assert reason("<p>" + "word " * 300, small) == "text_too_long"


def test_page_of_50_megabytes_is_rejected_at_once() -> None:
    started = time.process_time()
    assert reason(b"<p>word " * (50 << 17)) == "page_too_large"
    assert time.process_time() - started < 2


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 90_000 + "x",
        "<ul><li>x" * 90_000,
        "<p " + " ".join(f"a{n}=1" for n in range(300_000)) + ">x",
        "<select>" + "<option>x" * 150_000,
        "<span><div>" * 60_000 + "x",
    ],
    ids=["nesting", "lists", "attributes", "options", "mixed nesting"],
)
def test_hostile_structure_ends_within_the_limit_on_time(body: str) -> None:
    started = time.monotonic()
    assert reason(body, PageLimits(page_seconds=1)) in {"page_too_slow", "text_too_long", "no_text"}
    assert time.monotonic() - started < 30


def test_endless_nesting_of_any_tag_neither_raises_nor_hangs() -> None:
    limits = PageLimits(page_seconds=1)
    for tag in ("b", "table", "font", "a", "details", "svg", "math", "template", "iframe", "li"):
        result = full_text(raw(f"<{tag}>" * 20_000 + "text"), limits)
        assert isinstance(result, PageText | Loss)


def test_pages_after_a_slow_one_are_rendered() -> None:
    assert reason("<div>" * 90_000 + "x", PageLimits(page_seconds=1)) == "page_too_slow"
    many = "<p>word</p>" * 11_000
    assert rendered(many).text.count("word") == 11_000


def test_heavy_pages_give_the_same_text_as_light_ones() -> None:
    block = "<p>Solve <math><mi>x</mi></math></p><pre>a\n  b</pre>"
    light, heavy = rendered(block * 10).text, rendered(block * 4000).text
    assert light == heavy[: len(light)]


def test_rendering_is_deterministic() -> None:
    body = "<ul><li>An answer that is long enough</li></ul><p>\\(x\\)</p><script>MathJax</script>"
    assert len({rendered(body * 20) for _ in range(5)}) == 1
