import gzip
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text

QUICKSTART = Path(__file__).parents[2] / "deployments" / "quickstart"
RUN = 13  # words in a row that a seed and a page may not share


@pytest.fixture(scope="module")
def pack() -> ModuleType:
    # A plain script, outside the installed package.
    spec = importlib.util.spec_from_file_location("quickstart_pack", QUICKSTART / "pack.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def records() -> dict[str, bytes]:
    bodies = {}
    for archive in sorted((QUICKSTART / "corpus").glob("*.warc.gz")):
        with archive.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                bodies[record.headers["WARC-Target-URI"]] = record.reader.read()
    return bodies


def test_archives_hold_what_the_script_packs_from_the_pages(pack: ModuleType) -> None:
    packed = pack.pack_archives()
    assert {file.name for file in (QUICKSTART / "corpus").iterdir()} == packed.keys()
    for name, content in packed.items():
        # Unpacked, since another build of zlib compresses the same records to other bytes.
        committed = (QUICKSTART / "corpus" / name).read_bytes()
        assert gzip.decompress(committed) == gzip.decompress(content), name


def test_packing_twice_gives_the_same_bytes(pack: ModuleType) -> None:
    assert pack.pack_archives() == pack.pack_archives()


def test_every_page_file_is_listed_once(pack: ModuleType) -> None:
    listed = [entry["file"] for entry in pack.read_index()]
    folder = QUICKSTART / "pages"
    on_disk = [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and file.name != "index.jsonl"
    ]
    assert sorted(listed) == sorted(on_disk)
    urls = [entry["url"] for entry in pack.read_index()]
    assert len(set(urls)) == len(urls)


def test_fastwarc_reads_every_record_as_it_was_listed(
    pack: ModuleType, records: dict[str, bytes]
) -> None:
    entries = pack.read_index()
    assert list(records) == [entry["url"] for entry in entries]
    for entry in entries:
        assert records[entry["url"]] == (QUICKSTART / "pages" / entry["file"]).read_bytes()


def test_digests_in_the_archives_are_right() -> None:
    for archive in (QUICKSTART / "corpus").glob("*.warc.gz"):
        with archive.open("rb") as stream:
            for record in ArchiveIterator(
                stream, record_types=WarcRecordType.response, parse_http=False
            ):
                assert record.verify_block_digest(), record.headers["WARC-Target-URI"]


def test_each_record_is_its_own_gzip_member(pack: ModuleType) -> None:
    for name, content in pack.pack_archives().items():
        with (QUICKSTART / "corpus" / name).open("rb") as stream:
            offsets = [record.stream_pos for record in ArchiveIterator(stream)]
        assert len(set(offsets)) == len(offsets)
        assert all(content[offset : offset + 2] == b"\x1f\x8b" for offset in offsets)


def test_there_are_enough_pages_of_every_kind(pack: ModuleType) -> None:
    entries = pack.read_index()
    pages = [entry for entry in entries if entry["file"].endswith(".html")]
    assert len(pages) >= 60
    kinds = {entry["kind"] for entry in pages}
    assert kinds == {"qa_edu", "qa_forum", "faq_shop", "none"}
    hosts = {entry["file"].split("/")[0] for entry in pages}
    assert len(hosts) >= 30
    markup = sorted(entry["markup"] for entry in pages if entry["pairs"] and entry["markup"])
    assert markup == ["FAQPage", "FAQPage", "QAPage", "Quiz", "Quiz"]


def test_pages_that_need_a_model_are_few(pack: ModuleType) -> None:
    asked = {
        (QUICKSTART / "pages" / entry["file"]).read_bytes()
        for entry in pack.read_index()
        if entry["pairs"] and not entry["markup"]
    }
    assert 25 <= len(asked) <= 28


def test_awkward_records_are_there(pack: ModuleType, records: dict[str, bytes]) -> None:
    entries = pack.read_index()
    of = {entry["file"]: records[entry["url"]] for entry in entries}
    assert any(entry["status"] == 301 and entry["location"] for entry in entries)
    assert {"image/png", "application/pdf"} <= {entry["content_type"] for entry in entries}
    assert any(body == b"" for body in of.values())
    assert b"<title" not in of["saltstreet.example/untitled.html"]
    for file in (
        "proofbench.example/t1103.html",
        "physik-werkstatt.example/aufgaben.html",
        "econnotes.example/elasticity.html",
    ):
        with pytest.raises(UnicodeDecodeError):
            of[file].decode("utf-8")
    assert "Lösung" in of["physik-werkstatt.example/aufgaben.html"].decode("latin-1")
    assert "“supply" in of["econnotes.example/elasticity.html"].decode("windows-1252")
    bodies = [body for body in of.values() if body]
    assert len(bodies) - len(set(bodies)) == 2
    long_page = of["algebra-path.example/derivative-review.html"].decode("utf-8")
    assert len(extract_plain_text(long_page, main_content=True)) > 12_000


def test_the_folder_stays_small() -> None:
    size = sum(file.stat().st_size for file in QUICKSTART.rglob("*") if file.is_file())
    assert size < 1_500_000


def test_seeds_are_short_documents_of_both_labels() -> None:
    for name in ("positives", "negatives"):
        seeds = read_seeds(name)
        assert len(seeds) >= 90
        assert len({seed["id"] for seed in seeds}) == len(seeds)
        assert len({seed["text"] for seed in seeds}) == len(seeds)
        assert all(80 <= len(seed["text"].split()) <= 250 for seed in seeds)


def test_seeds_do_not_follow_a_template() -> None:
    seeds = [*read_seeds("positives"), *read_seeds("negatives")]
    runs: dict[tuple[str, ...], str] = {}
    for seed in seeds:
        for run in runs_of(seed["text"], 8):
            assert runs.setdefault(run, seed["id"]) == seed["id"], run


def test_no_seed_shares_a_run_of_words_with_a_page(records: dict[str, bytes]) -> None:
    seeds = [*read_seeds("positives"), *read_seeds("negatives")]
    known = {run: seed["id"] for seed in seeds for run in runs_of(seed["text"], RUN)}
    for url, body in records.items():
        text = re.sub(r"<[^>]*>", " ", body.decode("utf-8", errors="replace"))
        shared = {known[run] for run in runs_of(text, RUN) if run in known}
        assert not shared, f"{url} shares {RUN} words in a row with {sorted(shared)}"


def test_dates_are_in_the_form_that_warc_asks_for(pack: ModuleType) -> None:
    dates = [entry["date"] for entry in pack.read_index()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date) for date in dates)


def read_seeds(name: str) -> list[dict[str, str]]:
    lines = (QUICKSTART / "seeds" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    seeds = [json.loads(line) for line in lines]
    assert all(seed.keys() == {"id", "text", "kind"} for seed in seeds)
    return seeds


def runs_of(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
