"""Genuine quotations are kept however a model typesets them, on made pages and on real ones."""

import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from resiliparse.extract.html2text import extract_plain_text

from gleanery.tasks.extraction.locate import PageIndex, find_quote


def joined_lines(text: str, draw: random.Random) -> str:
    return " ".join(text.split())


def other_space(text: str, draw: random.Random) -> str:
    return re.sub(r"(?<=\w) (?=[A-Za-z])", lambda _: draw.choice([" ", "  ", "\n", "\u00a0"]), text)


def curly_quotes(text: str, draw: random.Random) -> str:
    return re.sub(r'"([^"\n]*)"', r"“\1”", text).replace("'", "’")


def straight_quotes(text: str, draw: random.Random) -> str:
    return re.sub("[“”]", '"', re.sub("[‘’]", "'", text))


def no_dollars(text: str, draw: random.Random) -> str:
    return text.replace("$", "")


def other_delimiters(text: str, draw: random.Random) -> str:
    return re.sub(r"\$([^$\n]+)\$", r"\\(\1\\)", text)


def final_stop(text: str, draw: random.Random) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


def unicode_minus(text: str, draw: random.Random) -> str:
    return (
        re.sub(r"(?<![A-Za-z\n])-(?=\d)", "−", text) if "−" not in text else text.replace("−", "-")
    )


def raised_digits(text: str, draw: random.Random) -> str:
    digits = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
    return re.sub(r"\^\{([-−]?\d+)\}", lambda found: found[1].translate(digits), text)


def markdown(text: str, draw: random.Random) -> str:
    words = list(re.finditer(r"(?<![\\\w])[A-Za-z]{4,}(?!\w)", text))
    if not words:
        return text
    word = draw.choice(words)
    return f"{text[: word.start()]}**{word[0]}**{text[word.end() :]}"


def entities(text: str, draw: random.Random) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def capital_start(text: str, draw: random.Random) -> str:
    return re.sub(r"^[a-z](?=[a-z]{2})", lambda found: found[0].upper(), text)


def no_numbering(text: str, draw: random.Random) -> str:
    return re.sub(r"^ *(?:\d{1,2}[.)]|\([a-z]\)|[•-]) +(?=\S)", "", text, flags=re.MULTILINE)


def verbatim(text: str, draw: random.Random) -> str:
    return text


PERTURBATIONS = (
    verbatim,
    joined_lines,
    other_space,
    curly_quotes,
    straight_quotes,
    no_dollars,
    other_delimiters,
    final_stop,
    unicode_minus,
    raised_digits,
    markdown,
    entities,
    capital_start,
    no_numbering,
)


def test_genuine_quotations_are_kept_however_they_are_typeset(
    made_pages: list[Any], kept: Any, new_shares: Any
) -> None:
    draw = random.Random(14)
    shares, layouts = new_shares(), new_shares()
    for number, page in enumerate(made_pages):
        index = PageIndex(page.text)
        change = PERTURBATIONS[number % len(PERTURBATIONS)]
        pairs = [(change(question, draw), change(answer, draw)) for question, answer in page.pairs]
        for pair, good in zip(pairs, kept(index, pairs), strict=True):
            shares.add(change.__name__, good, (page.layout, pair))
            layouts.add(page.layout, good, (page.layout, pair))
    print(f"\nkept\n{shares}\nby layout\n{layouts}")
    assert shares.share() >= 0.98
    assert min(layouts.share(layout) for layout in layouts.all) >= 0.95


@pytest.fixture(scope="module")
def lessons(shared_data: Path) -> list[str]:
    """Return the texts of the real pages with exercises in one archive."""
    folder = shared_data / "warc"
    with gzip.open(folder / "manifest.jsonl.gz", "rt") as lines:
        pages = [json.loads(line) for line in lines]
    shard = "train-00000.warc.gz"
    wanted = {p["record_id"] for p in pages if p["shard"] == shard and p["qa"] == "qa_edu"}
    with open(folder / shard, "rb") as stream:
        return [
            extract_plain_text(record.reader.read().decode(errors="replace"), main_content=True)
            for record in ArchiveIterator(stream)
            if (record.record_id or "").strip("<>") in wanted
        ]


def test_sentences_and_passages_of_real_pages_are_found(
    lessons: list[str], new_shares: Any
) -> None:
    draw = random.Random(15)
    shares = new_shares()
    for text in lessons:
        page = PageIndex(text)
        lines = [line.strip() for line in text.split("\n") if len(line.split()) > 6]
        for line in draw.sample(lines, min(12, len(lines))):
            change = draw.choice(PERTURBATIONS)
            shares.add(change.__name__, find_quote(page, change(line, draw)) is not None, line)
        for _ in range(6):
            start = draw.randrange(max(1, len(text) - 700))
            start = text.rfind("\n", 0, start) + 1
            passage = text[start : text.find("\n", start + 400)]
            shares.add("passage", find_quote(page, " ".join(passage.split())) is not None, passage)
    print(f"\nkept\n{shares}")
    assert shares.all.total() > 200
    assert shares.share() >= 0.98
