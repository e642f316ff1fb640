"""The objects that a journal is made of: what their names say, and the answers inside them."""

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
import pyarrow as pa

from gleanery.infra.llm.protocol import Completion
from gleanery.infra.storage import ObjectInfo, StorageError

_NAME = re.compile(
    r"(?P<kind>compact|segment)-(?P<order>\d+)-(?P<writer>\w+)"
    r"-n(?P<answers>\d+)-p(?P<prompt>\d+)-c(?P<completion>\d+)-m(?P<micros>\d+)\.jsonl\.zst$"
)
_SUFFIXES = (".jsonl", ".jsonl.zst")
_COSTS = ("answers", "prompt", "completion", "micros")


@dataclass(frozen=True, slots=True)
class Spent:
    """Answers paid for, with their tokens, and their cost in millionths of the price unit."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    micros: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        """Return the sum."""
        return Spent(
            self.answers + other.answers,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.micros + other.micros,
        )


def object_name(kind: str, order: int, writer: str, spent: Spent) -> str:
    """Return the name of a "segment" or "compact" object.

    Raises `ValueError` for a writer that is not one word: its objects would not be recognised.
    """
    name = (
        f"{kind}-{order:020d}-{writer}-n{spent.answers}-p{spent.prompt_tokens}"
        f"-c{spent.completion_tokens}-m{spent.micros}.jsonl.zst"
    )
    if not _NAME.fullmatch(name):
        raise ValueError(f"{writer!r} cannot name a writer: use letters, digits and _ only")
    return name


def own_objects(infos: Iterable[ObjectInfo]) -> list[ObjectInfo]:
    """Return the segments and compacted objects, without recordings that were imported."""
    return [info for info in infos if _NAME.search(info.path)]


def newest_order(infos: Iterable[ObjectInfo]) -> int:
    """Return the highest order of all objects; 0 if there are none."""
    matches = (_NAME.search(info.path) for info in infos)
    return max((int(match["order"]) for match in matches if match), default=0)


def spent_in(infos: Iterable[ObjectInfo]) -> Spent:
    """Return what the answers in these journal objects cost, read from the objects' names."""
    total = Spent()
    for info in _without_copies(list(infos)):
        if match := _NAME.search(info.path):
            total += Spent(*(int(match[name]) for name in _COSTS))
    return total


def _without_copies(infos: list[ObjectInfo]) -> list[ObjectInfo]:
    """Leave out what is part of its folder's newest compaction: all that has a lower order."""
    newest: dict[str, tuple[int, int, str]] = {}
    for info in infos:
        match = _NAME.search(info.path)
        if match and match["kind"] == "compact":
            folder = posixpath.dirname(info.path)
            rank = (int(match["order"]), int(match["answers"]), info.path)
            newest[folder] = max(newest.get(folder, rank), rank)

    def counts(info: ObjectInfo) -> bool:
        match = _NAME.search(info.path)
        compaction = newest.get(posixpath.dirname(info.path))
        if match is None or compaction is None:
            return match is not None
        if match["kind"] == "compact":
            return info.path == compaction[2]
        return int(match["order"]) > compaction[0]

    return [info for info in infos if counts(info)]


def in_order(infos: Iterable[ObjectInfo], first: str | Sequence[str]) -> list[ObjectInfo]:
    """Return the objects in the order in which the first copy of an answer wins.

    Compacted objects come first, then the segments of the writers `first` in their order, then
    the others by age, and last any other `.jsonl` file.
    """
    writers = [first] if isinstance(first, str) else list(first)

    def rank(info: ObjectInfo) -> tuple[int, int, int, str]:
        match = _NAME.search(info.path)
        if not match:
            return (3, 0, 0, info.path)
        if match["kind"] == "compact":
            return (0, 0, -int(match["order"]), info.path)
        if match["writer"] in writers:
            return (1, writers.index(match["writer"]), int(match["order"]), info.path)
        return (2, 0, int(match["order"]), info.path)

    return sorted((info for info in infos if info.path.endswith(_SUFFIXES)), key=rank)


def encode(completions: Iterable[Completion]) -> bytes:
    """Return answers as compressed JSON lines."""
    lines = b"".join(orjson.dumps(completion) + b"\n" for completion in completions)
    return bytes(pa.Codec("zstd", 3).compress(lines, asbytes=True))


def decode(path: str, data: bytes) -> list[Completion]:
    """Return the answers in an object. Raises `StorageError` if they cannot be read."""
    try:
        if path.endswith(".zst"):
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                data = stream.read()
        return [Completion(**orjson.loads(line)) for line in data.splitlines() if line]
    except (OSError, ValueError, TypeError) as error:
        raise StorageError(
            f"{path} holds no readable answers ({error}): move it away to go on without them"
        ) from error
