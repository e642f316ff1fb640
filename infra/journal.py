"""The journal: every answer of a part, durable while the part is still running.

Answers are appended as segments, small objects that are never rewritten: a new one at the latest
every 10 s or every 256 answers. The segments of a finished part are compacted into one. An
object's name says how many answers it holds and what they cost, so that what a pipeline has spent
is known from a listing alone.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Sequence

from gleanery.infra.journal_objects import (
    Spent,
    decode,
    encode,
    in_order,
    newest_order,
    object_name,
    own_objects,
    spent_in,
)
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.storage import ObjectInfo, StorageError, Store

__all__ = [
    "Journal",
    "Spent",
    "compact_folder",
    "journal_folder",
    "new_writer",
    "read_answers",
    "spent_in",
]

FLUSH_AFTER_S = 10.0
FLUSH_AFTER_ANSWERS = 256

_READS_OF_ONE_OBJECT = 5
_WAIT_S = 0.2


def journal_folder(stage: str, part: str) -> str:
    """Return where a part's answers are kept, relative to the pipeline's store."""
    return f"journal/{stage}/{part}"


class Journal:
    """The answers of one part. Use it in `async with`; it belongs to one event loop."""

    def __init__(self, store: Store, folder: str, writer: str) -> None:
        object_name("segment", 0, writer, Spent())  # a wrong writer is refused before any answer
        self._store, self._folder, self._writer = store, folder, writer
        self._answers: dict[str, Completion] = {}
        self._buffer: list[Completion] = []
        self._spent = Spent()
        self._sealed: tuple[str, Sequence[Completion]] | None = None
        self._order = 0
        self._writing = asyncio.Lock()
        self._wake = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None
        self._error: Exception | None = None

    async def __aenter__(self) -> "Journal":
        """Load what is there and begin to flush in the background."""
        infos, self._answers = await asyncio.to_thread(_read, self._store, self._folder, "")
        self._order = newest_order(infos)
        self._timer = asyncio.create_task(self._flush_on_time())
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Flush what is left, also when the part is given up."""
        if self._timer:
            self._timer.cancel()
        await self.flush()

    def get(self, key: str) -> Completion | None:
        """Return the answer kept under a request key, or `None`."""
        return self._answers.get(key)

    async def add(self, completion: Completion, cost: float = 0.0) -> None:
        """Keep an answer; it is durable within 10 s or 255 more answers, or at `flush`.

        Waits while as many answers as fill a segment are not yet durable, so that a kill never
        loses more. Raises the `StorageError` of a segment that could not be written, for going on
        would buy answers that cannot be kept; this one is still written if the storage is back
        when the journal is closed.
        """
        self._answers.setdefault(completion.key, completion)
        self._buffer.append(completion)
        self._spent += Spent(
            1, completion.prompt_tokens, completion.completion_tokens, round(cost * 1e6)
        )
        self._wake.set()
        if self._error:
            raise self._error
        if self._unsafe >= FLUSH_AFTER_ANSWERS:
            await self._write_if(FLUSH_AFTER_ANSWERS)

    async def flush(self) -> None:
        """Return when every answer added so far is durable."""
        await self._write_if(1)

    async def compact(self) -> None:
        """Merge the part's segments into one object; what this run used wins over other copies.

        Call it only after the part's receipt is committed by this run. Killed at any point, the
        journal reads the same: the merged object comes first, and the old ones are then copies.
        """
        await self.flush()
        await asyncio.to_thread(
            compact_folder, self._store, self._folder, self._writer, dict(self._answers)
        )

    @property
    def _unsafe(self) -> int:
        return len(self._buffer) + (len(self._sealed[1]) if self._sealed else 0)

    async def _write_if(self, unsafe: int) -> None:
        async with self._writing:
            if self._unsafe < unsafe:
                return
            # One that failed, or whose writer was cancelled, may have landed after all: it is
            # written again under the same name.
            if self._sealed:
                await self._write_sealed()
            if self._buffer:
                self._order = max(time.time_ns(), self._order + 1)
                name = object_name("segment", self._order, self._writer, self._spent)
                self._sealed = (f"{self._folder}/{name}", self._buffer)
                self._buffer, self._spent = [], Spent()
                await self._write_sealed()

    async def _write_sealed(self) -> None:
        assert self._sealed is not None
        path, answers = self._sealed
        try:
            await asyncio.to_thread(lambda: self._store.write(path, encode(answers)))
        except Exception as error:
            self._error = error
            raise
        self._sealed = self._error = None

    async def _flush_on_time(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(FLUSH_AFTER_S)
            self._wake.clear()  # before the flush: an answer that comes meanwhile wakes it again
            try:
                await self.flush()
            except Exception:
                return  # kept in `_error`; `add` raises it to whoever buys the next answer


def read_answers(store: Store, folder: str, first: str = "") -> dict[str, Completion]:
    """Return the answers below a folder by request key; the earliest copy of a key wins.

    Compacted objects come first, then the segments of the writer `first`, then the others by age,
    and last any other `.jsonl` file: recordings that were imported. Raises `StorageError` when
    an object is listed and yet cannot be read.
    """
    return _read(store, folder, first)[1]


def _read(store: Store, folder: str, first: str) -> tuple[list[ObjectInfo], dict[str, Completion]]:
    vanished: Counter[str] = Counter()
    infos = in_order(store.list(folder), first)
    while True:
        answers = None
        try:
            answers = _read_objects(store, infos)
        except FileNotFoundError as error:  # compacted since the listing
            path = str(error)
            vanished[path] += 1
            if vanished[path] >= _READS_OF_ONE_OBJECT:
                raise StorageError(f"{store.uri(path)} is listed but not there") from error
            time.sleep(_WAIT_S * (vanished[path] - 1))
        # A listing is no snapshot: one made while another run compacts may hold neither the old
        # objects nor the merged one. The next one then holds what this one did not.
        listed = in_order(store.list(folder), first)
        if answers is not None and {info.path for info in listed} <= {info.path for info in infos}:
            return infos, answers
        infos = listed


def _read_objects(
    store: Store, infos: Sequence[ObjectInfo], answers: dict[str, Completion] | None = None
) -> dict[str, Completion]:
    answers = dict(answers or {})
    for info in infos:
        try:
            data = store.read(info.path)
        except FileNotFoundError:
            raise FileNotFoundError(info.path) from None
        for completion in decode(info.path, data):
            answers.setdefault(completion.key, completion)
    return answers


def compact_folder(
    store: Store,
    folder: str,
    writer: str,
    used: dict[str, Completion] | None = None,
    earlier: Sequence[str] = (),
) -> None:
    """Merge all of a part's segments into one object; keys in `used` keep that answer.

    Where an answer has several copies that of `writer` is kept, then those of the `earlier`
    writers, in their order. Does nothing while another run compacts the same folder: what that
    one leaves is merged later.
    """
    infos = in_order(own_objects(store.list(folder)), (writer, *earlier))
    if len(infos) <= 1:
        return
    try:
        answers = _read_objects(store, infos, used)
    except FileNotFoundError:
        return
    # Just above what it merges: a segment that another run writes meanwhile is not part of it.
    name = object_name("compact", newest_order(infos) + 1, writer, spent_in(infos))
    store.write(f"{folder}/{name}", encode(answers.values()))
    for info in infos:
        store.delete(info.path)


def new_writer() -> str:
    """Return a name for this run, unique among all writers."""
    return uuid.uuid4().hex[:12]
