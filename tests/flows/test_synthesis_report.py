"""The report of a synthesis: from nothing to more than it reads, and of a real run."""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from gleanery.flows import synthesis_coverage
from gleanery.flows import synthesis_report as report_module
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.synthesis_markdown import plain
from gleanery.flows.synthesis_report import synthesis_report, write_report
from gleanery.flows.synthesis_rows import TextSample, chosen_parts
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.digests import digest
from gleanery.infra.llm.embeddings import EmbeddingConfig, Vectors
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.infra.tables import arrow_schema
from gleanery.tasks.records import Example
from gleanery.tasks.stage_output import StageOutput

sys.path.insert(0, str(Path(__file__).parent))

from synthesis_parts import TAXONOMY, example, finished_skills, finished_taxonomy, skill_file


@pytest.fixture
def taxonomy(tmp_path: Path) -> TaxonomyConfig:
    path = tmp_path / "taxonomy.yaml"
    path.write_text(TAXONOMY, encoding="utf-8")
    return TaxonomyConfig.model_validate(
        {"taxonomy": str(path), "plans": {"plans_per_subject": 20}}
    )


def skills(tmp_path: Path, plans: int = 200, count: int = 12) -> SkillsConfig:
    mix = {"count": plans, "skills_per_plan": {1: 0.2, 2: 0.5, 3: 0.3}, "plans_per_slice": 50}
    path = skill_file(tmp_path / "skills.yaml", count)
    return SkillsConfig.model_validate({"skills": path, "plans": mix})


def written(config: Any, parts: Parts, outputs: Sequence[StageOutput], folder: Path) -> str:
    return write_report(synthesis_report(config, parts, {}, outputs), folder)


def shares(text: str) -> dict[str, tuple[int, int]]:
    """Return what the report says is reached, and of how many."""
    found = re.findall(r"^\| ([\w ]+) \| ([\d,]+) \| ([\d,]+) \| [\d.]+% \|$", text, re.MULTILINE)
    return {what: (int(n.replace(",", "")), int(m.replace(",", ""))) for what, n, m in found}


# Taxonomy


def test_taxonomy_report_compares_both_strategies_and_counts_the_tree(
    taxonomy: TaxonomyConfig, tmp_path: Path
) -> None:
    config = taxonomy
    store = Store(str(tmp_path / "store"))
    parts, outputs = finished_taxonomy(
        config, store, 3, lambda plan: plan.discipline_id.endswith("baking")
    )
    text = written(config, parts, outputs, tmp_path / "report")
    assert (tmp_path / "report" / "report.md").read_text("utf-8") == text + "\n"
    assert text.count("| `single_session` | 60 | ") == text.count("| `two_sessions` | 60 | ") == 2
    assert "Of each strategy 60 texts" in text
    assert "Counted over all 120 examples" in text
    assert "Without an example among the disciplines: Baking" in text
    reached = shares(text)
    assert reached["disciplines"] == (2, 3)
    assert reached["subjects"] == (6, 9)
    concepts, of = reached["key concepts of the sessions"]
    assert of == 3 * 3 * 10 * 5
    assert 100 < concepts < 2 * 3 * 10 * 5
    [baking] = re.findall(r"^\| 3 \| Baking \| (.*) \| 0 \|$", text, re.MULTILINE)[:1]
    assert sum(map(int, re.findall(r"0 −(\d+)", baking))) == 60
    assert Image.open(tmp_path / "report" / "coverage-1.png").width == 1008
    assert "## 10. " in text
    assert text.count("**User**") == 10


def test_disciplines_of_the_same_name_in_two_fields_are_two_rows(tmp_path: Path) -> None:
    (tmp_path / "tree.yaml").write_text("- Sciences:\n    - Optics\n- Trades:\n    - Optics\n")
    config = TaxonomyConfig(taxonomy=str(tmp_path / "tree.yaml"))
    store = Store(str(tmp_path / "store"))
    parts, outputs = finished_taxonomy(config, store, 1, lambda plan: False)
    text = written(config, parts, outputs, tmp_path / "report")
    assert "| 1 | Optics (Sciences) | " in text
    assert "| 2 | Optics (Trades) | " in text


