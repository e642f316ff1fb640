import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gleanery.deployments.lineage import UnknownPair, find_lineage
from gleanery.deployments.pipelines import find_pipelines
from gleanery.deployments.show import print_lineage
from gleanery.infra.losses import Loss
from gleanery.infra.receipts import Receipt
from gleanery.infra.settings import read_settings
from gleanery.tasks.records import QAPair, RefinedPair

Make = Callable[..., Any]


def shown(root: Path, pair_id: str) -> str:
    console = Console(file=io.StringIO(), width=150, highlight=False, markup=False)
    print_lineage(find_lineage(find_pipelines(str(root), read_settings()), pair_id), console)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_extracted_pair_is_shown_with_every_refiner_its_page_and_its_policy(
    pipeline: Make, tmp_path: Path
) -> None:
    made = pipeline(refiners=("editor", "second"))
    text = shown(tmp_path, made.pair().id)

    for refiner in ("editor", "second"):
        refined = made.refined(refiner=refiner)
        assert f"Refined: {refined.id} ({refined.outcome} by {refiner})" in text
        assert f"{refined.request_key} (1234 prompt and 56 completion tokens" in text
    assert "the unit was missing" in text
    assert "s3://crawl/CC-1.warc.gz, offset 4711" in text
    assert "<urn:uuid:1>" in text
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert "0.8750" in text
    assert "Recall policy, generation 1" in text
    assert "physics.example, approved as education by judge" in text
    assert "judge-request (1234 prompt" in text
    assert "extract-request-0 (1234 prompt and 56 completion tokens, finished: stop)" in text
    assert "config (chunk_characters=12000), model finder r1" in text
    for stage in ("recall", "dedup", "extract", "refine"):
        [part] = {info.path.split("/")[2] for info in made.store.list(f"parts/{stage}")}
        assert made.parts.newest(stage, part).key in text


def test_refined_pairs_id_leads_to_the_same_pair(pipeline: Make, tmp_path: Path) -> None:
    made = pipeline()
    assert shown(tmp_path, made.refined().id) == shown(tmp_path, made.pair().id)


def test_spans_are_marked_in_the_page_and_the_terminal_is_not_steered(
    pipeline: Make, tmp_path: Path
) -> None:
    text = " ".join(shown(tmp_path, pipeline().pair().id).split())
    assert "Kinematics, sheet 3. ⟦Q A trolley of 3 kg" in text
    assert "What is their speed?⟧" in text
    assert "Ans: ⟦A 3 m/s⟧" in text
    assert "\x1b[2J" not in text


def test_pair_is_found_in_any_pipeline_and_part_below_the_root(
    pipeline: Make, tmp_path: Path
) -> None:
    pipeline("first", documents=1)
    second = pipeline("second", documents=3)
    text = shown(tmp_path, second.pair(2).id)
    assert f"Pair {second.pair(2).id} of {tmp_path}/second" in text
    assert "offset 4713" in text


def test_pair_that_refinement_rejected_says_why(pipeline: Make, tmp_path: Path) -> None:
    made = pipeline()
    extracted = newest(made, "extract")
    loss = Loss(row_id=made.pair().id, reason="refusal", detail="I cannot help with that")
    made.commit("refine", extracted.part, [], RefinedPair, inputs=[extracted], rejected=[loss])
    text = shown(tmp_path, made.pair().id)
    assert "No refined version" in text
    assert "refusal" in text
    assert "I cannot help with that" in text


def test_pair_that_a_later_generation_dropped_is_shown_with_the_receipts_that_made_it(
    pipeline: Make, tmp_path: Path
) -> None:
    made = pipeline()
    before = newest(made, "extract")
    other = made.pair().model_copy(update={"id": "another"})
    extracted = made.commit("extract", before.part, [other], QAPair)
    made.commit("refine", before.part, [], RefinedPair, inputs=[extracted])
    text = shown(tmp_path, made.refined().id)
    assert f"Extracted: {made.pair().id}" in text
    assert before.key in text
    assert extracted.key not in text


def test_pair_not_refined_yet_says_so(pipeline: Make, tmp_path: Path) -> None:
    made = pipeline()
    fresh = made.pair(7)
    made.commit("extract", "another-part", [fresh], QAPair)
    assert "Not refined yet" in shown(tmp_path, fresh.id)


def test_unknown_id_names_the_pipelines_that_were_searched(pipeline: Make, tmp_path: Path) -> None:
    pipeline("first")
    pipeline("second", documents=2)
    with pytest.raises(
        UnknownPair, match=r"nowhere.*first \(1 of refine\).*second \(2 of refine\)"
    ):
        shown(tmp_path, "nowhere")


def test_root_without_pipelines_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    for root in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ValueError, match=r"no pipeline has parts below .*run a harvest"):
            find_pipelines(str(root), read_settings())


def newest(made: Any, stage: str) -> Receipt:
    [part] = {info.path.split("/")[2] for info in made.store.list(f"parts/{stage}")}
    receipt = made.parts.newest(stage, part)
    assert isinstance(receipt, Receipt)
    return receipt
