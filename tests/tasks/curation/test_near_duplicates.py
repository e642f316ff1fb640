import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.curation.near_duplicates import find_duplicates
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.near_pairs import SMALL_BUCKET
from gleanery.tasks.curation.signatures import Signatures, estimated_jaccard, sign_texts
from gleanery.tasks.curation.signatures_table import SignedRows

THRESHOLD = 0.75
Verdicts = dict[str, tuple[str, bool]]  # id: what it is a duplicate of, and whether exactly


def signed(
    texts: Sequence[str], groups: Sequence[int] = (), qualities: Sequence[float] = ()
) -> SignedRows:
    return SignedRows(
        level="question",
        ids=pa.array([f"r{number}" for number in range(len(texts))], pa.string()),
        groups=np.array(groups or [0] * len(texts), np.uint64),
        qualities=np.array(qualities or [0.5] * len(texts), np.float32),
        signatures=sign_texts(texts),
    )


def duplicates(*blocks: SignedRows, threshold: float = THRESHOLD) -> Verdicts:
    with SignatureIndex() as index:
        for block in blocks:
            index.append(block)
        removed = find_duplicates(index, threshold)
        ids, kept = (index.ids(rows).to_pylist() for rows in (removed.rows, removed.kept))
        # Whatever is removed is like what stays, and what stays is not removed.
        minima = index.column("minima")
        assert not set(kept) & set(ids)
        assert (removed.similarity >= threshold).all()
        alone = index.column("groups")[removed.rows] == 0
        alone &= index.column("groups")[removed.kept] == 0
        near = alone & ~removed.exact
        estimates = estimated_jaccard(minima[removed.rows[near]], minima[removed.kept[near]])
        assert estimates.tolist() == removed.similarity[near].tolist()
    return dict(zip(ids, zip(kept, removed.exact.tolist(), strict=True), strict=True))


def naive(rows: SignedRows) -> Verdicts:
    """Return what the rule says, read off row by row and pair by pair."""
    signatures = rows.signatures
    ranked = sorted(range(len(rows.ids)), key=lambda row: (-float(rows.qualities[row]), row))
    first: dict[int, int] = {}
    for row in ranked:
        first.setdefault(int(rows.groups[row]) or -1 - row, row)
    staying: list[int] = []
    verdict: dict[int, tuple[int, bool]] = {}
    for row in first.values():
        for other in staying:
            same = bool((signatures.digests[row] == signatures.digests[other]).all())
            bucket = bool((signatures.bands[row] == signatures.bands[other]).any())
            estimate = estimated_jaccard(signatures.minima[[row]], signatures.minima[[other]])[0]
            long = signatures.words[row] >= 5 and signatures.words[other] >= 5
            if signatures.words[row] and (same or (long and bucket and estimate >= THRESHOLD)):
                verdict[row] = (other, same)
                break
        else:
            staying.append(row)
    ids = rows.ids.to_pylist()
    return {
        ids[row]: (ids[verdict[head][0]], verdict[head][1])
        for row in ranked
        if (head := first[int(rows.groups[row]) or -1 - row]) in verdict
    }


def text_of(seed: int, words: int = 60) -> list[str]:
    rng = random.Random(seed)
    return [f"w{rng.randrange(5_000)}" for _ in range(words)]


def edited(words: Sequence[str], *places: int) -> str:
    changed = [f"edit{at}" if at in places else word for at, word in enumerate(words)]
    return " ".join(changed)


