"""The concepts of a syllabus as plans use them."""

from gleanery.tasks.taxonomy.records import Syllabus

MOST_CONCEPTS = 100  # of one session; a longer list names no key concepts


def concepts_to_teach(syllabus: Syllabus) -> list[list[str]]:
    """Return the concepts of each session: blank ones and repeats are left out.

    A concept that several sessions name (letter case and spaces aside) belongs to the first of
    them, so that no two plans are the same question in other words. At most 100 are used of one
    session.
    """
    taught: set[str] = set()
    sessions = []
    for session in syllabus.sessions:
        first_named = {}
        for name in session.concepts:
            shown = " ".join(name.split())
            if shown and shown.casefold() not in taught:
                first_named[shown.casefold()] = shown
                taught.add(shown.casefold())
        sessions.append(list(first_named.values())[:MOST_CONCEPTS])
    return sessions
