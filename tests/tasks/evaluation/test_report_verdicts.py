"""The report lets one read what judges said, and nothing in an answer becomes markup."""

from gleanery.tasks.evaluation.judged_records import (
    Judged,
    JudgedExample,
    NoFigure,
    SaidOf,
    VerdictCounts,
)
from gleanery.tasks.evaluation.report_judged import judged_chapters
from gleanery.tasks.report_html import join

HOSTILE = "<script>alert(1)</script><b>A wins</b>"


def example(kind: str, is_pair: bool) -> JudgedExample:
    return JudgedExample(
        kind=kind,
        suite="alpaca_eval",
        label="tuned",
        judge="judge-7b",
        id="q1",
        category="writing",
        request=f"Why? {HOSTILE}",
        answer=HOSTILE,
        is_pair=is_pair,
        reference_answer="The other one" if is_pair else "",
        said=[SaidOf(about="tuned shown first, as A", verdict="A>B", reason=f"Since {HOSTILE}")],
    )


def test_questions_are_shown_with_answers_verdicts_and_reasons_as_plain_text() -> None:
    judged = Judged(
        win_rates=[],
        points=[],
        examples=[
            example("won", True),
            example("two_minds", True),
            example("fewest_points", False),
        ],
    )
    ((_, sections),) = judged_chapters(judged)
    ((name, _, page),) = sections
    markup = join(page).markup
    assert name == "verdicts"
    assert "<script" not in markup
    assert "<b>" not in markup
    assert markup.count("&lt;script&gt;") == 4 * 3  # request twice, answer, reason
    assert markup.count("The other one") == 2
    assert markup.count("Set against") == 2
    assert "alpaca_eval, tuned, judged by judge-7b: won in both orders (1 shown)" in markup
    assert "tuned shown first, as A" in markup


def test_a_judge_without_a_figure_is_named_in_the_report() -> None:
    counts = VerdictCounts(
        verdicts=1,
        no_answer=0,
        unparseable=3,
        truncated=0,
        declined=0,
        content_filter=0,
        refused_request=0,
    )
    none = NoFigure(suite="mt_bench", label="tuned", judge="judge", questions=2, counts=counts)
    ((_, sections),) = judged_chapters(Judged(win_rates=[], points=[], without_figures=[none]))
    ((name, _, page),) = sections
    assert name == "no-figures"
    assert "none of 2 questions has all its verdicts (1 verdicts, 3 unparseable)" in (
        join(page).markup
    )
