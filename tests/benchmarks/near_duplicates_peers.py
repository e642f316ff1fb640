"""MinHash signatures as other packages make them, for `near_duplicates.py`; runs under theirs.

    python near_duplicates_peers.py TEXTS NAME

TEXTS is a JSON file of strings; NAME is "datasketch", "datasketch-xxhash" or "datatrove". Prints
CPU seconds (imports left out, and what is done once at the start).
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

PERMUTATIONS = 128
_WORD = re.compile(r"\w+")


def datasketch(texts: Sequence[str], fast: bool) -> float:
    """128 permutations of Python's word 5-grams, by its own SHA-1 or by xxhash."""
    import xxhash
    from datasketch import MinHash

    options = {"hashfunc": lambda data: xxhash.xxh32_intdigest(data)} if fast else {}
    MinHash(PERMUTATIONS, **options).update_batch([b"warm"])
    started = time.process_time()
    for text in texts:
        words = _WORD.findall(text.lower())
        ngrams = {" ".join(words[at : at + 5]).encode() for at in range(len(words) - 4)}
        MinHash(PERMUTATIONS, **options).update_batch(ngrams)
    return time.process_time() - started


def datatrove(texts: Sequence[str]) -> float:
    """Its signature step as it comes: 14 buckets of 8 hashes, spaCy's words."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupSignature

    with tempfile.TemporaryDirectory() as folder:
        step = MinhashDedupSignature(folder)
        step.word_tokenizer.word_tokenize("warm")
        documents = [Document(text=text, id=str(at)) for at, text in enumerate(texts)]
        started = time.process_time()
        step.run(documents, rank=0, world_size=1)
        return time.process_time() - started


def main() -> None:
    path, name = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        texts = json.load(file)
    measures: dict[str, Callable[[], float]] = {
        "datasketch": lambda: datasketch(texts, fast=False),
        "datasketch-xxhash": lambda: datasketch(texts, fast=True),
        "datatrove": lambda: datatrove(texts),
    }
    print(json.dumps(measures[name]()))


if __name__ == "__main__":
    main()
