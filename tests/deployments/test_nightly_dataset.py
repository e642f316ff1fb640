"""Nights of a dataset: a release when its sources gained something, and none when they did not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from harvested import pair
from served_harvest import ServedHarvest

from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.release.published import list_releases, read_manifest

pytestmark = pytest.mark.timeout(900)

RESPONDER = Path(__file__).with_name("dataset_judge.py")
FLOW = "build_dataset.build_dataset"


def write_pages(corpus: Path, file: int, first: int, count: int) -> None:
    """Write a file of pages to the corpus, each of which holds one pair like no other's."""
    lines = []
    for number in range(first, first + count):
        question, answer = pair(number)
        text = (
            f"Sheet {number} of a course, with its solution below. Read the question twice, try "
            f"it on your own, and compare then.\n\nQuestion: {question}\nAnswer: {answer}"
        )
        lines.append(orjson.dumps({"url": f"https://c{number}.example/sheet", "text": text}))
    (corpus / f"pages-{file}.jsonl").write_bytes(b"\n".join(lines))


@pytest.fixture
def night(
    tmp_path: Path, config_file: Path, corpus: Path, policy: Receipt, llm_stub: Callable[..., Any]
) -> Iterator[tuple[ServedHarvest, Any]]:
    """Return a served dataset over a harvest of 12 pages that it runs itself, and its models."""
    stub = llm_stub("--responder", str(RESPONDER))
    for file in corpus.iterdir():
        file.unlink()
    write_pages(corpus, 0, 0, 12)
    harvest = yaml.safe_load(config_file.read_text())
    harvest["engine"] |= {"base_urls": [stub.url]}
    config_file.write_text(yaml.safe_dump(harvest))
    dataset = tmp_path / "dataset.yaml"
    values = {"method": "dataset", "name": "set", "sources": [config_file.name]}
    dataset.write_text(yaml.safe_dump(values | {"judges": [harvest["engine"]]}))
    served = ServedHarvest(tmp_path / "served", dataset)
    served.start()
    yield served, stub
    served.clean_up()


def test_a_night_releases_what_is_new_and_nothing_when_nothing_is(
    night: tuple[ServedHarvest, Any], tmp_path: Path, corpus: Path
) -> None:
    served, stub = night
    store = Store(str(tmp_path / "set"))

    def one_night() -> None:
        assert served.end_of(served.run_nightly(FLOW))["type"] == "COMPLETED"

    one_night()
    [first] = list_releases(store)
    assert read_manifest(store).rows.total > 8
    asked = stub.counts()["asked"]

    one_night()
    assert list_releases(store) == [first]
    assert stub.counts()["asked"] == asked

    write_pages(corpus, 1, 40, 6)
    one_night()
    assert len(list_releases(store)) == 2
    second = read_manifest(store)
    assert second.previous == first
    assert second.changes
    assert 4 <= second.changes.sources["harvest"].added <= 6
    assert second.changes.total.removed == 0
    # Each new page is read, refined and judged once, and none of the old ones again.
    assert asked < stub.counts()["asked"] <= asked + 3 * 6
