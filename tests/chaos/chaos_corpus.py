"""A small web of our own: exercise pages that a harvest keeps, other pages, seeds for both."""

import gzip
import json
import uuid
from collections.abc import Sequence
from pathlib import Path

EDUCATION = ("algebra-hall", "motion-lab", "mole-house", "tank-school", "rate-room", "unit-yard")
OTHERS = ("harbour-news", "kettle-shop", "island-blog")
EXERCISES = (
    (
        "A train covers {a} kilometres in {b} hours at a steady pace. Find its mean speed.",
        "Divide the distance by the time: {a} / {b} gives a mean speed of {q} kilometres per hour.",
    ),
    (
        "A tank holds {a} litres and loses {b} litres every minute. When will it be empty?",
        "Each minute takes {b} litres, so the tank is empty after {a} / {b} = {q} minutes.",
    ),
    (
        "How many moles are in {a} grams of a salt whose molar mass is {b} grams per mole?",
        "Divide the mass by the molar mass, which gives {a} / {b} = {q} moles of the salt.",
    ),
    (
        "Solve the equation {b} x = {a} for the unknown x and check the result.",
        "Dividing both sides by {b} leaves x = {q}, and indeed {b} times {q} is {a}.",
    ),
)
STORY = (
    "The ferry to the island left late again, and passengers waited on the quay with coffee from "
    "the new stand. Prices for tickets rise in spring, the company said on {day}, because the "
    "crew asked for better pay and the boats need paint. Our reporter spoke with {n} visitors who "
    "came for the market, the lighthouse and the famous smoked fish of the harbour. "
)


def exercises(page: int, count: int) -> list[tuple[str, str]]:
    """Return the questions and answers of a page; no two pages share one."""
    found = []
    for index in range(count):
        divisor, result = 3 + (page + index) % 7, 11 + 4 * page + index
        question, answer = EXERCISES[(page + index) % len(EXERCISES)]
        numbers = {"a": divisor * result, "b": divisor, "q": result}
        found.append((question.format(**numbers), answer.format(**numbers)))
    return found


def exercise_text(page: int, count: int = 2) -> list[str]:
    intro = (
        f"Sheet {page} collects exercises for practice, each with a worked solution below it. "
        "Try every exercise on your own before you compare your steps with the solution."
    )
    lines = [intro]
    for number, (question, answer) in enumerate(exercises(page, count), start=1):
        lines += [f"Exercise {number}. {question}", f"Solution. {answer}"]
    return lines


def story_text(page: int) -> list[str]:
    return [STORY.format(day=f"day {page}", n=page + 3), STORY.format(day="Monday", n=page + 9)]


def write_archive(folder: Path, name: str, first_page: int, pages: int, others: int = 4) -> Path:
    """Write a WARC archive of exercise pages and stories; pages are numbered from `first_page`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.warc.gz"
    records = []
    for page in range(first_page, first_page + pages):
        site = EDUCATION[page % len(EDUCATION)]
        records.append(_record(f"https://{site}.example/sheet/{page}", exercise_text(page)))
    for page in range(first_page, first_page + others):
        site = OTHERS[page % len(OTHERS)]
        records.append(_record(f"https://{site}.example/story/{page}", story_text(page)))
    path.write_bytes(b"".join(records))
    return path


def write_seeds(folder: Path, count: int = 40) -> dict[str, list[str]]:
    """Write positive and negative seeds of sites that are not in the corpus; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {"positives": exercise_text, "negatives": story_text}
    for kind, text in kinds.items():
        rows = (
            {"text": "\n".join(text(1000 + n)), "url": f"https://{kind}-{n % 8}.example/{n}"}
            for n in range(count)
        )
        (folder / f"{kind}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return {kind: [str(folder / f"{kind}.jsonl")] for kind in kinds}


def _record(url: str, lines: Sequence[str]) -> bytes:
    return pack_record(url, url.rsplit("/", 2)[1], "".join(f"<p>{line}</p>\n" for line in lines))


def pack_record(url: str, title: str, body: str) -> bytes:
    """Return a page as a WARC record, compressed, the same bytes every time."""
    html = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><nav><a href='/'>Home</a></nav><main><article>{body}</article></main>"
        "</body></html>"
    ).encode()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
    headers = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url)}>",
        "WARC-Date": "2026-01-02T03:04:05Z",
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(http)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return gzip.compress(f"WARC/1.0\r\n{head}\r\n".encode() + http + b"\r\n\r\n", mtime=0)
