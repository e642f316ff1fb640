"""A tiny base model in a folder: tiny_base.py FOLDER; its tokenizer is trained on these sums."""

import sys
from pathlib import Path

from gleanery.tasks.training.process_fresh import build_fresh
from gleanery.tasks.training.training_spec import FreshModel

TINY = FreshModel(layers=1, width=32, vocabulary=512)
SUMS = [f"What is {a} plus {b}? It is {a + b}." for a in range(9) for b in range(9)]

if __name__ == "__main__":
    build_fresh(TINY, SUMS, Path(sys.argv[1]))
