"""A run after cleaning finds everything that it needs, and does nothing anew."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harvested import pages, write_batch

from gleanery.deployments.clean import find_leftovers
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.infra.leftovers import remove
from gleanery.infra.storage import Store
from gleanery.tasks.release.published import list_releases, released_rows


def clean(store: Store) -> int:
    """Remove what a store can do without, however young; return how many objects that were."""
    found = find_leftovers(store, time.time() + 3600, old_generations=True)
    remove(store, found)
    return len(found)


def test_a_dataset_stays_as_it_was(prefect_api: str, tmp_path: Path) -> None:
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from gleanery.flows.build_dataset import build_dataset

    web, store = Store(str(tmp_path / "web")), Store(str(tmp_path / "set"))
    values = {
        "name": "set",
        "root": str(tmp_path),
        "refresh": False,
        "sources": [{"method": "harvest", "name": "web", "root": str(tmp_path)}],
    }

    def build() -> None:
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            build_dataset(DatasetConfig.model_validate(values))

    write_batch(web, 1, pages(0, 5))
    build()
    write_batch(web, 2, pages(5, 5))
    build()  # some stages look at everything: they have two generations now
    store.write("releases/v0003-0123abcd/data/train-00000.parquet", b"never committed")
    store.write("parts/candidates/web.none/data-0123456789ab.parquet", b"no receipt")
    rows, releases = list(released_rows(store)), list_releases(store)
    assert clean(store) > 2
    kept = store.list("")
    build()
    assert store.list("") == kept
    assert list(released_rows(store)) == rows
    assert clean(store) == 0
    assert list_releases(store) == releases
    assert all(list(released_rows(store, version)) for version in releases)


def test_a_synthesis_from_a_taxonomy_asks_nothing(
    synthesis: Callable[..., Any], tmp_path: Path
) -> None:
    taxonomy = tmp_path / "taxonomy.yaml"
    taxonomy.write_text("- Trades:\n    - name: Baking\n      description: bread\n")
    made = synthesis("taxonomy", taxonomy=str(taxonomy), plans={"plans_per_subject": 2})
    assert made.run()
    made.config["answers"] = {"sampling": {"temperature": 0.9}}
    assert made.run(backfill=True).keys() == {"answer"}
    store, examples = made.parts.store, made.examples
    assert clean(store) == 2  # receipt and rows of the answers' first generation
    assert made.run() == made.run(backfill=True) == {}
    assert made.examples == examples
    made.config["answers"] = {}
    assert made.run(backfill=True) == {}  # also what was made before: the journal has it


def test_a_synthesis_from_skills_asks_nothing(
    synthesis: Callable[..., Any], tmp_path: Path
) -> None:
    skills = tmp_path / "skills.yaml"
    names = ("weighing trade-offs", "checking for errors", "estimating quantities")
    lines = [f"  - name: {name}\n    definition: Does {name} well.\n" for name in names]
    skills.write_text("skills:\n" + "".join(lines))
    made = synthesis("skills", skills=str(skills), plans={"count": 4, "plans_per_slice": 3})
    assert made.run()
    made.config["generation"] = {"sampling": {"temperature": 0.9}}
    assert made.run(backfill=True)
    store, examples = made.parts.store, made.examples
    assert clean(store) > 0
    assert made.run() == made.run(backfill=True) == {}
    assert made.examples == examples
