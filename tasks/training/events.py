"""What a training process tells while it runs."""

from gleanery.infra.events import EventLog, EventReader

__all__ = [
    "BATCH",
    "EVALUATED",
    "FINISHED",
    "INTERRUPTED",
    "LOGGED",
    "REFUSED",
    "SAVED",
    "STARTED",
    "UNIGRAM",
    "EventLog",
    "EventReader",
]

STARTED, BATCH, LOGGED, EVALUATED, SAVED, SNAPSHOT, FINISHED, INTERRUPTED, REFUSED = (
    "started",
    "batch",
    "logged",
    "evaluated",
    "saved",
    "snapshot",
    "finished",
    "interrupted",
    "refused",
)
UNIGRAM = "unigram"
