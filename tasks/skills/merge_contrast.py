"""Names that are near in letters and far in meaning: inductive and deductive, for and against."""

from gleanery.tasks.skills.merge_words import stem

_OPPOSITES = """
abstract concrete; active passive; advantage disadvantage; advantage drawback; affirmative negative
ancient modern; asking answering; beginner expert; benefit risk; best worst; buying selling
cause effect; cause result; child adult; child expert; comparing contrasting; complement compliment
conclusion premise; constructive destructive; convergent divergent; decreasing increasing
deductive inductive; deduction induction; decoding encoding; descriptive prescriptive
descriptive proscriptive; encryption decryption; explicit implicit; export import; external internal
fact fiction; fact opinion; female male; fiction nonfiction; first third; first second; second third
formal casual; global local; group individual; horizontal vertical; input output; large small
lengthening shortening; linear logistic; linear nonlinear; literal figurative; long short
maximum minimum; maximizing minimizing; narrative expository; objective subjective; offline online
optimistic pessimistic; oral written; positive negative; prescriptive proscriptive; pro con
proactive reactive; problem solution; public private; qualitative quantitative; reading writing
sender receiver; simple complex; simplifying complicating; speaking listening; speaking writing
static dynamic; strength weakness; strategic tactical; supervised unsupervised
synchronous asynchronous; tense relaxed; theoretical practical; top bottom; verbal nonverbal
"""
_NEGATIONS = frozenset(map(stem, ("against", "avoiding", "avoid", "never", "no", "not", "without")))
_NEGATING = (
    "anti", "counter", "de", "dis", "il", "im", "in", "ir", "mis", "non", "over", "un", "under",
)  # fmt: skip
_OPPOSED_STARTS = (
    ("micro", "macro"), ("hypo", "hyper"), ("intra", "inter"), ("pre", "post"), ("up", "down"),
    ("over", "under"), ("uni", "multi"), ("mono", "poly"), ("endo", "exo"), ("homo", "hetero"),
)  # fmt: skip

_OPPOSED = frozenset(
    frozenset(map(stem, pair.split()))
    for line in _OPPOSITES.splitlines()
    for pair in line.split(";")
)


def contrast(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether what two names (as stems) do not share sets them against each other."""
    left, right = one - other, other - one
    if _NEGATIONS & (left ^ right):
        return True
    return any(_opposed(a, b) for a in left for b in right)


def _opposed(one: str, other: str) -> bool:
    if frozenset((one, other)) in _OPPOSED:
        return True
    if any(character.isdigit() for character in one + other):
        return True  # three points and five points
    if any(one == start + other or other == start + one for start in _NEGATING):
        return True
    return any(
        (one.startswith(a) and other == b + one[len(a) :])
        or (one.startswith(b) and other == a + one[len(b) :])
        for a, b in _OPPOSED_STARTS
    )
