"""What a synthesis shows when it ends: funnel, samples, how diverse they are, what they cover."""

import base64
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from prefect.artifacts import create_markdown_artifact

from gleanery.flows.artifacts import examples_markdown, funnel_rows, show_examples, show_funnel
from gleanery.flows.run import Run
from gleanery.flows.samples import draw_examples
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.synthesis_coverage import skills_coverage, taxonomy_coverage
from gleanery.flows.synthesis_markdown import coverage_markdown, diversity_markdown, plain, table
from gleanery.flows.synthesis_rows import TextSample
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.llm.embeddings import EmbeddingConfig, EmbeddingError, embedder
from gleanery.infra.parts import Parts
from gleanery.tasks.coverage import Coverage, Grid
from gleanery.tasks.coverage_heat_map import draw_heat_map
from gleanery.tasks.diversity import DEFAULT, GroupDiversity, compare_diversity
from gleanery.tasks.diversity_cosines import Embedder
from gleanery.tasks.records import Example
from gleanery.tasks.stage_output import StageOutput

_COLUMNS = 24  # of a picture: more panels go into another one

Sides = Mapping[str, Sequence[GroupDiversity]]


@dataclass(frozen=True)
class SynthesisReport:
    """What a synthesis came to.

    `counts` are the examples read, by strategy; `note` says why texts could not be embedded.
    """

    outputs: Sequence[StageOutput]
    samples: Sequence[Example]
    coverage: Coverage
    counts: Mapping[str, int]
    diversity: Sides
    note: str

    @cached_property
    def grids(self) -> Mapping[str, Sequence[Grid]]:
        """The grids of each picture, by its name."""
        packed: list[list[Grid]] = []
        for grid in self.coverage.grids:
            last = packed[-1] if packed else []
            columns = sum(len(other.columns) for other in [*last, grid])
            if last and columns <= _COLUMNS and not grid.symmetric:
                last.append(grid)
            else:
                packed.append([grid])
        return {f"coverage-{number}": grids for number, grids in enumerate(packed, start=1)}

    @cached_property
    def pictures(self) -> Mapping[str, bytes]:
        """The heat maps as PNG, by name."""
        return {name: draw_heat_map(grids) for name, grids in self.grids.items()}


_kept: ContextVar[list[SynthesisReport] | None] = ContextVar("kept_reports", default=None)


@contextlib.contextmanager
def keep_reports() -> Iterator[list[SynthesisReport]]:
    """Yield a list that gets the report of each synthesis that ends within the block.

    A flow returns what the UI can show; so whoever runs one in this process gets its report, which
    takes seconds and reads all examples, without making it again.
    """
    reports: list[SynthesisReport] = []
    token = _kept.set(reports)
    try:
        yield reports
    finally:
        _kept.reset(token)


def show_synthesis(run: Run[Any], outputs: Sequence[StageOutput]) -> None:
    """Publish the funnel of all stages, sample examples, their diversity and coverage."""
    show_funnel(outputs)
    report = synthesis_report(run.config, run.parts, run.source_options, outputs)
    kept = _kept.get()
    if kept is not None:
        kept.append(report)
    show_examples(report.samples)
    create_markdown_artifact(
        key="diversity",
        markdown=diversity_markdown(report.diversity, report.counts, report.note),
        description="How diverse the examples are, by strategy",
    )

    def link(name: str) -> str:
        return f"data:image/png;base64,{base64.b64encode(report.pictures[name]).decode()}"

    create_markdown_artifact(
        key="coverage",
        markdown=coverage_markdown(report.coverage, report.grids, link),
        description="What the examples cover",
    )


def synthesis_report(
    config: TaxonomyConfig | SkillsConfig,
    parts: Parts,
    options: Mapping[str, Any],
    outputs: Sequence[StageOutput],
) -> SynthesisReport:
    """Return the report of a run from its stages' outputs; `options` are those of its source.

    Parts are read one at a time, and no more than `synthesis_coverage.MOST_ROWS` rows, about.
    """
    sample = TextSample(DEFAULT.texts)
    if isinstance(config, TaxonomyConfig):
        coverage = taxonomy_coverage(config, parts, options, outputs, sample)
    else:
        coverage = skills_coverage(config, parts, options, outputs, sample)
    diversity, note = _diversity(sample, config.embedding, parts)
    return SynthesisReport(
        outputs=outputs,
        samples=draw_examples(parts, outputs[-1]),
        coverage=coverage,
        counts=sample.counts,
        diversity=diversity,
        note=note,
    )


def _diversity(
    sample: TextSample, config: EmbeddingConfig | None, parts: Parts
) -> tuple[Sides, str]:
    sides = {"Instructions": sample.instructions, "Responses": sample.responses}
    note = ""
    if config and config.model:
        model = Embedder(config.model, embedder(config, parts.store))
        try:
            return {n: compare_diversity(side, embedder=model) for n, side in sides.items()}, ""
        except EmbeddingError as error:  # the examples are made: their report must not fail
            note = f"**The texts could not be embedded:** {plain(str(error))}. Words are compared."
    return {name: compare_diversity(side) for name, side in sides.items()}, note


def write_report(report: SynthesisReport, folder: Path) -> str:
    """Return a report as one Markdown text, written to `folder` with its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in report.pictures.items():
        (folder / f"{name}.png").write_bytes(picture)
    text = "\n\n".join(
        [
            _funnel(report.outputs),
            diversity_markdown(report.diversity, report.counts, report.note),
            coverage_markdown(report.coverage, report.grids, lambda name: f"{name}.png"),
            "# Ten examples",
            examples_markdown(report.samples),
        ]
    )
    (folder / "report.md").write_text(text + "\n", encoding="utf-8")
    return text


def _funnel(outputs: Sequence[StageOutput]) -> str:
    rows = funnel_rows(outputs)
    losses = [
        [output.stage, outcome, reason, f"{count:,}"]
        for output in outputs
        for outcome, counts in (("rejected", output.rejected), ("failed", output.failed))
        for reason, count in counts.items()
    ]
    stages = table(list(rows[0]), [list(map(str, row.values())) for row in rows]) if rows else ""
    lost = table(["stage", "outcome", "reason", "rows"], losses) if losses else "Nothing was lost."
    return f"# Funnel\n\n{stages}\n\n{lost}"
