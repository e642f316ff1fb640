"""Reports to test with: a full one with plausible rows, an empty one, and hostile ones."""

from typing import Any

from pydantic import BaseModel

from gleanery.tasks.coverage import Coverage, Evenness, Grid, Reached
from gleanery.tasks.diversity import DiversityConfig, compare_diversity
from gleanery.tasks.records import Call, ChatMessage, Document, QAPair, RefinedPair, Span
from gleanery.tasks.release.curation_facts import BenchmarkHits, CurationFacts, DuplicateHits
from gleanery.tasks.release.report_data import (
    Breakdown,
    Change,
    ChangeCount,
    Count,
    DuplicateCount,
    FunnelStage,
    LeakCount,
    PipelineCoverage,
    ReportData,
    SourceRows,
    StageCost,
)
from gleanery.tasks.release.report_histograms import histogram
from gleanery.tasks.release.report_lineage import harvest_steps, synthesis_steps
from gleanery.tasks.release.report_matches import mark_match
from gleanery.tasks.release.report_samples import (
    Fact,
    LeakShown,
    SampledExample,
    ShownScore,
    cut_excerpt,
)

QUESTION = "What is the pH of 0.010 mol/l sodium hydroxide?"
ANSWER = "The pOH is 2, so that the pH is $12.0$."
PAGE = f"Acid and base drill\n\n{'Words before. ' * 90}Q: {QUESTION}\nA: 12.0\n{'After. ' * 200}"

HOSTILE = {
    "script": "<script>window.hacked = 1</script>",
    "end of script": '</script><script>window.hacked = 1</script><!--<script>"',
    "end of everything": "</style></title></noscript></details><img src=x onerror=hacked=1>",
    "image": '<img src="http://198.51.100.7/x.png" onerror="window.hacked = 1">',
    "attribute": '" onmouseover="window.hacked = 1" autofocus onfocus=\'window.hacked = 1\' x="',
    "svg": "<svg onload=window.hacked=1><animate onbegin=window.hacked=1 attributeName=x>",
    "link": "javascript:window.hacked=1",
    "link with a host": "javascript://example.org/%0Awindow.hacked=1",
    "hidden link": "java\tscript:window.hacked=1",
    "data link": "data:text/html,<script>window.hacked=1</script>",
    "styles": "</style><style>*{background:url(http://198.51.100.7/s)}</style>",
    "frame": "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe><base href=//x.test>",
    "refresh": "<meta http-equiv=refresh content='0;url=http://198.51.100.7/'><form action=//x>",
    "entities": "&lt;script&gt; &amp;#60;script&amp;#62; &#x3c;b",
    "overrides": "safe \u202etxet desrever\u202c \u2066isolated\u2069 \u200f\u061c end",
    "controls": "nul \x00 escape \x1b[31m bell \x07 c1 \x9b delete \x7f bom \ufeff half \ud800 end",
    "separators": "line\u2028paragraph\u2029next\x85and\rreturn\r\nend",
    "tags": "hidden \U000e0041\U000e0042 letters",
    "huge line": "x" * 60_000,
    "huge marks": "Z" + "\u0301\u0336" * 3000,
    "template": "${window.hacked=1} {{constructor.constructor('hacked=1')()}} %s {0} {name}",
    "json": '"}]];window.hacked=1;//\\',
    "prototype": "__proto__",
}


def full_report(**changes: Any) -> ReportData:
    """Return a report with something in every section; `changes` replace its fields."""
    fields: dict[str, Any] = {
        "name": "drill",
        "version": "2026-11-21.1",
        "date": "21 November 2026",
        "facts": [Fact(name="seed", value="7"), Fact(name="code", value="https://example.org/g")],
        "recipe": "name: drill\nweights: {web: 0.75}\n",
        "sources": [
            SourceRows(source="web", candidates=8190, rows={"train": 3610, "validation": 190},
                       wanted="weight 0.75"),
            SourceRows(source="taxonomy", candidates=2214, rows={"train": 1140}),
            SourceRows(source="skills", candidates=1245, rows={}),
        ],
        "funnel": _funnel(),
        "scores": _scores(),
        "lengths": [histogram("answer", "words", [3.0 * (at % 40) + 5 for at in range(4000)])],
        "change": Change(
            previous="2026-11-20.1",
            unchanged=4410,
            added=[ChangeCount(reason="new", source="web", rows=530)],
            removed=[ChangeCount(reason="forgotten", source="web", rows=12)],
        ),
        "licences": [Count(name="CC-BY-4.0", rows=2010), Count(name="", rows=2930)],
        "licence_families": [Count(name="permissive", rows=2010), Count(name="", rows=2930)],
        "examples": [harvested(at) for at in range(30)] + [synthesised(at) for at in range(10)],
        **_curated(),
        **_covered(),
        **changes,
    }  # fmt: skip
    return ReportData(**fields)


