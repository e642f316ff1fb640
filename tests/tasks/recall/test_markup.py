"""Pairs that a page declares: found in every form, best answer first, never an error."""

import json

import pytest
from resiliparse.parse.html import HTMLTree

from gleanery.tasks.recall.markup import declared_pairs


def pairs_of(html: str) -> list[tuple[str, str]]:
    return [(pair.question, pair.answer) for pair in declared_pairs(html, HTMLTree.parse(html))]


def page(data: object, kind: str = "application/ld+json") -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<html><head><script type="{kind}">{text}</script></head><body></body></html>'


def question(name: str, text: str = "", **answers: object) -> dict[str, object]:
    return {"@type": "Question", "name": name, "text": text, **answers}


def answer(text: str, votes: object = None) -> dict[str, object]:
    return {"@type": "Answer", "text": text, "upvoteCount": votes}


def test_faq_page_gives_each_question() -> None:
    entries = [question(f"Q{n}?", acceptedAnswer=answer(f"A{n}.")) for n in range(3)]
    data = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": entries}
    assert pairs_of(page(data)) == [("Q0?", "A0."), ("Q1?", "A1."), ("Q2?", "A2.")]


def test_accepted_answer_comes_before_more_votes() -> None:
    entity = question(
        "Why?", "In full: why?", acceptedAnswer=answer("right", 1), suggestedAnswer=[answer("x", 9)]
    )
    assert pairs_of(page({"@type": "QAPage", "mainEntity": entity})) == [
        ("Why?\n\nIn full: why?", "right")
    ]


@pytest.mark.parametrize("votes", [(3, 12, 5), ("3", "1,200", "5"), (None, 2, "many"), (-5, 0, -1)])
def test_without_an_accepted_answer_most_votes_win(votes: tuple[object, ...]) -> None:
    given = [answer(f"answer {n}", count) for n, count in enumerate(votes)]
    entity = question("Why?", suggestedAnswer=given)
    assert pairs_of(page({"@type": "QAPage", "mainEntity": entity})) == [("Why?", "answer 1")]


def test_graph_and_lists_and_several_types_are_followed() -> None:
    asked = question("Q?", acceptedAnswer=[answer("A")])
    faq = {"@type": ["WebPage", "FAQPage"], "mainEntity": asked}
    nested = {"@graph": [{"@type": "WebSite"}, {"@type": "WebPage", "hasPart": [faq]}]}
    assert pairs_of(page([nested])) == [("Q?", "A")]


def test_quiz_choices_stand_below_the_question_and_are_no_answers() -> None:
    asked = {
        "@type": "Question",
        "eduQuestionType": "Multiple choice",
        "text": "What is 2 + 2?",
        "suggestedAnswer": [answer("3", 99), answer("5")],
        "acceptedAnswer": answer("4"),
    }
    only_wrong = question("Unanswered?", suggestedAnswer=[answer("3")])
    data = {"@type": "Quiz", "hasPart": [asked, only_wrong]}
    assert pairs_of(page(data)) == [("What is 2 + 2?\n\n- 3\n- 4\n- 5", "4")]


def test_html_in_answers_is_rendered_with_code_and_formulas() -> None:
    html = (
        "<p>Use <math><msup><mi>x</mi><mn>2</mn></msup></math>:</p>"
        "<pre><code>if a &lt; b:\n    go()</code></pre>"
    )
    [(_, text)] = pairs_of(page(question("How?", acceptedAnswer=answer(html))))
    assert "Use $x^{2}$:" in text
    assert "if a < b:\n    go()" in text


def test_escaped_html_is_rendered_and_plain_comparisons_stay() -> None:
    escaped = question("A?", acceptedAnswer=answer("&lt;p&gt;One &amp;amp; two&lt;/p&gt;"))
    plain = question("B?", acceptedAnswer=answer("if a<b and\n  b>c"))
    assert pairs_of(page([escaped, plain])) == [("A?", "One & two"), ("B?", "if a<b and\n  b>c")]


MICRODATA = """
<div itemscope itemtype="https://schema.org/QAPage">
 <div itemprop="mainEntity" itemscope itemtype="https://schema.org/Question">
  <h1 itemprop="name">How far?</h1>
  <div itemprop="comment" itemscope itemtype="https://schema.org/Comment">
   <span itemprop="text">a comment</span></div>
  <div itemprop="text"><p>How far is it?</p></div>
  <div itemprop="suggestedAnswer" itemscope itemtype="https://schema.org/Answer">
   <span itemprop="upvoteCount" content="2">2</span><div itemprop="text">two miles</div></div>
  <div itemprop="suggestedAnswer" itemscope itemtype="https://schema.org/Answer">
   <span itemprop="upvoteCount">7</span><div itemprop="text"><p>seven <b>miles</b></p></div></div>
 </div></div>"""


def test_microdata_question_takes_its_own_text_and_the_best_answer() -> None:
    assert pairs_of(MICRODATA) == [("How far?\n\nHow far is it?", "seven miles")]


def test_microdata_accepted_answer_wins() -> None:
    html = MICRODATA.replace('"suggestedAnswer"', '"acceptedAnswer"', 1)
    assert pairs_of(html) == [("How far?\n\nHow far is it?", "two miles")]


def test_answer_without_text_property_is_its_whole_content() -> None:
    html = (
        '<div itemscope itemtype="http://schema.org/Question"><p itemprop="name">Q?</p>'
        '<div itemprop="acceptedAnswer" itemscope><p>All of it.</p></div></div>'
    )
    assert pairs_of(html) == [("Q?", "All of it.")]


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "FAQPage", "mainEntity": [{"acceptedAnswer":',
        '{"acceptedAnswer": 1, "@type": "Question", "name": 7}',
        '{"acceptedAnswer": [null, 3, []], "@type": ["Question", null, {}], "name": null}',
        "[" * 50_000 + '"acceptedAnswer"' + "]" * 50_000,
        '{"a":' * 300 + '"acceptedAnswer"' + "}" * 300,
        "acceptedAnswer",
        '{"@type": "Question", "name": "Q", "acceptedAnswer": {"text": ""}}',
        '{"@type": "Question", "name": "\\ud800", "acceptedAnswer": {"text": {"a": 1}}}',
    ],
)
def test_broken_markup_gives_nothing_and_never_raises(broken: str) -> None:
    assert pairs_of(page(broken)) == []


def test_one_broken_block_does_not_cost_the_others() -> None:
    good = page(question("Q?", acceptedAnswer=answer("A")))
    assert pairs_of(page('{"acceptedAnswer": ') + good) == [("Q?", "A")]


def test_comment_and_cdata_wrappers_are_taken_off() -> None:
    data = json.dumps(question("Q?", acceptedAnswer=answer("A")))
    assert pairs_of(page(f"//<![CDATA[\n{data}\n//]]>")) == [("Q?", "A")]
    assert pairs_of(page(f"<!-- {data} -->")) == [("Q?", "A")]
    assert pairs_of(page(f"{data};")) == [("Q?", "A")]


def test_raw_line_breaks_in_json_strings_are_read() -> None:
    text = '{"@type":"Question","name":"Q?","acceptedAnswer":{"@type":"Answer","text":"a\nb"}}'
    assert pairs_of(page(text)) == [("Q?", "a\nb")]


def test_repeated_questions_come_once() -> None:
    same = question("Q?", acceptedAnswer=answer("A"))
    assert pairs_of(page([same, same])) == [("Q?", "A")]
