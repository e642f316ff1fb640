"""The lease: one writer at a time where the storage cannot create conditionally."""

import contextlib
import logging
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import orjson

from gleanery.infra.processes import process_place, process_started
from gleanery.infra.storage import StorageError, Store

_LOG = logging.getLogger(__name__)

_FOLDER = "lease"
_BEAT_S = 10.0
_STALE_S = 60.0
_TRIES = 8
_WAIT_S = 2.0  # at most, between tries of runs that started at the same time


class LeaseHeld(RuntimeError):
    """Another run writes to this pipeline."""


@dataclass(frozen=True, slots=True)
class _Claim:
    token: str
    holds: bool
    host: str
    place: str
    pid: int
    process_started: str
    beat: float

    @property
    def path(self) -> str:
        return f"{_FOLDER}/{self.token}.json"

    def __str__(self) -> str:
        age_s = time.time() - self.beat
        return f"process {self.pid} on {self.host} (last sign of life {age_s:.0f} s ago)"


@contextlib.contextmanager
def hold_lease(store: Store) -> Iterator[None]:
    """Hold the pipeline's lease while the block runs; does nothing where creates are exclusive.

    Raises `LeaseHeld` with the holder's name if another run is alive. A run that died is taken
    over: at once on the same host, elsewhere when its heartbeat is 60 s old.

    Every run claims under a name of its own and looks at the claims of others only then, so that
    of two runs at least one sees the other, however slow the storage is.
    """
    if store.creates_conditionally():
        yield
        return
    token = uuid.uuid4().hex
    _claim(store, token)
    stop = threading.Event()
    beating = threading.Thread(target=_keep_beating, args=(store, token, stop), daemon=True)
    beating.start()
    try:
        yield
    finally:
        stop.set()
        beating.join()
        store.delete(_own_claim(token, holds=True).path)


def _claim(store: Store, token: str) -> None:
    for _ in range(_TRIES):
        _refuse_if_held(store, _living_claims(store, token))
        others: list[_Claim] = []
        for holds in (False, True):  # looked at twice, for a first claim may have grown stale
            _write(store, _own_claim(token, holds))
            if others := _living_claims(store, token):
                break
        if not others:
            return
        store.delete(_own_claim(token, holds=False).path)
        _refuse_if_held(store, others)
        time.sleep(random.uniform(0, _WAIT_S))
    raise LeaseHeld(f"{store.uri('')}: other runs keep starting at the same time; try again")


def _refuse_if_held(store: Store, others: list[_Claim]) -> None:
    for holder in others:
        if holder.holds:
            raise LeaseHeld(
                f"{store.uri('')} is being written by {holder}: wait for it, or stop it"
            )


def _living_claims(store: Store, own_token: str) -> list[_Claim]:
    """Return the claims of other runs that live, and remove those of the dead."""
    claims = [claim for claim in _read_claims(store) if claim.token != own_token]
    dead = [claim for claim in claims if _has_died_here(claim)]
    silent = [c for c in claims if c not in dead and time.time() - c.beat > _STALE_S]
    if silent:
        # Another machine's clock may be behind by as much: a run that lives beats meanwhile.
        wait_s = 2.5 * _BEAT_S
        _LOG.warning(
            "%s is held by %s: waiting %.0f s for the next one; if none comes this run goes on",
            *(store.uri(""), ", ".join(map(str, silent)), wait_s),
        )
        time.sleep(wait_s)
        claims = [claim for claim in _read_claims(store) if claim.token != own_token]
        dead += [claim for claim in claims if claim in silent]
    for claim in dead:
        store.delete(claim.path)
    return [claim for claim in claims if claim not in dead]


def _read_claims(store: Store) -> list[_Claim]:
    claims = []
    for info in store.list(_FOLDER):
        with contextlib.suppress(FileNotFoundError):  # given up since the listing
            claims.append(_Claim(**orjson.loads(store.read(info.path))))
    return claims


def _own_claim(token: str, holds: bool) -> _Claim:
    pid = os.getpid()
    started = process_started(pid)
    return _Claim(token, holds, socket.gethostname(), process_place(), pid, started, time.time())


def _write(store: Store, claim: _Claim) -> None:
    store.write(claim.path, orjson.dumps(asdict(claim)))


def _keep_beating(store: Store, token: str, stop: threading.Event) -> None:
    while not stop.wait(_BEAT_S):
        with contextlib.suppress(StorageError):  # the next beat may pass; the run itself will tell
            claim = _own_claim(token, holds=True)
            if not store.exists(claim.path):
                _LOG.error(
                    "the lease of %s was taken over while this run gave no sign of life: if two "
                    "runs are going on, stop one of them",
                    store.uri(""),
                )
                return
            _write(store, claim)


def _has_died_here(holder: _Claim) -> bool:
    """Return whether the holder was a process of this machine and is gone."""
    if not holder.place or holder.place != process_place():
        return False
    return process_started(holder.pid) != holder.process_started
