"""Where a text stands in a page."""

from dataclasses import dataclass

from gleanery.tasks.records import Span


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a text stands: a span, or several if the text leaves out some of the page."""

    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        """The character where it begins."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """The character behind its last one."""
        return self.spans[-1].end


@dataclass(frozen=True, slots=True)
class LocatedPair:
    """The spans of a question and of its answer, each in page order."""

    question_spans: tuple[Span, ...]
    answer_spans: tuple[Span, ...]
