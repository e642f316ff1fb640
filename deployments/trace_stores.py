"""What a trace looks through: the newest generation of every part, all parts of a stage at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from gleanery.deployments.pipelines import part_names
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.recall.batches import read_batches
from gleanery.tasks.stage_inputs import CANDIDATES, DEDUP, EXTRACT, RECALL, REFINE

AT_ONCE = 8

T = TypeVar("T")


@dataclass(frozen=True)
class Harvested:
    """A pipeline's store with the newest receipts of its stages, by part, and each part's batch."""

    store: Store
    receipts: Mapping[str, Mapping[str, Receipt]]
    batches: Mapping[str, int]

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return name_of(self.store)

    def search(
        self, stage: str, look: Callable[[Receipt], Sequence[T]], parts: Sequence[str] | None = None
    ) -> dict[str, Sequence[T]]:
        """Return what `look` finds in each part of a stage (or in some parts), by part."""
        receipts = self.receipts[stage]
        names = [part for part in receipts if parts is None or part in parts]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(lambda part: look(receipts[part]), names)
            return {part: rows for part, rows in zip(names, found, strict=True) if rows}


def read_harvests(stores: Sequence[Store]) -> list[Harvested]:
    """Return those of the pipelines that have recalled pages."""
    return [_read_harvest(store) for store in stores if part_names(store, RECALL)]


def dataset_stores(stores: Sequence[Store]) -> list[Store]:
    """Return those of the stores that hold datasets."""
    return [store for store in stores if part_names(store, CANDIDATES)]


def newest_receipts(store: Store, stage: str) -> dict[str, Receipt]:
    """Return the newest receipt of each part of a stage, by part."""
    parts, names = Parts(store), part_names(store, stage)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        receipts = pool.map(lambda name: parts.newest(stage, name), names)
        found = dict(zip(names, receipts, strict=True))
    return {name: receipt for name, receipt in found.items() if receipt}


def name_of(store: Store) -> str:
    """Return the name of a pipeline or a dataset: its folder."""
    return store.root.rstrip("/").rpartition("/")[2]


def _read_harvest(store: Store) -> Harvested:
    stages = (RECALL, DEDUP, EXTRACT, REFINE)
    return Harvested(
        store=store,
        receipts={stage: newest_receipts(store, stage) for stage in stages},
        batches={part.name: batch.number for batch in read_batches(store) for part in batch.parts},
    )