def empty_report() -> ReportData:
    """Return a report of a release without anything in it."""
    return ReportData(
        name="nothing", version="1", date="today", sources=[], funnel=[], scores=[], lengths=[],
        breakdowns=[], coverage=[], diversity=[], curation=CurationFacts(), leaks=[],
        leaks_shown=[], duplicates=[], costs=[], change=None, licences=[], examples=[],
    )  # fmt: skip


def poisoned(data: ReportData, text: str) -> ReportData:
    """Return the report with all texts in it, the names of counts too, replaced by one."""
    return _replaced(data, text)


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return type(value)(**{name: _replaced(getattr(value, name), text) for name in fields})
    if isinstance(value, dict):
        return {f"{text}{at}": _replaced(one, text) for at, one in enumerate(value.values())}
    if isinstance(value, list):
        return [_replaced(one, text) for one in value]
    return text if isinstance(value, str) and value else value


def harvested(at: int) -> SampledExample:
    """Return an example from the web with its whole lineage."""
    start = PAGE.index(QUESTION)
    answer = PAGE.index("12.0")
    known = {
        "document_id": "d1",
        "url": "https://drill.example/acids",
        "domain": "drill.example",
        "subject": "chemistry",
        "site_kind": "education",
        "licence": "CC-BY-4.0",
        "model": "open-72b",
        "prompt": "08b7",
    }
    pair = QAPair(
        id=f"p{at}", question=QUESTION, answer="12.0", origin="llm", request_key="0d94",
        question_spans=[Span(start=start, end=start + len(QUESTION))],
        answer_spans=[Span(start=answer, end=answer + 4)], **known,
    )  # fmt: skip
    refined = RefinedPair(
        id=f"web-{at:03d}", pair_id=pair.id, question=QUESTION, answer=ANSWER,
        original_question=QUESTION, original_answer="12.0", outcome="improved", correction="",
        refiner="first", request_key="77aa", **known,
    )  # fmt: skip
    document = Document(
        id="d1", url=pair.url, domain=pair.domain, title="Acid and base drill", text=PAGE,
        date="2026-01-02", source="s3://crawl/pages.warc.gz", offset=51025, record_id="r",
        licence=pair.licence, score=0.93, subject=pair.subject, site_kind=pair.site_kind,
        markup_pairs=[],
    )  # fmt: skip
    return SampledExample(
        id=refined.id, source="web", split="validation" if at % 10 == 0 else "train",
        method="harvest", subject=pair.subject, domain=pair.domain, licence=pair.licence,
        url=pair.url, messages=_messages(QUESTION, ANSWER),
        scores=[ShownScore(scorer="judge", name="correct", value=at / 30, detail="It holds.")],
        steps=harvest_steps(document, pair, refined),
    )  # fmt: skip


def synthesised(at: int) -> SampledExample:
    """Return an example that was written from a plan."""
    call = Call(step="answer", model="open-72b", prompt="aa", request_key="k1")
    lost = Call(step="question", model="open-72b", prompt="bb", request_key="k2")
    return SampledExample(
        id=f"taxonomy-{at:03d}", source="taxonomy", split="train", method="taxonomy",
        subject="botany", labels=["Botany", "Mosses"],
        messages=_messages(f"How do mosses drink? Variant {at}", "Through their leaves."),
        steps=synthesis_steps(
            nodes=["n/botany", "n/mosses"], labels=["Botany", "Mosses"], plan_id=f"plan-{at}",
            plan={"difficulty": "basic", "form": ""}, calls=[lost, call],
            answers={"k1": "Through their leaves."},
        ),
    )  # fmt: skip


def _messages(question: str, answer: str) -> list[ChatMessage]:
    return [
        ChatMessage(role="user", content=question),
        ChatMessage(role="assistant", content=answer),
    ]