SOME_TEXTS = ["", "?", "yes", "yes!", "yes no", "a b c d", "A b, c d", "a b c d e", "a b c d f"]
SOME_TEXTS += [
    edited(text_of(seed), *places)
    for seed in (1, 2)
    for places in [(), (0,), (1,), (0, 59), (0, 1), (30,), (29, 31), (20, 40), (10, 20, 30)]
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(SOME_TEXTS),
            st.sampled_from([0, 0, 0, 1, 2, 3]),
            st.sampled_from([0.2, 0.5, 0.9]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_rows_go_and_stay_as_the_rule_read_row_by_row_says(
    rows: list[tuple[str, int, float]],
) -> None:
    texts, groups, qualities = zip(*rows, strict=True)
    block = signed(texts, groups, qualities)
    assert duplicates(block) == naive(block)


def test_better_row_stays_and_of_equals_the_earlier() -> None:
    text = " ".join(text_of(1))
    assert duplicates(signed([text, f"## {text}", text + "."], qualities=[0.5, 0.9, 0.9])) == {
        "r0": ("r1", True),
        "r2": ("r1", True),
    }


def test_chain_of_similar_texts_does_not_remove_its_far_end() -> None:
    words = text_of(3, 100)
    chain = [edited(words, *range(step * 6)) for step in range(12)]
    ends = estimated_jaccard(sign_texts(chain[:1]).minima, sign_texts(chain[-1:]).minima)
    found = duplicates(signed(chain))  # asserts that each is like the one it points to
    assert ends[0] < THRESHOLD
    assert found["r1"] == ("r0", False)
    assert "r11" not in found or found["r11"][0] != "r0"
    assert len(found) < 11


def test_row_that_is_only_like_a_removed_one_stays() -> None:
    words = text_of(4, 100)
    starts, ends = range(9), range(91, 100)
    first, between, last = edited(words), edited(words, *starts), edited(words, *starts, *ends)
    assert duplicates(signed([first, between, last])) == {"r1": ("r0", False)}
    assert duplicates(signed([between, last])) == {"r1": ("r0", False)}


def test_siblings_never_remove_each_other() -> None:
    text = " ".join(text_of(5))
    assert duplicates(signed([text, text, text + " end"], groups=[7, 7, 7])) == {}


def test_siblings_go_together_when_their_original_is_a_duplicate() -> None:
    text = " ".join(text_of(6))
    found = duplicates(signed([text, text, text, "other words", "else"], groups=[1, 1, 2, 2, 0]))
    assert found == {"r2": ("r0", True), "r3": ("r0", True)}


def test_group_stays_for_its_best_row() -> None:
    text = " ".join(text_of(7))
    found = duplicates(signed([text, text, text], groups=[1, 1, 2], qualities=[0.1, 0.8, 0.5]))
    assert found == {"r2": ("r1", True)}


def apart(*blocks: SignedRows) -> Verdicts:
    with SignatureIndex() as index:
        for block in blocks:
            index.append(block)
        removed = find_duplicates(index, THRESHOLD, siblings_apart=True)
        ids, kept = (index.ids(rows).to_pylist() for rows in (removed.rows, removed.kept))
    return dict(zip(ids, zip(kept, removed.exact.tolist(), strict=True), strict=True))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(SOME_TEXTS), st.integers(0, 3), st.sampled_from([0.2, 0.9])),
        min_size=1,
        max_size=30,
    )
)
def test_siblings_apart_never_remove_each_other_and_no_text_of_two_origins_is_left(
    rows: list[tuple[str, int, float]],
) -> None:
    texts, groups, qualities = zip(*rows, strict=True)
    block = signed(texts, groups, qualities)
    found, group = apart(block), dict(zip(block.ids.to_pylist(), groups, strict=True))
    assert not {kept for kept, _ in found.values()} & set(found)
    assert all(group[row] != group[kept] or not group[row] for row, (kept, _) in found.items())
    digests = block.signatures.digests
    has_words = block.signatures.words > 0
    left = [n for n, row in enumerate(block.ids.to_pylist()) if row not in found and has_words[n]]
    for one in left:
        for other in left:
            if one < other and (digests[one] == digests[other]).all():
                assert groups[one] == groups[other] > 0
    if not any(groups):
        assert found == duplicates(block)


def test_sibling_apart_goes_for_itself() -> None:
    text, other = " ".join(text_of(9)), " ".join(text_of(10))
    block = signed([text, other, text, f"{text} end", text], groups=[1, 2, 2, 2, 0])
    assert apart(block) == {"r2": ("r0", True), "r3": ("r0", False), "r4": ("r0", True)}


