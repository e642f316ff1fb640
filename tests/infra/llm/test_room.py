"""The engine room: one loop that threads wait for."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from gleanery.infra.llm.room import EngineRoom, RoomClosed


def test_who_waits_for_an_answer_when_the_room_is_closed_is_told() -> None:
    room = EngineRoom()
    asked = asyncio.Event()

    async def no_answer_comes() -> None:
        asked.set()
        await asyncio.sleep(3600)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(room.run, no_answer_comes())
        room.run(asked.wait())
        room.close()  # as after Ctrl-C, by the thread that was interrupted
        with pytest.raises(RoomClosed, match="those that came are kept"):
            waiting.result(timeout=60)