def test_plans_without_a_part_of_examples_are_lost_not_forgotten(
    taxonomy: TaxonomyConfig, tmp_path: Path
) -> None:
    store = Store(str(tmp_path / "store"))
    parts, outputs = finished_taxonomy(taxonomy, store, 2, lambda plan: False)
    for info in list(store.list("parts/examples")):
        store.delete(info.path)
    outputs[-1] = outputs[-1].model_copy(update={"parts": [], "rows_out": 0})
    text = written(taxonomy, parts, outputs, tmp_path / "report")
    assert "No example came out of this run." in text
    assert shares(text)["disciplines"] == (0, 3)
    assert re.search(r"\| 1 \| Physics \| 0 −\d+ \|", text)


@pytest.mark.parametrize("subjects", [0, 1])
def test_next_to_no_examples_still_give_a_report(
    taxonomy: TaxonomyConfig, tmp_path: Path, subjects: int
) -> None:
    first: set[str] = set()

    def lost(plan: Any) -> bool:
        first.add(plan.id)
        return len(first) > 1

    store = Store(str(tmp_path / "store"))
    parts, outputs = finished_taxonomy(taxonomy, store, subjects, lost)
    text = written(taxonomy, parts, outputs, tmp_path / "report")
    assert f"Counted over all {subjects} examples" in text
    assert ("No strategy has examples enough to be measured." in text) == bool(subjects)
    assert ("No example came out of this run." in text) == (not subjects)


