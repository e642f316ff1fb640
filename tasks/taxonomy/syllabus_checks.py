"""What no syllabus looks like: each check returns a reason and what tells it, or None."""

from collections import Counter
from collections.abc import Sequence

from gleanery.tasks.taxonomy.records import ClassSession
from gleanery.tasks.taxonomy.same_name import NamesIn, name_words

Problem = tuple[str, str]

_MOST_WITHOUT_CONCEPTS = 0.5  # of the sessions: an examination or two is no fault
_FEWEST_TO_REPEAT = 3  # sessions, before a concept that all of them name tells anything
_MOST_SESSIONS_OF_A_CONCEPT = 0.6
_MOST_REPEATED = 0.4  # of all mentions of concepts
_MOST_INVENTED = 0.1  # of titles and concepts: who copies also rewords a little


def count_problem(
    sessions: Sequence[ClassSession], least: int, most: int, least_concepts: int
) -> Problem | None:
    """Return what is wrong with how many sessions there are, and how many concepts they have.

    Sessions without any concept do not count: they teach nothing that a question could be about.
    """
    if not sessions:
        return "no_sessions", "the records hold no session"
    teaching = [session for session in sessions if session.concepts]
    if len(teaching) < (1 - _MOST_WITHOUT_CONCEPTS) * len(sessions):
        return "too_few_concepts", f"{len(teaching)} of {len(sessions)} sessions name concepts"
    if len(teaching) < least:
        return "too_few_sessions", f"{len(teaching)}, fewer than {least}"
    if len(teaching) > most:
        return "too_many_sessions", f"{len(teaching)}, more than {most}"
    poor = [session.title for session in teaching if len(session.concepts) < least_concepts]
    if poor:
        return "too_few_concepts", f"{len(poor)} sessions have fewer than {least_concepts}: {poor}"
    return None


def repetition(sessions: Sequence[ClassSession]) -> Problem | None:
    """Return the session that stands twice, or the concept that most sessions name."""
    titles = Counter(name_words(session.title) for session in sessions)
    for session in sessions:
        if titles[name_words(session.title)] > 1:
            return "repeated_session", f"{session.title!r} stands twice"
    seen: dict[frozenset[tuple[str, ...]], str] = {}
    for session in sessions:
        concepts = frozenset(map(name_words, session.concepts))
        if len(concepts) > 1 and concepts in seen:
            return "repeated_session", f"{seen[concepts]!r} and {session.title!r} teach the same"
        seen[concepts] = session.title
    return _repeated_concept(sessions)


def _repeated_concept(sessions: Sequence[ClassSession]) -> Problem | None:
    counts = Counter(name_words(name) for session in sessions for name in session.concepts)
    (words, most), *_ = counts.most_common(1) or [((), 0)]
    shown = f"{' '.join(words)!r} is a concept of {most} of {len(sessions)} sessions"
    if len(sessions) >= _FEWEST_TO_REPEAT and most > _MOST_SESSIONS_OF_A_CONCEPT * len(sessions):
        return "repeated_concept", shown
    if counts.total() - len(counts) > _MOST_REPEATED * counts.total():
        return "repeated_concept", f"{len(counts)} different ones in {counts.total()}; {shown}"
    return None


def invention(sessions: Sequence[ClassSession], text: str) -> Problem | None:
    """Return the titles and concepts that the text does not name, if they are too many."""
    names = NamesIn(text)
    recorded = [name for session in sessions for name in (session.title, *session.concepts) if name]
    missing = [name for name in recorded if not names.has(name)]
    if len(missing) > _MOST_INVENTED * len(recorded):
        return "invented", f"{len(missing)} of {len(recorded)} are not in the text: {missing[:5]}"
    return None
