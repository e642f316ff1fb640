"""datatrove's n-gram filter, for `decontamination.py`; runs under its interpreter.

    python decontamination_datatrove.py GIVEN

GIVEN is JSON with n, questions and documents. The index is made of its own normalisation, tokeniser
and hash, for its indexer asks for lighteval; the filter is its own. As it does some 200 documents a
second, it gets the first 1,000. Prints CPU seconds of the filter, documents and flagged as JSON.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter
from datatrove.utils.text import ngrams, simplify_text

DOCUMENTS = 1000


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text())
    config = NGramsDecontConfig(n_grams=given["n"])
    documents = [Document(text=text, id=str(n)) for n, text in enumerate(given["documents"])]
    with tempfile.TemporaryDirectory() as folder:
        decontaminate = NGramsDecontFilter(folder, config)
        hashes = set()
        for question in given["questions"]:
            text = simplify_text(question, config.norm_config)
            words = decontaminate.tokenizer.word_tokenize(text)
            grams = map(" ".join, ngrams(words, config.n_grams))
            hashes.update(map(decontaminate.hash_func, grams))
        kind = config.hash_config.np_descr
        np.array(sorted(hashes), dtype=kind).tofile(Path(folder, "benchmarks.index.hashes"))
        decontaminate.filter(documents[-1])  # loads the index
        started = time.process_time()
        verdicts = [decontaminate.filter(document) for document in documents[:DOCUMENTS]]
        seconds = time.process_time() - started
    flagged = sum(verdict is not True for verdict in verdicts)
    result = {"documents": len(verdicts), "flagged": flagged, "seconds": seconds}
    print(json.dumps({**result, "hashes": len(hashes)}))


if __name__ == "__main__":
    main()
