import numpy as np
import pyarrow as pa

from gleanery.tasks.release.fates import Fates
from gleanery.tasks.release.kept_out import KeptOut
from gleanery.tasks.release.selection_columns import text_keys
from gleanery.tasks.seeded import Words

NAMES = ("train", "validation", "score_below:judge.correct", "weight")
OUT = {"weak": 2, "weak too": 2, "surplus": 3, "valid": 1, "good": 0}


def keys(*names: str) -> Words:
    return text_keys(pa.array(names, pa.string()))


def fates() -> Fates:
    unsorted, codes = keys(*OUT), np.array([*OUT.values()], np.int16)
    order = np.argsort(unsorted)
    return Fates(unsorted[order], codes[order], NAMES)


def counted(pages: dict[str, str], *gone_for: str) -> dict[str, int]:
    """Return the counts where rows have these pages, and others went for some rows and pages."""
    known = fates()
    counts = KeptOut(keys(*gone_for), known)
    for row, page in pages.items():  # each in a part of its own
        counts.see(keys(row), keys(page), known.of(keys(row)))
        counts.add(keys())
    counts.add(keys(*gone_for))
    return counts.counts()


def test_rows_are_counted_by_why_the_one_that_they_went_for_is_out() -> None:
    alone = dict.fromkeys(OUT, "")
    gone_for = ("weak", "surplus", "weak", "good", "valid", "weak too")
    assert counted(alone, *gone_for) == {"score_below:judge.correct": 3, "weight": 1}
    assert counted(alone) == {}


def test_page_is_out_if_none_of_its_rows_is_in_for_the_reason_of_the_first() -> None:
    pages = {"surplus": "one", "weak": "one", "weak too": "two", "good": "two"}
    assert counted(pages, "one", "two", "one", "nobody saw it") == {"weight": 2}


def test_reasons_are_those_of_ids_and_none_of_what_is_in_or_unknown() -> None:
    known = fates()
    assert [known.reason(name) for name in ("weak", "surplus", "valid", "nobody")] == [
        "score_below:judge.correct",
        "weight",
        None,
        None,
    ]
    assert Fates(keys(), np.zeros(0, np.int16), NAMES).reason("weak") is None