def test_few_words_are_only_compared_exactly() -> None:
    found = duplicates(signed(["two plus two", "Two plus two?", "two plus three", "", "…", "!"]))
    assert found == {"r1": ("r0", True)}


def test_new_rows_are_compared_with_old_ones_as_if_all_had_come_at_once() -> None:
    rng = random.Random(8)
    texts = [rng.choice(SOME_TEXTS) for _ in range(60)]
    groups = [rng.choice([0, 0, 1, 2]) for _ in texts]
    qualities = [rng.random() for _ in texts]
    whole = signed(texts, groups, qualities)

    def block(start: int, end: int) -> SignedRows:
        part = signed(texts[start:end], groups[start:end], qualities[start:end])
        return SignedRows(
            "question", whole.ids[start:end], part.groups, part.qualities, part.signatures
        )

    assert duplicates(block(0, 25), block(25, 26), block(26, 60)) == duplicates(whole)


def test_large_buckets_are_settled_without_comparing_every_pair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten thousand versions of one text, and as many of another: two rows stay."""
    compared = 0

    def counted(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
        nonlocal compared
        compared += len(ones)
        return estimated_jaccard(ones, others)

    monkeypatch.setattr("gleanery.tasks.curation.near_duplicates.estimated_jaccard", counted)
    block = versions(count=20_000, kinds=2)
    assert len(block.ids) > SMALL_BUCKET * 100
    found = duplicates(block)
    assert len(found) == 20_000 - 2
    assert compared < 20_000 * 60


def versions(count: int, kinds: int) -> SignedRows:
    """Return signatures of slightly different versions of a few texts, all of them distinct."""
    rng = np.random.default_rng(0)
    signatures = sign_texts([" ".join(text_of(seed)) for seed in range(kinds)])
    kind = np.arange(count) % kinds
    minima, bands = signatures.minima[kind], signatures.bands[kind]
    place = rng.integers(0, 126, count)
    minima[np.arange(count), place] ^= 1
    bands[np.arange(count), place // 7] = rng.integers(0, 1 << 63, count, dtype=np.uint64)
    digests = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    return SignedRows(
        "question",
        pa.array([f"r{number}" for number in range(count)]),
        np.zeros(count, np.uint64),
        rng.random(count).astype(np.float32),
        Signatures(np.full(count, 60, np.int32), digests, minima, bands),
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SOME_TEXTS), max_size=25), st.randoms(use_true_random=False))
def test_no_two_rows_that_stay_are_alike_where_all_buckets_are_large(
    texts: list[str], rng: random.Random
) -> None:
    rows = signed(texts, qualities=[rng.random() for _ in texts])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gleanery.tasks.curation.near_pairs.SMALL_BUCKET", 1)
        patch.setattr("gleanery.tasks.curation.near_pairs.FIRST_ROWS", 25)
        found = duplicates(rows)
    staying = [text for number, text in enumerate(texts) if f"r{number}" not in found]
    assert duplicates(signed(staying)) == {}


def test_rows_that_only_share_a_band_with_a_crowd_stay() -> None:
    """A crowd in one bucket that has nothing else in common: nobody goes, and nothing hangs."""
    rng = np.random.default_rng(1)
    count = 5_000
    rows = versions(count, kinds=1)
    bands = rng.integers(0, 1 << 63, rows.signatures.bands.shape, dtype=np.uint64)
    bands[:, 3] = 7
    minima = rng.integers(0, 256, rows.signatures.minima.shape, dtype=np.uint8)
    unlike = Signatures(rows.signatures.words, rows.signatures.digests, minima, bands)
    crowd = SignedRows("question", rows.ids, rows.groups, rows.qualities, unlike)
    assert duplicates(crowd) == {}


def test_index_of_no_rows_has_no_duplicates() -> None:
    assert duplicates(signed([])) == {}
    assert duplicates(signed(["alone"])) == {}
