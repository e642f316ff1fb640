"""The funnel of a pipeline: where pairs that hold a benchmark's item fall out of it."""

from gleanery.infra.receipts import Usage
from gleanery.tasks.release.release_funnel import pipeline_funnel
from gleanery.tasks.release.report_funnel import draw_funnel
from gleanery.tasks.report_text import reason_words
from gleanery.tasks.stage_output import StageOutput


def output(stage: str, rows_in: int, rows_out: int, **rejected: int) -> StageOutput:
    return StageOutput(
        stage=stage, parts=[], reused=0, rows_in=rows_in, rows_out=rows_out, rejected=rejected,
        failed={}, usage=Usage(), seconds=1, sent=0,
    )  # fmt: skip


def shown(*outputs: StageOutput) -> list[tuple[str, int, int, dict[str, int]]]:
    stages = pipeline_funnel("web", outputs)
    return [(one.name, one.rows_in, one.rows_out, one.rejected) for one in stages]


def test_pairs_with_a_benchmark_item_fall_out_where_they_are_found() -> None:
    refined = output("refine", 100, 90, benchmark_leak=7, refusal=3)
    assert shown(output("extract", 50, 100), output("leaks", 150, 9), refined) == [
        ("extract", 50, 100, {}),
        ("leaks", 100, 93, {"benchmark_leak": 7}),  # 9 items in 150 texts; rows are pairs here
        ("refine", 93, 90, {"refusal": 3}),
    ]


def test_search_that_finds_nothing_is_shown_to_lose_nothing() -> None:
    assert shown(output("leaks", 150, 0), output("refine", 100, 100)) == [
        ("leaks", 100, 100, {}),
        ("refine", 100, 100, {}),
    ]


def test_funnel_without_a_search_keeps_the_reason_at_refinement() -> None:
    refined = output("refine", 100, 93, benchmark_leak=7)  # sought once, and no more today
    assert shown(refined) == [("refine", 100, 93, {"benchmark_leak": 7})]
    assert shown(output("leaks", 0, 0), refined) == shown(refined)


def test_subjects_that_are_lost_are_not_taken_off_the_disciplines() -> None:
    subjects = output("subjects", 3, 6, duplicate=104)
    [stage] = pipeline_funnel("glan", [subjects])
    assert (stage.unit_in, stage.unit_lost) == ("disciplines", "subjects")
    drawn = str(draw_funnel([stage]))
    assert "− 104 subjects" in drawn
    assert 'class="lost"' not in drawn
    pages = pipeline_funnel("web", [output("extract", 50, 60, no_pairs=20)])
    assert 'class="lost"' in str(draw_funnel(pages))


def test_reason_about_a_score_is_told_in_words() -> None:
    assert reason_words("score_below:judge.correct") == "judge.correct too low"
    assert reason_words("no_score:judge.correct") == "no judge.correct"
    assert reason_words("duplicate_near") == "duplicate near"
