"""What a release's report shows: plain numbers and texts, gathered by the flow from its stores.

Every list may be empty: its section then says that there is nothing to show, and why.
"""

from typing import Annotated, Self

from pydantic import Field, FiniteFloat, NonNegativeInt, model_validator

from gleanery.tasks.coverage import Coverage
from gleanery.tasks.diversity import GroupDiversity
from gleanery.tasks.records import Record
from gleanery.tasks.release.curation_facts import CurationFacts
from gleanery.tasks.release.report_samples import Fact, LeakShown, SampledExample

Money = Annotated[FiniteFloat, Field(ge=0)]


class FunnelStage(Record):
    """One stage as a `StageOutput` tells it, or one step of the release.

    - `name`: what the stage is called ("recall", "refine", "duplicates", "mixing").
    - `lane`: the pipeline that it belongs to; "" for the stages after all pipelines have met.
    - `rows_in`, `rows_out`: rows; more may come out than went in (pairs of a page).
    - `unit_in`, `unit_out`: what those rows are ("pages", "pairs", "candidates").
    - `unit_lost`: what the lost rows are, where they are not of `unit_in`.
    - `rejected`: rows that are out for good, by reason.
    - `failed`: rows that are still open, by reason.

    Stages of a lane follow each other in the order of the list; lanes end where "" begins.
    """

    name: str
    lane: str
    rows_in: NonNegativeInt
    rows_out: NonNegativeInt
    unit_in: str = "rows"
    unit_out: str = "rows"
    unit_lost: str = ""
    rejected: dict[str, NonNegativeInt] = Field(default_factory=dict)
    failed: dict[str, NonNegativeInt] = Field(default_factory=dict)


class Count(Record):
    """How many rows have this name: a web domain, a subject, a licence."""

    name: str
    rows: NonNegativeInt


class Breakdown(Record):
    """The released rows by one of their properties.

    - `title`: the property ("Web domain", "Discipline", "Skill").
    - `counts`: rows by value, in any order; a row may count under several (skills) or none.
    - `note`: what is left out or counted twice, "" if nothing.
    """

    title: str
    counts: list[Count]
    note: str = ""


class Histogram(Record):
    """How values are distributed: make one with `report_histograms.histogram`.

    - `title`: what is measured ("correct", "question").
    - `of`: who says it or in which unit ("judge", "words").
    - `edges`: the bins' borders, one more than `counts`; the last bin holds its upper border.
    - `counts`: candidates with a value in each bin.
    - `kept`: those of them that are in the release; [] where that is not known.
    - `above`: values above the last edge, too few to be drawn.
    - `mean`, `median`: over all values; `None` without any.
    - `only`: the value that all have, if they have one.
    - `threshold`: the least (or, with `at_most`, the greatest) value that the recipe lets pass.
    """

    title: str
    of: str
    edges: list[FiniteFloat]
    counts: list[NonNegativeInt]
    kept: list[NonNegativeInt] = Field(default_factory=list)
    above: NonNegativeInt = 0
    mean: FiniteFloat | None = None
    median: FiniteFloat | None = None
    only: FiniteFloat | None = None
    threshold: FiniteFloat | None = None
    at_most: bool = False

    @model_validator(mode="after")
    def _check_bins(self) -> Self:
        if len(self.edges) != len(self.counts) + 1 or self.edges != sorted(set(self.edges)):
            raise ValueError(f"{self.title} ({self.of}) needs one more edge than bins, ascending")
        if self.kept and len(self.kept) != len(self.counts):
            raise ValueError(f"{self.title} ({self.of}) needs as many kept counts as counts")
        return self


class SourceRows(Record):
    """What one source gives to the release.

    - `source`: the pipeline or source as the recipe names it.
    - `candidates`: its rows before anything was removed.
    - `rows`: its released rows by split ("train", "validation").
    - `wanted`: what the recipe asks for, in words ("weight 0.3", "5,000 rows"); "" for all.
    """

    source: str
    candidates: NonNegativeInt
    rows: dict[str, NonNegativeInt]
    wanted: str = ""


class PipelineCoverage(Record):
    """What a synthesis covers of its taxonomy or skills, as `tasks/coverage.py` counts it."""

    pipeline: str
    coverage: Coverage