def _funnel() -> list[FunnelStage]:
    def stage(name: str, lane: str, rows_in: int, rows_out: int, **losses: int) -> FunnelStage:
        open_rows = {"timeout": losses.pop("timeout")} if "timeout" in losses else {}
        return FunnelStage(
            name=name, lane=lane, rows_in=rows_in, rows_out=rows_out, rejected=losses,
            failed=open_rows,
        )  # fmt: skip

    return [
        stage("recall", "web", 128_430, 6124, below_threshold=110_000, not_html=12_306),
        stage("extract", "web", 6124, 8190, no_pairs=1402, timeout=31),
        stage("examples", "taxonomy", 2400, 2214, shirking=186),
        stage("examples", "skills", 1300, 1245, off_topic=55),
        stage("leaks", "", 11_649, 11_588, benchmark=61),
        stage("duplicates", "", 11_588, 9720, near=1120, exact=748),
        stage("scores", "", 9720, 4940, judge_correct_below=4780),
    ]


def _scores() -> list[Any]:
    values = [(at % 21) / 20 for at in range(2100)]
    kept = [value >= 0.75 for value in values]
    return [
        histogram("correct", "judge", values, kept=kept, threshold=0.75),
        histogram("difficulty", "agreement", []),
    ]


def _curated() -> dict[str, Any]:
    item = "Which of these is the largest planet of the solar system?"
    text = f"{'Read on. ' * 100}WHICH OF THESE IS THE LARGEST PLANET of the solar system? Jupiter."
    start = text.index("WHICH")
    matched = text[start : text.index("Jupiter")]
    leak = LeakShown(
        id="web-999", benchmark="planets", item_id="planets/1", kind="ngram", side="question",
        text=cut_excerpt(text, [(start, start + len(matched), "match")], 100),
        item=mark_match(item, matched), reason="", fate="left out",
    )  # fmt: skip
    return {
        "curation": CurationFacts(
            benchmarks=[
                BenchmarkHits(name="planets", items=1172, found=60, left_out=50, kept=4),
                BenchmarkHits(name="sums", items=1319),
            ],
            leaks_removed=["ngram"],
            duplicates=[
                DuplicateHits(kind="exact", found=748, left_out=740),
                DuplicateHits(kind="near", found=1120, left_out=1000, kept=100),
            ],
            duplicates_removed=["exact"],
            models={"judge 1": "open-72b"},
            unasked={"judgements": 12, "paraphrases": 1},
        ),
        "leak_rows": {"found": 60, "left_out": 50, "kept": 4},
        "leaks": [
            LeakCount(benchmark="planets", kind="ngram", side="question", rows=52),
            LeakCount(benchmark="planets", kind="whole_text", side="answer", rows=9),
        ],
        "leaks_shown": [leak],
        "duplicates": [
            DuplicateCount(kind="exact", level="example", found=748, left_out=740, kept=0),
            DuplicateCount(kind="near", level="example", found=1000, left_out=900, kept=90),
            DuplicateCount(kind="near", level="question", found=120, left_out=100, kept=10),
        ],
        "costs": [
            StageCost(name="extract", lane="web", sent=6124, reused=0, prompt_tokens=9_120_000,
                      completion_tokens=2_100_000, cost=3.42),
            StageCost(name="judgements", lane="", sent=310, reused=9410, prompt_tokens=710_000,
                      completion_tokens=81_000, cost=0.5),
        ],
        "money_unit": "USD",
    }  # fmt: skip


def _covered() -> dict[str, Any]:
    grid = Grid(
        title="Examples by difficulty and form", of_rows="difficulty", of_columns="form",
        rows=["basic", "hard"], columns=["sum", "proof"], made=[[21, 0], [5, 1]], lost=[],
        symmetric=False, note="",
    )  # fmt: skip
    coverage = Coverage(
        examples=2214,
        read=2214,
        reached=[Reached(what="subjects", reached=41, possible=44, missing=["Mosses"])],
        evenness=[Evenness(over="subjects", things=44, fewest=0, most=99, mean=50, variation=0.2)],
        grids=[grid],
    )
    groups = {"web": [f"{QUESTION} {at} {'word ' * 40}" for at in range(12)], "skills": ["Few"]}
    return {
        "breakdowns": [
            Breakdown(title="Subject", counts=[Count(name="chemistry", rows=3800)], note="A note."),
            Breakdown(title="Skill", counts=[]),
        ],
        "coverage": [PipelineCoverage(pipeline="taxonomy", coverage=coverage)],
        "diversity": compare_diversity(groups, DiversityConfig(words=100)),
    }
