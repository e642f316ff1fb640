"""Near duplicates among real texts of 2 KB: how fast they are signed, and how well they are found.

    python tests/benchmarks/near_duplicates.py --data FOLDER [--peers-python PYTHON] [--rounds 5]

FOLDER holds `warc/`. PYTHON is an interpreter with datasketch, xxhash, datatrove[processing] and
spacy. Texts are windows of the pages, a quarter of them with a copy in which 1 to 30 words are
edited. They are read as pages are, by their plain words. Speed is text to signature, in texts per
CPU second, so per core; rounds of all are interleaved, and their median counts. datatrove signs a
tenth of the texts, for it is slow.

A pair is alike when its plain word 5-grams have a Jaccard similarity of 0.8 or more; all such pairs
count, planted or not. It is found when its signatures share a band and reach the threshold.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from near_duplicates_texts import alike_pairs, jaccard, shingles, texts_of_pages

from gleanery.tasks.curation.duplicates import DuplicatesConfig
from gleanery.tasks.curation.near_duplicates import Removed, find_duplicates
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.normalise import plain_words, words_and_signs
from gleanery.tasks.curation.signatures import Reader, Signatures, estimated_jaccard, sign_texts
from gleanery.tasks.curation.signatures_table import SignedRows

WITH_SIGNS = "ours, with signs"
FORMS: dict[str, Reader] = {"ours": plain_words, WITH_SIGNS: words_and_signs}
PEERS = {"datasketch": 1.0, "datasketch-xxhash": 1.0, "datatrove": 0.1}  # share of the texts
AGREED = {"datasketch": 4, "datasketch-xxhash": 4, "datatrove": 30}  # times as fast, at least
LEAST_SPEED, LEAST_RECALL, LEAST_JACCARD = 10_000, 0.98, 0.5


def sign_seconds(texts: Sequence[str], read: Reader) -> float:
    started = time.process_time()
    sign_texts(texts, read)
    return time.process_time() - started


def peer_seconds(python: str, texts: Sequence[str], name: str, folder: Path) -> float:
    path = folder / "texts.json"
    path.write_text(json.dumps(texts), encoding="utf-8")
    script = Path(__file__).with_name("near_duplicates_peers.py")
    command = [python, str(script), str(path), name]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{name} failed under {python}:\n{answer.stderr[-2_000:]}")
    return float(answer.stdout.splitlines()[-1])


def measure_speed(texts: Sequence[str], python: str, rounds: int) -> bool:
    """Print texts per second of everyone; return whether ours is as fast as agreed."""
    speeds: dict[str, list[float]] = {name: [] for name in FORMS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, read in FORMS.items():
                speeds[name].append(len(texts) / sign_seconds(texts, read))
            for name, share in PEERS.items() if python else ():
                some = texts[: int(share * len(texts))]
                seconds = peer_seconds(python, some, name, Path(folder))
                speeds.setdefault(name, []).append(len(some) / seconds)
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    good = medians["ours"] >= LEAST_SPEED
    print(f"{'ours':18} {medians['ours']:8,.0f} texts/s/core (at least {LEAST_SPEED:,})")
    print(f"{WITH_SIGNS:18} {medians[WITH_SIGNS]:8,.0f}, as questions and examples are read")
    for name, speed in medians.items():
        if name not in FORMS:
            times = medians["ours"] / speed
            good &= times >= AGREED[name]
            print(
                f"{name:18} {speed:8,.0f}; ours is {times:.1f} times that (at least {AGREED[name]})"
            )
    return good


def find(signatures: Signatures, threshold: float) -> Removed:
    count = len(signatures.words)
    rows = SignedRows(
        level="document",
        ids=pa.array([str(number) for number in range(count)], pa.string()),
        groups=np.zeros(count, np.uint64),
        qualities=np.full(count, 0.5, np.float32),
        signatures=signatures,
    )
    with SignatureIndex() as index:
        index.append(rows)
        return find_duplicates(index, threshold)


def measure_quality(texts: Sequence[str], threshold: float) -> bool:
    """Print how many pairs are found, and how alike removed rows are; return whether it is good."""
    sets, signatures = list(map(shingles, texts)), sign_texts(texts, plain_words)
    pairs = alike_pairs(sets)
    ones, others = np.array(list(pairs)).T
    shared = (signatures.bands[ones] == signatures.bands[others]).any(axis=1)
    estimates = estimated_jaccard(signatures.minima[ones], signatures.minima[others])
    found = shared & (estimates >= threshold)
    truth = np.array(list(pairs.values()))
    edge = (truth < 0.85) & (truth >= 0.8)
    removed = find(signatures, threshold)
    gone = set(removed.rows.tolist())
    left = sum(one not in gone and other not in gone for one, other in pairs)
    exact = [
        jaccard(sets[row], sets[kept])
        for row, kept in zip(removed.rows.tolist(), removed.kept.tolist(), strict=True)
    ]
    print(f"{len(texts):,} texts, {len(pairs):,} pairs with an exact Jaccard similarity of 0.8")
    print(
        f"found {found.mean():.4f} of them (at least {LEAST_RECALL}), {found[edge].mean():.4f} of "
        f"the {edge.sum()} below 0.85; of {left} both texts stay"
    )
    print(
        f"{len(gone):,} texts removed; least exact Jaccard similarity with the text that stays "
        f"{min(exact):.3f} (at least {LEAST_JACCARD}), below 0.7: {sum(j < 0.7 for j in exact)}"
    )
    return bool(found.mean() >= LEAST_RECALL) and min(exact) >= LEAST_JACCARD


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers-python", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threshold", type=float, default=DuplicatesConfig().threshold)
    options = parser.parse_args()
    texts = texts_of_pages(options.data / "warc")
    good = measure_quality(texts, options.threshold)
    good &= measure_speed(texts, options.peers_python, options.rounds)
    if not good:
        raise SystemExit("a figure is not as agreed")


if __name__ == "__main__":
    main()
