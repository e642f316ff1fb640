"""The dataset card: a header that tools read, sections that people read, no way in for web text."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.tasks.release.card import CardFacts, render_card
from gleanery.tasks.release.card_header import hub_licence, size_category
from gleanery.tasks.release.card_tables import counts_table, plain
from gleanery.tasks.release.curation_facts import BenchmarkHits, CurationFacts, DuplicateHits
from gleanery.tasks.release.manifest import Changes, Manifest, SourceChanges

sys.path.insert(0, str(Path(__file__).parent))

from released_candidates import SMALL, candidate, rows

from gleanery.tasks.release.rows import released_row
from gleanery.tasks.release.rows_shards import ReleaseShards

HOSTILE = (
    "](javascript:alert(1)) | <img src=x onerror=alert(1)>\n\n# Heading\n---\n`code` ![a](b) &lt;"
)


def manifest(**changes: Any) -> Manifest:
    with ReleaseShards(SMALL) as shards:
        shards.extend(rows(40))
        shards.close()
        values: dict[str, Any] = {
            "name": "lessons",
            "version": "",
            "number": 1,
            "previous": "",
            "content_digest": "",
            "row_digest": shards.row_digest,
            "gleanery": "0.1.0",
            "rows": shards.counts,
            "score_columns": shards.score_columns,
            "left_out": {"near_duplicate": 4, "leak": 1},
            "recipe": {},
            "inputs": [],
            "changes": None,
            "files": shards.files,
            "created": "",
            "writer": "",
        }
    return Manifest.model_validate(values | changes)


def with_counts(**changes: Any) -> Manifest:
    made = manifest()
    return made.model_copy(update={"rows": made.rows.model_copy(update=changes)})


def header(card: str) -> dict[str, Any]:
    return dict(yaml.safe_load(card.split("---\n")[1]))


def test_header_names_files_licence_language_and_size() -> None:
    facts = CardFacts(title="Lessons: a set", languages=["en", "de"], tags=["math"])
    found = header(render_card(manifest(), facts))
    assert found["pretty_name"] == "Lessons: a set"
    assert found["language"] == ["en", "de"]
    assert found["size_categories"] == ["n<1K"]
    assert found["task_categories"] == ["text-generation", "question-answering"]
    assert {"gleanery", "harvest", "taxonomy", "math"} <= set(found["tags"])
    assert found["license"] == "other"  # one half has a licence, the other none
    (config,) = found["configs"]
    assert [file["split"] for file in config["data_files"]] == ["train", "validation"]


def test_header_has_no_split_without_rows() -> None:
    only = [file for file in manifest().files if "train" in file.path]
    found = header(render_card(manifest(files=only), CardFacts(title="T")))
    assert [file["split"] for file in found["configs"][0]["data_files"]] == ["train"]


@pytest.mark.parametrize(
    ("licences", "given", "expected"),
    [
        ({"CC-BY-SA-4.0": 40}, "", "cc-by-sa-4.0"),
        ({"CC0-1.0": 40}, "", "cc0-1.0"),
        ({"MIT": 40}, "", "mit"),
        ({"": 40}, "", "unknown"),
        ({"": 20, "unknown": 20}, "", "unknown"),
        ({"CC-BY-SA-4.0": 39, "": 1}, "", "other"),
        ({"CC-BY-4.0": 20, "CC-BY-SA-4.0": 20}, "", "other"),
        ({"all-rights-reserved": 40}, "", "other"),
        ({"": 40}, "apache-2.0", "apache-2.0"),
    ],
)
def test_licence_of_the_whole_is_that_of_all_rows(
    licences: dict[str, int], given: str, expected: str
) -> None:
    card = render_card(with_counts(licences=licences), CardFacts(title="T", licence=given))
    assert header(card)["license"] == expected


def test_sections_say_how_it_was_made_and_what_was_left_out() -> None:
    facts = CardFacts(
        title="Lessons",
        summary="School exercises.",
        limits=["Only English."],
    )
    hits = BenchmarkHits(name="gsm8k", items=1319, found=6, left_out=3, kept=2)
    curation = CurationFacts(benchmarks=[hits], leaks_removed=["ngram"])
    card = render_card(manifest(curation=curation), facts)
    for text in (
        "School exercises",
        "arxiv.org/abs/2405.03548",
        "arxiv.org/abs/2402.13064",
        "| near\\_duplicate | 4 | 80.0 % |",
        "Of 45 candidates, 5 are not in this release",
        "| gsm8k | 1,319 | 6 | 3 | 2 |",
        "the recipe leaves out these kinds: ngram.",
        "| CC\\-BY\\-SA\\-4\\.0 | 20 | 50.0 % |",
        "| share\\-alike | 20 | 50.0 % |",
        "| (synthesised) | 20 | 50.0 % |",
        "- Only English\\.",
        "`score_judge_correct`",
        "- `calls`",
        "load_dataset(",
        "| refine | writer | abababab | 40 |",
    ):
        assert text in card
    assert "2408.14774" not in card  # no row was made from skills


def test_hostile_names_show_as_text_and_do_nothing() -> None:
    counts = {name: {HOSTILE: 40} for name in ("sources", "methods", "licences", "subjects")}
    facts = CardFacts(title=HOSTILE, summary=HOSTILE, limits=[HOSTILE])
    curation = CurationFacts(
        benchmarks=[BenchmarkHits(name=HOSTILE, items=1)],
        leaks_removed=[HOSTILE],
        duplicates=[DuplicateHits(kind=HOSTILE)],
        unasked={HOSTILE: 1},
    )
    made = with_counts(**counts).model_copy(
        update={"name": HOSTILE, "left_out": {HOSTILE: 1}, "curation": curation}
    )
    card = render_card(made, facts)
    assert header(card)["pretty_name"] == " ".join(HOSTILE.split())
    body = card.split("---\n", 2)[2]
    assert "<img" not in body
    assert "](javascript" not in body
    assert not re.search(r"^# Heading", body, re.MULTILINE)
    for line in body.splitlines():
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)
            assert len(cells) in (4, 5, 6, 7), line


def test_rows_that_nobody_was_asked_about_are_told_by_stage() -> None:
    asked = render_card(manifest(curation=CurationFacts()), CardFacts(title="T"))
    assert "Not finished" not in asked
    unasked = CurationFacts(unasked={"judgements": 1200, "paraphrases": 3})
    card = render_card(manifest(curation=unasked), CardFacts(title="T"))
    assert "1,200 by judgements, 3 by paraphrases" in card
    assert card.index("Not finished") < card.index("## How it was made")


def test_what_the_recipe_keeps_is_not_said_to_be_left_out() -> None:
    kept = CurationFacts(
        benchmarks=[BenchmarkHits(name="sums", items=25, found=3, kept=3)],
        duplicates=[DuplicateHits(kind="exact", found=7, kept=7)],
        duplicates_removed=["near"],
    )
    card = render_card(manifest(curation=kept), CardFacts(title="T"))
    assert "| sums | 25 | 3 | 0 | 3 |" in card
    assert "the recipe leaves none of them out" in card
    assert "| exact | 7 | 7 |" not in card
    assert "| exact | 7 | 0 | 7 |" in card


def test_same_rows_with_another_curation_are_told_as_that() -> None:
    changes = Changes(
        against="v0001-00000000",
        sources={"web": SourceChanges(unchanged=40)},
        curation=["now compared with exam (3 items)"],
    )
    card = render_card(manifest(changes=changes), CardFacts(title="T"))
    assert "the rows are the same" in card
    assert "now compared with exam \\(3 items\\)" in card


def test_markdown_of_an_escaped_text_is_that_text() -> None:
    from markdown_it import MarkdownIt

    for text in (HOSTILE, "a*b_c", "1. one", "- x", "$x$", "https://a.example/b", "~~no~~", "\\"):
        (inline,) = [t for t in MarkdownIt().parse(plain(text)) if t.type == "inline"]
        assert inline.children is not None
        assert {child.type for child in inline.children} <= {"text", "text_special"}
        assert "".join(c.content for c in inline.children) == " ".join(text.split())


def test_example_of_the_card_gives_out_what_is_free_to_use_alone() -> None:
    """The filter that the card shows is run as it stands there, over rows of every licence."""
    texts = ("CC BY-NC 4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by-nd/4.0/", "")
    released = [
        released_row(candidate(2 * n, licence=text), "train").model_dump()
        for n, text in enumerate(texts)
    ]
    card = render_card(manifest(), CardFacts(title="T"))
    (shown,) = re.findall(r"filter\(lambda row: (.*)\)$", card, re.MULTILINE)
    free = [row["licence"] for row in released if eval(shown, {"row": row})]
    assert free == ["CC-BY-4.0"]


def test_long_tables_are_cut_and_say_how_much() -> None:
    lines = counts_table("subject", {f"s{n:03d}": 1000 - n for n in range(100)}, 95_050)
    assert len(lines) == 2 + 25 + 1
    assert lines[-1].startswith("| 75 more | ")


def test_same_release_has_the_same_card() -> None:
    assert render_card(manifest(), CardFacts(title="T")) == render_card(
        manifest(), CardFacts(title="T")
    )


def test_names_of_sizes_and_licences_are_the_hubs() -> None:
    assert [size_category(n) for n in (1, 999, 1000, 5_000_000, 10**9, 10**10)] == [
        "n<1K",
        "n<1K",
        "1K<n<10K",
        "1M<n<10M",
        "n>1B",
        "n>1B",
    ]
    assert hub_licence("CC-BY-NC-SA-4.0") == "cc-by-nc-sa-4.0"
    assert hub_licence("CC-BY-1.0") == ""


def test_column_of_scores_says_what_the_score_means() -> None:
    says = {"score_judge_correct": "judge: whether the answer is right"}
    card = render_card(manifest(), CardFacts(title="Lessons", scores=says))
    cell = "| float64 or null | judge: whether the answer is right. Given to"
    assert f"| `score_judge_correct` {cell}" in card.replace("\\", "")
    assert "What a scorer says" in render_card(manifest(), CardFacts(title="Lessons"))
