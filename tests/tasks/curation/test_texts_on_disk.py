"""Texts in files: what is read back is what was added, whatever it is made of."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.curation.texts_on_disk import TextsOnDisk

TEXTS = st.lists(st.text(max_size=20), max_size=10)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5), st.integers(0, 3))
def test_texts_come_back_by_their_numbers(blocks: list[list[str]], skipped: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = TextsOnDisk(Path(folder), "texts")
        for block in blocks:
            kept.append(pa.array(block, pa.string()).slice(skipped))
        texts = [text for block in blocks for text in block[skipped:]]
        rows = np.arange(len(texts))[::-1]
        assert kept.take(rows).to_pylist() == texts[::-1]
        assert [kept.text(row) for row in range(len(texts))] == texts
        kept.close()
