"""Finding in a page what a model says it copied from there: what is not found is invented.

White space, markup and typography may differ; words, numbers, signs, formulas and negations may
not. A quote that stops early is still the page's own text and passes: what it lacks is for the
refiners to see, who are given the page.
"""

from functools import cached_property, lru_cache

from gleanery.tasks.extraction.edges import SHORT, cut_off, stands_alone
from gleanery.tasks.extraction.gaps import Boundaries, Passage, Search
from gleanery.tasks.extraction.labels import Label, page_labels
from gleanery.tasks.extraction.located import Place
from gleanery.tasks.extraction.page_tokens import Tokens, same_case
from gleanery.tasks.extraction.quotes import readings
from gleanery.tasks.records import Span

_MOST_PLACES = 40
_MOST_STARTS = 60


class PageIndex:
    """A page's text, made ready for finding quotes in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = Tokens(text)

    @cached_property
    def labels(self) -> list[Label]:
        """The labels at the starts of the page's lines."""
        return page_labels(self.text)

    @cached_property
    def boundaries(self) -> Boundaries:
        """Where sentences and lines begin."""
        return Boundaries(self.tokens)


def find_quote(index: PageIndex, quote: str, near: int = 0) -> list[Span] | None:
    """Return the spans where a quote stands in the page, in page order; `None` if nowhere.

    Of several places the first one at or after the character `near` is taken, or else the last
    one before it. There is more than one span if the quote leaves out numbering, or whole lines
    or sentences, of what it was copied from.
    """
    places = _places(index, quote)
    if not places:
        return None
    after = [place for place in places if _start(index, place) >= near]
    return _spans(index, after[0] if after else places[-1])


def find_places(index: PageIndex, quote: str) -> list[Place]:
    """Return every place where a quote stands in the page, in page order."""
    return [Place(tuple(_spans(index, passages))) for passages in _places(index, quote)]


@lru_cache(maxsize=256)
def _tokens(quote: str) -> Tokens:
    return Tokens(quote)


def _places(index: PageIndex, quote: str) -> list[list[Passage]]:
    """Return every place where a quote stands, each as its passages."""
    page = index.tokens
    for reading in readings(quote):
        tokens = _tokens(reading)
        if not len(tokens):
            continue
        whole = []
        for start in page.find(tokens.folded):
            stop = start + len(tokens)
            if (
                same_case(page, start, tokens, 0, len(tokens)) == len(tokens)
                and not cut_off(page, start, stop)
                and (len(tokens) > SHORT or stands_alone(page, start, stop))
            ):
                whole.append([(start, stop)])
                if len(whole) == _MOST_PLACES:
                    break
        if whole:
            return whole
        if len(tokens) > 1 and (joined := _joined(index, tokens)):
            return joined
    return []


def _joined(index: PageIndex, quote: Tokens) -> list[list[Passage]]:
    """Return the places of a quote that leaves out some of the page."""
    page = index.tokens
    found = []
    for start in page.numbers.get(quote.folded[0], ())[:_MOST_STARTS]:
        passages = Search(page, index.boundaries, quote).passages(start)
        if passages is None:
            continue
        (first, stop), last = passages[0], passages[-1]
        if stop - first <= SHORT and not index.boundaries.at(first):
            continue
        if not cut_off(page, first, stop) and not cut_off(page, *last):
            found.append(passages)
    return found


def _start(index: PageIndex, passages: list[Passage]) -> int:
    return index.tokens.starts[passages[0][0]]


def _spans(index: PageIndex, passages: list[Passage]) -> list[Span]:
    starts, ends = index.tokens.starts, index.tokens.ends
    return [Span(start=starts[a], end=ends[b - 1]) for a, b in passages]
