"""What the parts of an epoch are made from: they are done again when it changes."""

from gleanery.infra.digests import digest
from gleanery.infra.receipts import Input
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.records import QueryType, Skill
from gleanery.tasks.skills.skill_set import SkillSet


def epoch_inputs(epoch: Epoch, skills: SkillSet) -> tuple[Input, ...]:
    """Return an epoch, and what its prompts may show, as inputs of its parts."""
    return (
        Input(stage="epochs", part=f"{epoch.number}", row_digest=_epoch_digest(epoch)),
        Input(stage="skills", part="file", row_digest=_digest_of_seen(epoch, skills)),
    )


def _epoch_digest(epoch: Epoch) -> str:
    """Return the digest of what an epoch's plans follow from, whoever sealed it and when."""
    return digest(epoch.model_dump(mode="json", exclude={"created", "writer"}))


def _digest_of_seen(epoch: Epoch, skills: SkillSet) -> str:
    """Return the digest of what prompts of an epoch may show: a later skill leaves it as it is."""
    seen = {*epoch.skills, *epoch.query_types}
    there: list[Skill | QueryType] = [*skills.skills, *skills.query_types]
    rows = [row for row in there if row.id in seen]
    return digest([row.model_dump() for row in sorted(rows, key=lambda row: row.id)])
