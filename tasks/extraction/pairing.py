"""Which answer belongs to which question of a page: what the page's arrangement does not tie to a
question is another question's answer, and counts as swapped."""

from collections.abc import Sequence
from dataclasses import dataclass

from gleanery.tasks.extraction.arrangement import Arrangement, Asked, Region
from gleanery.tasks.extraction.locate import PageIndex, find_places
from gleanery.tasks.extraction.located import LocatedPair, Place

Copied = tuple[str, Sequence[str]]  # a question, and the passages of its answer

_SHORT = 24  # characters; so short an answer in a key must begin right behind its label
_OWN_WORDS = 40  # characters; two questions do not share an answer shorter than this by design


@dataclass(slots=True)
class _Pair:
    """A pair to be tied: its question, and for each passage of the answer where it may stand."""

    number: int
    question: Place
    asked: Asked
    options: Sequence[Sequence[Place]]
    answer: tuple[Place, ...] = ()
    tie: str = ""


def locate_pairs(index: PageIndex, pairs: Sequence[Copied]) -> list[LocatedPair | str]:
    """Return where each pair stands in the page, or why it is none, in the order of `pairs`.

    The reason is "invented" if a text is not in the page, "question_only" if there is no answer,
    "swapped" if the page gives the answer to another question. A question without an answer, or
    with an invented one, still says where other questions' answers cannot be.
    """
    questions = [find_places(index, question) for question, _ in pairs]
    options = [[find_places(index, passage) for passage in answer] for _, answer in pairs]
    chosen = _choose_questions(questions, options)
    stretches = _own_stretches(chosen)
    page = Arrangement(index.text, index.labels, list(stretches.values()))
    results: dict[int, LocatedPair | str] = {}
    tied: list[_Pair] = []
    for number, places in enumerate(options):
        places = [page.not_labels(found) for found in places]
        if number not in chosen or not all(places):
            results[number] = "invented"
        elif not places:
            results[number] = "question_only"
        else:
            asked = page.question(*stretches[number])
            tied.append(_Pair(number, chosen[number], asked, places))
    _tie(page, sorted(tied, key=lambda pair: (pair.asked.start, pair.asked.end)))
    results |= {pair.number: _located(pair) for pair in tied}
    return [results[number] for number in range(len(pairs))]


def _located(pair: _Pair) -> LocatedPair | str:
    if not pair.tie:
        return "swapped"
    spans = sorted((span for place in pair.answer for span in place.spans), key=lambda s: s.start)
    return LocatedPair(pair.question.spans, tuple(spans))


def _choose_questions(
    questions: Sequence[Sequence[Place]], options: Sequence[Sequence[Sequence[Place]]]
) -> dict[int, Place]:
    """Return one place for each question: the one that its answer follows soonest.

    A question that is there several times (in a title, or for other data) takes each place once.
    """
    chosen: dict[int, Place] = {}
    used: set[int] = set()
    for number, places in enumerate(questions):
        if not places:
            continue
        answers = options[number][0] if options[number] else ()
        free = [place for place in places if place.start not in used] or places
        chosen[number] = min(free, key=lambda place: (_way(place, answers), place.start))
        used.add(chosen[number].start)
    return chosen


def _way(question: Place, answers: Sequence[Place]) -> int:
    """Return how many characters behind a question its answer begins."""
    behind = (place.start - question.end for place in answers if place.start >= question.end)
    return min(behind, default=1 << 40)


def _own_stretches(chosen: dict[int, Place]) -> dict[int, Region]:
    """Return where each question's own words stand, without an introduction that others share."""
    stretches = {}
    for number, place in chosen.items():
        first, last = place.spans[0], place.spans[-1]
        shared = first is not last and any(
            other.spans[0].start < first.end and first.start < other.spans[0].end
            for rival, other in chosen.items()
            if rival != number
        )
        stretches[number] = (last.start if shared else first.start, last.end)
    return stretches


def _tie(page: Arrangement, pairs: Sequence[_Pair]) -> None:
    """Set answer and tie of the pairs (in page order) that the page ties together."""
    claims = sorted(place.start for pair in pairs for found in pair.options for place in found)
    floors: dict[int, int] = {}  # by gap: where the last answer that came in order ended
    in_gaps = [pair for pair in pairs if not _tie_by_label(page, pair)]
    for pair in in_gaps:
        _tie_near(page, pair, floors)
        if not pair.tie:
            _tie_in_order(page, pair, claims, floors)
    for pair in in_gaps:
        if not pair.tie:
            _tie_accepted(page, pair, pairs)
    _require_order(page, in_gaps)
    _require_one_owner(page, pairs)


