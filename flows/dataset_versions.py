"""Scores that compare versions, held against what makes versions, before any work."""

from collections.abc import Mapping

from gleanery.flows.dataset_config import DatasetConfig, SourcePipeline
from gleanery.flows.dataset_sources import source_parts
from gleanery.flows.fan_out import look_at_all
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.settings import Settings, read_settings
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.release.recipe_check import RecipeError
from gleanery.tasks.scoring.agreement import AGREEMENT_SCORER, DIFFICULTY, KEPT, SHARE

_SAMPLED = "several sampled answers (`answers.samples` of a taxonomy)"
_COMPARED: Mapping[str, str] = {  # scores of an answer beside others, and what they need
    f"{AGREEMENT_SCORER}.{SHARE}": f"several refiners (`refiners` of a harvest) or {_SAMPLED}",
    f"{AGREEMENT_SCORER}.{DIFFICULTY}": _SAMPLED,
    f"{AGREEMENT_SCORER}.{KEPT}": "a harvest's refined pairs",
    "taxonomy.agreement": _SAMPLED,
}


def check_versions(config: DatasetConfig) -> None:
    """Raise `RecipeError` if a recipe looks at a score of comparing versions that no row can have.

    That is so where no source makes the versions that are compared, and none has made any when it
    was configured otherwise.
    """
    wanted = {*config.recipe.scores_named} & _COMPARED.keys()
    settings = read_settings()
    for source in config.sources:
        if wanted:
            wanted -= _compared_in(source, config.pairs == "refined", settings)
    if wanted:
        raise RecipeError(
            [
                f"  filters or siblings.by: no row can have {name}: it takes {_COMPARED[name]}, "
                "and no source has that"
                for name in sorted(wanted)
            ]
        )


def _compared_in(source: SourcePipeline, refined: bool, settings: Settings) -> set[str]:
    """Return the scores of comparing versions that a source's rows can have."""
    if isinstance(source, HarvestConfig) and refined:
        several = len(source.refining_engines) > 1 or _made_several(source, settings)
        return {f"{AGREEMENT_SCORER}.{name}" for name in ([SHARE, KEPT] if several else [KEPT])}
    if isinstance(source, TaxonomyConfig) and (
        source.answers.samples > 1 or _made_several(source, settings)
    ):
        return {name for name in _COMPARED if not name.endswith(KEPT)}
    return set()


def _made_several(source: SourcePipeline, settings: Settings) -> bool:
    """Return whether a source holds versions to compare from an earlier configuration, maybe."""
    return any(look_at_all(_has_several, source_parts(source, settings, refined=True)))


def _has_several(part: SourcePart) -> bool:
    receipt = Parts(part.store).newest(part.stage, part.part)
    return receipt is not None and (_names_several(receipt) or receipt.key != receipt.plan.key)


def _names_several(receipt: Receipt) -> bool:
    refiners, answers = receipt.decides.get("models", ()), receipt.decides.get("config", {})
    return len(refiners) > 1 or answers.get("samples", 1) > 1
