"""Rounds of calibration: what is drawn, when it is the same, and what comes of it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.recall.calibration import (
    CalibrationPage,
    RecalledPage,
    RoundsConfig,
    draw_examples,
    overlap,
)
from gleanery.tasks.recall.calibration_stage import (
    CalibrationConfig,
    commit_policy,
    judging_part,
    train_part,
)
from gleanery.tasks.recall.classifier import ClassifierConfig
from gleanery.tasks.recall.policy import NoPolicy, Policy, read_policy
from gleanery.tasks.recall.prefilter_stage import train_prefilter
from gleanery.tasks.recall.seeds import SeedError, SeedsConfig, read_seeds

QA = (
    "Exercise {n}. What is {n} times seven?\nSolution. It is {m}, because {n} sevens make {m}.\n"
    * 6
)
SHOP = "Buy kettle number {n} now, free shipping, add it to your cart for {m} euros today. " * 8


def page(name: str, domain: str, text: str) -> CalibrationPage:
    return CalibrationPage(
        id=name, url=f"http://{domain}/{name}", domain=domain, title=name, text=text,
        raw_view=text.replace("\n", " "),
    )  # fmt: skip


def corpus() -> list[CalibrationPage]:
    return [
        page(f"{kind}{n}", f"{kind}{n % 6}.example", text.format(n=n, m=7 * n))
        for kind, text in (("qa", QA), ("shop", SHOP))
        for n in range(30)
    ]


def recalled(pages: Sequence[CalibrationPage]) -> set[str]:
    return {page.id for page in pages if page.id.startswith("qa")}


def test_positives_are_recalled_pages_of_approved_sites() -> None:
    pages = corpus()
    verdicts = {"qa0.example": True, "qa1.example": True, "shop0.example": False}
    config = RoundsConfig(corpus_negatives=1000)
    drawn = list(draw_examples(pages, verdicts, recalled(pages), set(), config))
    positives = [site for _, positive, site in drawn if positive]
    negatives = [site for _, positive, site in drawn if not positive]
    assert sorted(set(positives)) == ["qa0.example", "qa1.example"]
    assert len(positives) == 10
    assert negatives[:5] == ["shop0.example"] * 5  # refused sites come first
    assert not {"qa0.example", "qa1.example"} & set(negatives)


def test_no_site_and_no_side_is_drawn_beyond_its_limit() -> None:
    pages = corpus()
    verdicts = {f"qa{n}.example": True for n in range(6)}
    config = RoundsConfig(corpus_negatives=7, drawn_positives=8, drawn_per_site=2)
    drawn = list(draw_examples(pages, verdicts, recalled(pages), set(), config))
    positives = [site for _, positive, site in drawn if positive]
    assert len(positives) == 8
    assert max(positives.count(site) for site in positives) == 2
    assert sum(not positive for _, positive, _ in drawn) == 7


def test_the_draw_does_not_depend_on_the_order_of_the_pages() -> None:
    pages = corpus()
    config = RoundsConfig(corpus_negatives=5, drawn_positives=5)
    verdicts = {"qa0.example": True}
    first = list(draw_examples(pages, verdicts, recalled(pages), set(), config))
    again = list(draw_examples(pages[::-1], verdicts, recalled(pages), set(), config))
    assert first == again


def test_a_site_with_a_positive_seed_gives_no_random_negative() -> None:
    drawn = draw_examples(corpus(), {}, set(), {"qa3.example"}, RoundsConfig())
    assert {site for _, _, site in drawn} == {
        f"{kind}{n}.example" for kind in ("qa", "shop") for n in range(6)
    } - {"qa3.example"}


def test_overlap_is_the_share_in_common() -> None:
    def row(name: str) -> RecalledPage:
        return RecalledPage(id=name, url="", domain="", title="", score=1)

    assert overlap([row("a"), row("b")], [row("b"), row("c")]) == pytest.approx(1 / 3)
    assert overlap([], []) == 1.0


CONFIG = CalibrationConfig(
    classifier=ClassifierConfig(dim=8, epoch=5, lr=0.5, min_count=1, bucket=1000),
    rounds=RoundsConfig(corpus_negatives=30),
)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path / "root")))


@pytest.fixture
def pages(parts: Parts) -> Receipt:
    plan = Plan(stage="calibration-pages", version=1, part="p", inputs=(), decides={})
    return parts.commit(plan, Outcome(corpus(), [], [], 60), CalibrationPage, 0.0, None)


@pytest.fixture
def config(tmp_path: Path) -> CalibrationConfig:
    for name, text in (("positives", QA), ("negatives", SHOP)):
        lines = [json.dumps({"text": text.format(n=n, m=7 * n)}) for n in range(40, 60)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    seeds = SeedsConfig(
        positives=(str(tmp_path / "positives.jsonl"),),
        negatives=(str(tmp_path / "negatives.jsonl"),),
    )
    return CONFIG.model_copy(update={"seeds": seeds, "rounds": RoundsConfig(corpus_negatives=0)})


def judge(parts: Parts, number: int, round_: Receipt, config: CalibrationConfig) -> Receipt:
    """Commit verdicts that approve the sites whose name begins with qa."""
    sites = config.sites.model_copy(update={"min_documents": 1})
    part = judging_part(parts, number, round_, sites, EngineConfig(model="m"))
    rows = []
    for group in part.load():
        dialogue = part.dialogue(group, 0)
        [request] = next(dialogue)[0]
        good = str(group.key.startswith("qa")).lower()
        text = f'{{"reason": "r", "kind": "education", "approved": {good}}}'
        completion = Completion(request.key, text, "stop", 1, 1, "m")
        with pytest.raises(StopIteration) as ended:
            dialogue.send({request.key: completion})
        rows += ended.value.value.rows
    return parts.commit(part.plan, Outcome(rows, [], [], len(rows)), part.row_type, 0.0, None)


def test_two_rounds_make_a_policy_that_knows_its_pages(
    parts: Parts, pages: Receipt, config: CalibrationConfig
) -> None:
    with pytest.raises(NoPolicy, match="calibrate_recall"):
        read_policy(parts)
    first = train_part(parts, 1, [pages], None, config)
    assert first.rows_out >= 30
    verdicts = judge(parts, 1, first, config)
    second = train_part(parts, 2, [pages], (first, verdicts), config)
    assert second.notes["overlap"] > 0.9
    assert second.notes["examples"] > first.notes["examples"]
    receipt = commit_policy(parts, second, judge(parts, 2, second, config), None, 0.5)
    policy = read_policy(parts)
    assert policy.key == receipt.key
    assert policy.approved_threshold == pytest.approx(policy.threshold / 2)
    assert parts.store.exists(policy.classifier)


def test_a_round_and_a_policy_stand_while_nothing_has_changed(
    parts: Parts, pages: Receipt, config: CalibrationConfig
) -> None:
    first = train_part(parts, 1, [pages], None, config)
    verdicts = judge(parts, 1, first, config)
    policy = commit_policy(parts, first, verdicts, None, 1.0)
    assert train_part(parts, 1, [pages], None, config) == first
    assert commit_policy(parts, first, verdicts, None, 1.0) == policy
    changed = commit_policy(parts, first, verdicts, None, 0.9)
    assert changed.generation == 2
    assert read_policy(parts, 1).key == policy.key


def test_a_prefilter_says_what_it_passes_and_what_it_loses(
    parts: Parts, pages: Receipt, config: CalibrationConfig
) -> None:
    first = train_part(parts, 1, [pages], None, config)
    receipt = train_prefilter(parts, [pages], first, config.classifier, 0.97)
    prefilter = receipt.notes["prefilter"]
    assert 0 <= prefilter["loses"] <= 0.06
    assert 0.3 < prefilter["passes"] < 0.9


def test_the_policy_decides_by_site_and_score() -> None:
    verdicts = {"good.example": True, "bad.example": False, "big.example/forum": True}
    policy = Policy(1, "k", "c", 0.8, 0.4, None, verdicts)

    def decide(host: str, score: float) -> str:
        return policy.decide(f"http://{host}/page", host.split("/")[0], score)

    assert decide("good.example", 0.5) == ""
    assert decide("good.example", 0.3) == "below_threshold"
    assert decide("bad.example", 0.99) == "site_not_approved"
    assert decide("new.example", 0.5) == "below_threshold"
    assert decide("new.example", 0.9) == ""
    assert decide("big.example/forum", 0.5) == ""
    assert decide("big.example/blog", 0.5) == "below_threshold"


def test_a_seed_file_that_cannot_be_used_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "seeds.jsonl"
    file.write_text('{"text": "fine"}\n{"question": "only"}\n')
    with pytest.raises(SeedError, match=r"seeds.jsonl:2: no text in the line, found question"):
        read_seeds(SeedsConfig(negatives=(str(file),)))
    file.write_text("{\n")
    with pytest.raises(SeedError, match=r"seeds.jsonl:1: not JSON"):
        read_seeds(SeedsConfig(positives=(str(file),)))


def test_one_kind_of_seed_does_not_dominate(tmp_path: Path) -> None:
    file = tmp_path / "seeds.jsonl"
    file.write_text("\n".join(f'{{"text": "t{n}", "kind": "k{n % 2}"}}' for n in range(20)))
    assert len(read_seeds(SeedsConfig(negatives=(str(file),), most_per_kind=3))) == 6