def _tie_by_label(page: Arrangement, pair: _Pair) -> bool:
    """Tie an answer that stands under its question's label in a key."""
    for region in page.keyed(pair.asked):
        answer = _fill(pair, region)
        if not answer:
            continue
        short = answer[0].end - answer[0].start <= _SHORT
        if not short or page.begins_line(region, answer[0]):
            pair.answer, pair.tie = answer, "label"
            return True
    return False


def _tie_near(page: Arrangement, pair: _Pair, floors: dict[int, int]) -> None:
    """Tie an answer that stands between its question and the next one."""
    start, end = page.near(pair.asked)
    floor = max(start, floors.get(page.gap(pair.asked.start), start))
    answer = _fill(pair, (floor, end)) or _fill(pair, (start, end))
    if answer and not page.another_label(pair.asked, answer[0].start, end):
        pair.answer, pair.tie = answer, "near"


def _tie_in_order(
    page: Arrangement, pair: _Pair, claims: Sequence[int], floors: dict[int, int]
) -> None:
    """Tie an answer behind later questions that come right after its own."""
    for start, end in page.behind(pair.asked, claims):
        gap = page.gap(start)
        answer = _fill(pair, (max(start, floors.get(gap, start)), end))
        answer = answer or _fill(pair, (start, end))
        if answer:
            if not page.another_label(pair.asked, answer[0].start, end):
                pair.answer, pair.tie = answer, "order"
                floors[gap] = answer[-1].end
            return


def _tie_accepted(page: Arrangement, pair: _Pair, pairs: Sequence[_Pair]) -> None:
    """Tie a reply that is marked as accepted, behind a later question that has its own answer."""
    answer = _fill(pair, (pair.asked.end, len(page.text)))
    if not answer or not page.is_accepted(answer[0].start):
        return
    gap = page.gap(answer[0].start)
    owners = [other for other in pairs if page.gap(other.asked.start) == gap]
    if all(other.tie == "near" and other.answer[0] != answer[0] for other in owners):
        pair.answer, pair.tie = answer, "accepted"


def _fill(pair: _Pair, region: Region) -> tuple[Place, ...]:
    """Return the answer's passages in a region, in their order; options may repeat the question."""
    position, end = region
    placed = []
    for places in pair.options:
        inside = (place for place in places if position <= place.start and place.end <= end)
        place = next(inside, None)
        if place is not None:
            position = place.end
        else:
            own = pair.asked
            asked = (p for p in places if own.start <= p.start and p.end <= own.end)
            place = next(asked, None)
        if place is None:
            return ()
        placed.append(place)
    return tuple(placed) if position > region[0] else ()


def _require_order(page: Arrangement, pairs: Sequence[_Pair]) -> None:
    """Untie the answers of one stretch that do not come in their questions' order.

    Order is all that ties them there: once it is broken, none of them can be trusted.
    """
    gaps: dict[int, list[_Pair]] = {}
    for pair in pairs:
        if pair.tie in ("near", "order"):
            gaps.setdefault(page.gap(pair.answer[0].start), []).append(pair)
    for group in gaps.values():
        questions = [p.asked.start for p in sorted(group, key=lambda p: p.answer[0].start)]
        if questions != sorted(questions):
            for pair in group:
                pair.tie = ""


def _require_one_owner(page: Arrangement, pairs: Sequence[_Pair]) -> None:
    """Untie all but the nearest question of those that claim one answer.

    Questions in one block with nothing else behind it may share an answer that treats them all.
    """
    claimed: dict[int, list[_Pair]] = {}
    for pair in pairs:
        if pair.tie:
            claimed.setdefault(pair.answer[0].start, []).append(pair)
    for start, group in claimed.items():
        if len({pair.asked.start for pair in group}) < 2 or _share(page, start, group, pairs):
            continue
        sure = [] if any(pair.tie == "order" for pair in group) else group[-1:]
        for pair in group:
            if pair not in sure:
                pair.tie = ""


def _share(page: Arrangement, start: int, group: Sequence[_Pair], pairs: Sequence[_Pair]) -> bool:
    """Return whether a block of questions is answered together, right behind it."""
    answer = group[0].answer[0]
    block = [pair for pair in pairs if group[0].asked.start <= pair.asked.start < start]
    return (
        answer.end - answer.start >= _OWN_WORDS
        and len(block) == len(group)
        and not page.says_something(group[-1].asked.end, start)
    )
