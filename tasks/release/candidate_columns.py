"""The columns of a part's candidates that selection looks at; of their messages, the lengths."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.infra.row_search import read_columns, row_batches
from gleanery.infra.storage import Store
from gleanery.tasks.release.selection_columns import flat_lists
from gleanery.tasks.seeded import Integers

NARROW = (
    "id",
    "pipeline",
    "method",
    "strategy",
    "origin",
    "plan_id",
    "document_id",
    "page",
    "page_text",
    "domain",
    "licence",
    "subject",
    "nodes",
    "split",
    "scores",
)
QUESTION, ANSWER = "question_characters", "answer_characters"


def read_candidates(store: Store, path: str) -> pa.Table:
    """Return the narrow columns of a part of candidates, and how long questions and answers are.

    Memory holds the messages of a thousand rows. Raises as `row_search.read_columns`.
    """
    rows = read_columns(store, path, NARROW)
    lengths = [message_lengths(batch["messages"]) for batch in row_batches(store, path, _TEXTS)]
    for place, name in enumerate((QUESTION, ANSWER)):
        counts = [np.zeros(0, np.int64), *(of_batch[place] for of_batch in lengths)]
        rows = rows.append_column(name, pa.array(np.concatenate(counts)))
    return rows


_TEXTS = ("messages",)


def message_lengths(messages: pa.ChunkedArray) -> tuple[Integers, Integers]:
    """Return the characters of each conversation's question and answer, 0 where there is none.

    They are the first message of the user and the last one of the assistant; white space before
    and after each is not counted.
    """
    turns, rows = flat_lists(messages)
    texts = pc.utf8_trim_whitespace(pc.struct_field(turns, "content"))
    characters = pc.utf8_length(texts).to_numpy()
    roles = pc.struct_field(turns, "role")
    of_user = np.flatnonzero(pc.equal(roles, "user").to_numpy())[::-1]
    of_assistant = np.flatnonzero(pc.equal(roles, "assistant").to_numpy())
    # Of several turns of one conversation the one that is written last stands.
    question, answer = (np.zeros(len(messages), np.int64) for _ in range(2))
    question[rows[of_user]] = characters[of_user]
    answer[rows[of_assistant]] = characters[of_assistant]
    return question, answer
