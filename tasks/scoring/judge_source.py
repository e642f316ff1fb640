"""The passage of a page that a harvested pair stands in."""

from gleanery.tasks.dataset_records import Candidate


def source_passage(candidate: Candidate, page_text: str, most_characters: int) -> str:
    """Return the page's text around the pair, in `most_characters` at most.

    The pair itself is in the middle; where it alone is longer, its beginning is shown. Empty
    where the page does not show the pair in its text (markup that is not rendered).
    """
    spans = [*candidate.question_spans, *candidate.answer_spans]
    if not spans:
        return ""
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    margin = max(0, (most_characters - (end - start)) // 2)
    first = max(0, start - margin)
    return page_text[first : first + most_characters].strip()
