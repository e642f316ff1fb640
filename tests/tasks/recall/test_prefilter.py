"""The raw view of a page: long text nodes, nothing else."""

from gleanery.tasks.recall.prefilter import raw_view


def test_long_text_nodes_are_taken_and_scripts_left_out() -> None:
    body = (
        b"<script>function menu() { return document.body.children.length }</script>"
        b"<li>Menu</li><p>This sentence is long enough\n to be  taken.</p>"
        b"<p>And so is this one, gr\xc3\xb6\xc3\x9fer than 25 bytes.</p>"
    )
    assert raw_view(body) == (
        "This sentence is long enough to be taken. And so is this one, größer than 25 bytes."
    )


def test_view_is_cut_at_its_cap() -> None:
    body = b"<p>The same long sentence over and over.</p>" * 1000
    assert len(raw_view(body, 300)) == 300
    assert raw_view(body, 300) == raw_view(body, 10**9)[:300]


def test_invalid_bytes_are_dropped() -> None:
    assert raw_view(b"<p>" + b"\xff" * 30 + b"text behind</p>") == "text behind"


def test_page_without_text_gives_an_empty_view() -> None:
    assert raw_view(b"") == ""
    assert raw_view(b"<" * 100_000) == ""