def test_a_large_run_is_read_in_part_and_says_so(
    taxonomy: TaxonomyConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = taxonomy.model_copy(
        update={"plans": taxonomy.plans.model_copy(update={"plans_per_subject": 160})}
    )
    store = Store(str(tmp_path / "store"))
    parts, outputs = finished_taxonomy(config, store, 1, lambda plan: False)
    assert outputs[-1].rows_out == 480
    monkeypatch.setattr(synthesis_coverage, "MOST_ROWS", 96)
    text = written(config, parts, outputs, tmp_path / "report")
    assert "Counted over 96 of 480 examples" in text
    assert shares(text)["disciplines"] == (3, 3)


# Skills


def test_skills_report_compares_numbers_of_skills_in_equal_samples(tmp_path: Path) -> None:
    config = skills(tmp_path)
    parts, outputs = finished_skills(config, Store(str(tmp_path / "store")))
    text = written(config, parts, outputs, tmp_path / "report")
    made = {int(k): int(n) for k, n in re.findall(r"\| `skills_(\d)` \| (\d+) \| 0\.", text)}
    assert made == {1: 40, 2: 100, 3: 60}
    assert "Of each strategy 40 texts" in text
    reached = shares(text)
    assert reached["skills"] == (12, 12)
    assert reached["query types"] == (16, 16)
    assert reached["pairs of skills"][1] == 66
    pictures = sorted(path.name for path in (tmp_path / "report").glob("*.png"))
    assert pictures == ["coverage-1.png", "coverage-2.png"]
    assert all(f"]({name})" in text for name in pictures)


def test_the_same_run_gives_the_same_report(tmp_path: Path) -> None:
    config = skills(tmp_path)
    parts, outputs = finished_skills(config, Store(str(tmp_path / "store")))
    one = written(config, parts, outputs, tmp_path / "one")
    assert one == written(config, parts, outputs, tmp_path / "other")


def test_an_embedding_model_that_is_down_costs_only_its_numbers(tmp_path: Path) -> None:
    embedding = {"model": "some-model", "base_url": "http://127.0.0.1:9/v1", "max_tries": 1}
    config = SkillsConfig.model_validate({**skills(tmp_path).model_dump(), "embedding": embedding})
    parts, outputs = finished_skills(config, Store(str(tmp_path / "store")))
    text = written(config, parts, outputs, tmp_path / "report")
    assert "**The texts could not be embedded:**" in text
    assert "by words (TF-IDF)" in text


def test_embeddings_are_compared_where_a_model_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores: list[Store] = []

    def embedder(config: EmbeddingConfig, store: Store) -> Callable[[Sequence[str]], Vectors]:
        stores.append(store)
        return lambda texts: np.eye(2, dtype=np.float32)[[int(digest(t), 16) % 2 for t in texts]]

    monkeypatch.setattr(report_module, "embedder", embedder)
    config = SkillsConfig.model_validate(
        {**skills(tmp_path).model_dump(), "embedding": {"model": "some-model"}}
    )
    parts, outputs = finished_skills(config, Store(str(tmp_path / "store")))
    text = written(config, parts, outputs, tmp_path / "report")
    assert text.count("40 texts compared two by two, by `some-model`") == 2
    assert text.count("| 2 of 40 |") == 6
    assert stores == [parts.store]  # where vectors are kept for the next run


def test_names_cannot_break_the_tables_that_they_stand_in(tmp_path: Path) -> None:
    config = skills(tmp_path)
    path = Path(config.skills)
    path.write_text(path.read_text("utf-8") + "  - 'a | b <b>`c`</b> ![](x)'\n", encoding="utf-8")
    parts, outputs = finished_skills(config, Store(str(tmp_path / "store")))
    report = written(config, parts, outputs, tmp_path / "report")
    text = report.partition("# Ten examples")[0]
    assert "<b>" not in text
    tables = re.findall(r"(?:^\|.*\|\n?)+", text, re.MULTILINE)
    assert len(tables) >= 6
    for lines in (table.splitlines() for table in tables):
        assert len({line.count("|") for line in lines}) == 1, lines[0]
    assert plain("a|b") == "a&#124;b"


# What is read


def test_all_parts_are_read_while_they_hold_few_rows() -> None:
    names = [f"d{n}-{k:04d}" for n in range(3) for k in range(4)]
    assert chosen_parts(names, 100, 100) == names
    assert chosen_parts([], 0, 100) == []


def test_of_many_rows_each_discipline_gives_the_same_share_and_at_least_a_part() -> None:
    names = [*(f"large-{k:04d}" for k in range(40)), *(f"small-{k:04d}" for k in range(2))]
    chosen = chosen_parts(names, 4200, 420)
    assert Counter(name.partition("-")[0] for name in chosen) == {"large": 4, "small": 1}
    large = [name for name in names if name.startswith("large")]
    assert set(chosen[:4]) == set(sorted(large, key=digest)[:4])
    assert chosen == sorted(chosen)


def table_of(numbers: range) -> pa.Table:
    rows = [
        example(f"{n:05d}", f"skills_{1 + n % 2}", ["s"], ["t"], f"question {n}").model_dump()
        for n in numbers
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(Example))


def test_a_sample_is_the_same_in_whatever_order_the_parts_come() -> None:
    pieces = [table_of(range(start, start + 50)) for start in range(0, 1000, 50)]
    one = TextSample(30)
    for piece in pieces:
        one.add(piece)
    random.Random(3).shuffle(pieces)
    other = TextSample(30)
    for piece in pieces:
        other.add(piece)
    assert one.instructions == other.instructions
    assert one.counts == other.counts == {"skills_1": 500, "skills_2": 500}
    assert {name: len(texts) for name, texts in one.responses.items()} == {
        "skills_1": 30,
        "skills_2": 30,
    }
    drawn = [int(text.split()[1]) for text in one.instructions["skills_1"]]
    assert 300 < sum(drawn) / len(drawn) < 700  # from early and late parts alike
    assert all(number % 2 == 0 for number in drawn)


def test_a_sample_of_a_sample_size_larger_than_all_holds_all() -> None:
    sample = TextSample(5000)
    sample.add(table_of(range(40)))
    sample.add(table_of(range(0)))
    assert sum(map(len, sample.instructions.values())) == 40


# A run


def artifacts_of(flow_run: str) -> dict[str | None, Any]:
    """Return the artifacts of one run by key; the server of the session holds many others."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

    of_run = FlowRunFilter(name=FlowRunFilterName(any_=[flow_run]))
    with get_client(sync_client=True) as client:
        return {found.key: found for found in client.read_artifacts(flow_run_filter=of_run)}


def test_a_run_publishes_funnel_samples_diversity_and_coverage(
    reported_synthesis: Callable[..., Any], tmp_path: Path
) -> None:
    values = skills(tmp_path, plans=40).model_dump(include={"skills", "plans"})
    run = reported_synthesis("skills", **values, name="skills-report")
    run.run()
    found = artifacts_of("synthesize from skills: skills-report")
    assert {"funnel", "losses", "sample-examples", "diversity", "coverage"} <= found.keys()
    made = len(run.examples)
    coverage = str(found["coverage"].data)
    assert f"Counted over all {made} examples" in coverage
    assert coverage.count("](data:image/png;base64,") == 2
    assert "`skills_2`" in str(found["diversity"].data)
    assert json.loads(str(found["funnel"].data))