class BenchmarkSearched(Record):
    """A benchmark that was looked for, and how many items it has; also where none was found.

    `items_digest` names them: another one means that some are different.
    """

    name: str
    items: NonNegativeInt
    items_digest: str = ""


class LeakCount(Record):
    """Rows with items of a benchmark, by `kind` and `side` as in `Leak`."""

    benchmark: str
    kind: str
    side: str
    rows: NonNegativeInt


class DuplicateCount(Record):
    """Rows that are duplicates, by `kind` and `level` as in `Duplicate`.

    `left_out` are not in the release for that reason, `kept` are in it.
    """

    kind: str
    level: str
    found: NonNegativeInt
    left_out: NonNegativeInt
    kept: NonNegativeInt


class StageCost(Record):
    """What a stage has cost in all runs, as `StageOutput.usage` tells it.

    - `lane`: the pipeline, "" for curation.
    - `sent`: requests sent to models; `reused`: answers taken from the journal.
    - `cost`: money, in the unit of the engines' prices; 0 where no price is configured.
    - `seconds`: time that making the parts took.
    """

    name: str
    lane: str
    sent: NonNegativeInt
    reused: NonNegativeInt
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt
    cost: Money
    seconds: Money = 0.0


class ChangeCount(Record):
    """Rows of one source that came in or went out for one reason, beside the last release."""

    reason: str
    source: str
    rows: NonNegativeInt


class Change(Record):
    """What is different from the last release.

    - `previous`: its version; `unchanged`: rows that are the same in both.
    - `curation`: what is said differently of them, in words.
    """

    previous: str
    unchanged: NonNegativeInt
    added: list[ChangeCount]
    removed: list[ChangeCount]
    curation: list[str] = Field(default_factory=list)


class ReportData(Record):
    """All that the report shows; `rows` is the sum of what the sources give.

    - `name`, `version`, `date`: of the release; the date as it is to be read.
    - `facts`: what else decides the release (recipe digest, seed, models), by name.
    - `recipe`: the recipe's YAML, as it was written.
    - `sources`: one for each source of the recipe, those that give no row too.
    - `funnel`: the stages of all pipelines, then those of the release itself.
    - `scores`, `lengths`: distributions, each title and `of` once.
    - `breakdowns`: by domain, discipline, subject, skill: what is known.
    - `coverage`: of each synthesis; [] where no synthesis is in the release.
    - `diversity`: of each source, as `compare_diversity` gives it.
    - `curation`: what was looked for, and what could not be asked.
    - `leaks`, `leaks_shown`: what was found of benchmarks, and a sample with texts; `leak_rows` is
      how many rows have any: "found", "left_out" and "kept".
    - `duplicates`: [] where none was found.
    - `costs`: by stage; `money_unit`: what the prices are in ("USD"), "" where nobody says.
    - `change`: `None` for the first release.
    - `licences`, `licence_families`: all released rows; an empty name stands for syntheses.
    - `examples`: a sample of the released rows, at most a few hundred, in random order.
    """

    name: str
    version: str
    date: str
    facts: list[Fact] = Field(default_factory=list)
    recipe: str = ""
    sources: list[SourceRows]
    funnel: list[FunnelStage]
    scores: list[Histogram]
    lengths: list[Histogram]
    breakdowns: list[Breakdown]
    coverage: list[PipelineCoverage]
    diversity: list[GroupDiversity]
    curation: CurationFacts
    leaks: list[LeakCount]
    leak_rows: dict[str, NonNegativeInt] = Field(default_factory=dict)
    leaks_shown: list[LeakShown]
    duplicates: list[DuplicateCount]
    costs: list[StageCost]
    money_unit: str = ""
    change: Change | None
    licences: list[Count]
    licence_families: list[Count] = Field(default_factory=list)
    examples: list[SampledExample]

    @property
    def rows(self) -> int:
        """Released rows, all splits together."""
        return sum(sum(source.rows.values()) for source in self.sources)

    @property
    def candidates(self) -> int:
        """Rows that could have come in, all sources together."""
        return sum(source.candidates for source in self.sources)

    @property
    def splits(self) -> dict[str, int]:
        """Released rows by split, in the order of the first source that has them."""
        names = dict.fromkeys(split for source in self.sources for split in source.rows)
        return {name: sum(source.rows.get(name, 0) for source in self.sources) for name in names}
