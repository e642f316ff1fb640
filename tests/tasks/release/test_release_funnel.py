"""The funnel of a pipeline: where pairs that hold a benchmark's item fall out of it."""

from gleanery.infra.receipts import Usage
from gleanery.tasks.release.release_funnel import pipeline_funnel
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
