"""Epochs: plans that were decided on together, sealed before any of them is asked.

A sealed epoch fixes which skills and query types it saw, and how many plans of which kind it adds.
The plans themselves are stored nowhere: they are drawn again from it and the epochs before it
(`plans.EpochPlans`), and nothing that comes later changes one of them. A skill that is removed
changes no epoch: its plans are drawn as before and no longer asked (`plans.asked_plans`). They
count no more either, so where `count` is no longer reached another epoch makes up for them.
"""

import datetime
import uuid
from collections.abc import Iterable

import orjson

from gleanery.infra.storage import Store
from gleanery.tasks.skills.epochs_next import next_epoch
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.records import QueryType, Skill

_FOLDER = "epochs"


def read_epochs(store: Store) -> list[Epoch]:
    """Return all sealed epochs in their order."""
    return [
        Epoch.model_validate(orjson.loads(store.read(info.path))) for info in store.list(_FOLDER)
    ]


def seal_epochs(
    store: Store,
    skills: Iterable[Skill],
    query_types: Iterable[QueryType],
    config: SkillPlansConfig,
) -> list[Epoch]:
    """Seal what is still to be planned; return all epochs in their order.

    The first run makes epoch 1. New skills and new query types each make one more, and so does a
    `count` that the live plans do not reach: it was raised, or plans rest because their skill or
    query type was removed. Without any of these nothing is sealed. When the combinations run out
    there are fewer plans than `count` (`epochs_shortage.shortage` says so). Two runs that seal at
    once agree: the second sees the epoch of the first and adds only what that one left. Raises
    `ValueError` for what `next_epoch` refuses.
    """
    skill_ids = frozenset(skill.id for skill in skills)
    type_ids = frozenset(query_type.id for query_type in query_types)
    while True:
        epochs = read_epochs(store)
        draft = next_epoch(epochs, skill_ids, type_ids, config)
        if draft is None:
            return epochs
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        epoch = draft.model_copy(update={"created": now, "writer": uuid.uuid4().hex[:12]})
        # Where another run was first, its epoch is seen in the next round.
        store.create(
            f"{_FOLDER}/epoch-{epoch.number:06d}.json",
            orjson.dumps(epoch.model_dump(mode="json")),
        )
