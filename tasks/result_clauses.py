"""What a sentence says of its result in passing: "Paris, which has 2 million inhabitants"."""

import re

_RELATIVE = re.compile(r",\s+(?:(?:in|of|for|with|on|at|from)\s+)?(?:which|who|whom|whose|where)\b")
_NUMERIC = re.compile(r"[\d$=\\]")  # or a formula, of which a number may come
_COMMA = re.compile(r",\s")
_STATES = re.compile(r"\b(?:is|are|was|were|has|have|had|lies|means)\b", re.IGNORECASE)
# Such a clause goes on computing: "divide it by 3, which gives 8"; "the sum of both, which is 8".
_COMPUTES = re.compile(
    r",\s+which\s+(?:\w+ly\s+)?(?:(?:gives?|gave|leaves?|left|equals?|yields?|makes?|means|totals?"
    r"|results? in|comes? (?:out )?to|amounts? to|adds? up to|works? out|corresponds? to"
    r"|simplif\w+ to|reduces? to|evaluates? to|we|you|one)\b"
    r"|(?:is|are|was|were|must be|has to be)\s+(?:then\s+|thus\s+|therefore\s+)?"
    r"(?:equal to|the same as|about|around|approximately|roughly|exactly|nearly|just|only)?"
    r"\W*\d[\d.,/^*() ]*\W*[\w/^°%]*\W*$)",
    re.IGNORECASE,
)


def without_asides(sentence: str) -> str:
    """Return a sentence without the relative clause behind a statement that has no number.

    Its numbers tell more about the result and are not it. A clause that computes on stays, and one
    in the middle of a statement.
    """
    clause = _RELATIVE.search(sentence)
    if clause is None or _COMPUTES.match(sentence, clause.start()):
        return sentence
    before = sentence[: clause.start()]
    if _NUMERIC.search(before):
        return sentence
    # "The train, which is late, takes 2 hours": the statement itself comes after the clause.
    goes_on = _COMMA.search(sentence, clause.end()) and not _STATES.search(before)
    return sentence if goes_on else f"{before}."
