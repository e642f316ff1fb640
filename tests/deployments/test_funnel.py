import io

from rich.console import Console

from gleanery.deployments.funnel import print_funnel
from gleanery.flows.artifacts import funnel_rows
from gleanery.infra.receipts import Usage
from gleanery.tasks.stage_output import PartRef, StageOutput, stage_output


def test_funnel_names_every_count_and_every_reason() -> None:
    output = StageOutput(
        stage="extract",
        parts=[],
        reused=3,
        rows_in=12345,
        rows_out=678,
        rejected={"invented": 9, "no_pairs": 1200},
        failed={"endpoint_down": 4},
        usage=Usage(prompt_tokens=1_000_000, completion_tokens=234_567, cost=1.25),
        seconds=61.04,
        sent=42,
    )
    console = Console(file=io.StringIO(), width=140)
    print_funnel([output, output.model_copy(update={"stage": "refine", "rejected": {}})], console)
    lines = str(console.file.getvalue()).splitlines()  # type: ignore[attr-defined]
    extract = next(line for line in lines if "extract" in line)
    for word in ("12,345", "678", "1,200 no_pairs", "4 endpoint_down", "42", "1,234,567", "1.2500"):
        assert word in extract
    assert "9 invented" in lines[lines.index(extract) + 1]
    assert "61.0" in extract
    assert any("refine" in line and " - " in line for line in lines)


def test_without_a_price_no_cost_is_shown() -> None:
    output = stage_output("extract", [], "").model_copy(update={"usage": Usage(prompt_tokens=900)})
    priced = output.model_copy(update={"stage": "refine", "usage": Usage(cost=0.004)})
    console = Console(file=io.StringIO(), width=140)
    print_funnel([output, priced], console)
    extract, refine = str(console.file.getvalue()).splitlines()[-3:-1]  # type: ignore[attr-defined]
    assert extract.split()[-3:] == ["900", "-", "0.0"]
    assert refine.split()[-3:] == ["0", "0.0040", "0.0"]
    assert [row["cost"] for row in funnel_rows([output, priced])] == ["none", 0.004]


def test_stages_of_several_pipelines_stand_below_their_names() -> None:
    output = stage_output("refine", [], "")
    console = Console(file=io.StringIO(), width=140)
    scores = output.model_copy(update={"stage": "scores"})
    print_funnel({"web": [output], "set\x1b[2J": [scores]}, console)
    lines = str(console.file.getvalue()).splitlines()  # type: ignore[attr-defined]
    firsts = [line.split()[0] for line in lines if line.strip()]
    assert firsts[2:] == ["web", "refine", "set\ufffd[2J", "scores"]
    # What the run itself sent and reused is told of the last one alone.
    counts = [len(line.split()) for line in lines if line.split()[:1] in (["refine"], ["scores"])]
    assert counts == [9, 11]


def test_stage_that_comes_twice_is_told_by_its_parts() -> None:
    output = stage_output("duplicates", [], "")
    twice = [
        output.model_copy(
            update={"parts": [PartRef(part=part, key="", generation=1, row_digest="")]}
        )
        for part in ("pages", "rows")
    ]
    outputs = [*twice, stage_output("selection", [], "")]
    console = Console(file=io.StringIO(), width=140)
    print_funnel(outputs, console)
    names = ["duplicates: pages", "duplicates: rows", "selection"]
    assert [row["stage"] for row in funnel_rows(outputs)] == names
    assert all(name in console.file.getvalue() for name in names)  # type: ignore[attr-defined]
