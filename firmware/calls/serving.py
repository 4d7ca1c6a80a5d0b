# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller in a queue: music, announcements and keys on one side, agents' phones on the other, until one has an end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from firmware.acd import GaveUp
from firmware.calls import announcements, promising
from firmware.calls.asking_back import AskingBack, Wish, promised
from firmware.calls.call import Call, CallState
from firmware.calls.dialogue import Dialogue
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.queueing import Found
from firmware.calls.scope import Gone, while_present
from firmware.calls.talking import hearing, say
from firmware.calls.waiting_room import Prospect, Surroundings, WaitingRoom
from firmware.config import Queue, Target
from firmware.errors import Conflict
from firmware.records import Disposition

log = logging.getLogger(__name__)

T = TypeVar("T")
Left = Found | GaveUp | Target | Wish


async def wait(host: Host, call: Call, caller: Leg, queue: Queue) -> Left:
    """Until an agent has answered and knows who comes, the queue gives up, or the caller chose something else. Gone."""
    found: Left | None = None
    try:
        async with while_present(caller):
            with contextlib.closing(PhoneDialogue(host, caller)) as dialogue:
                found = await Service(host, call, caller, queue, dialogue).run()
    except BaseException:
        if isinstance(found, Found):  # at the same instant as the answer
            let_go(host, call, found)
        raise
    return found


def let_go(host: Host, call: Call, found: Found) -> None:
    """The agent has answered in vain."""
    found.leg.hang_up()
    host.queues.talk_ended(found.agent, call.id)


async def introduce(
    host: Host, call: Call, agent: Leg, queue: Queue, waited_s: float, *, call_back: bool = False
) -> None:  # fmt: skip
    """Tells the agent who comes."""
    language = agent.language or host.config.site.language
    words = announcements.whisper(
        queue, waited_s, language, lambda name: host.has_prompt(name, language),
        call_back=call_back, refused=call.recording_refused,
    )  # fmt: skip
    await say(host, agent, *words)


class Service:
    """One caller's stay."""

    def __init__(self, host: Host, call: Call, caller: Leg, queue: Queue, dialogue: PhoneDialogue) -> None:
        self._host, self._call, self._caller, self._queue, self._dialogue = host, call, caller, queue, dialogue
        self._around = Surroundings(self._music, self._look, self._ask_back, self._refused, call.note)
        self._room = WaitingRoom(queue, dialogue, self._around)
        self._sent = asyncio.Event()

    async def run(self) -> Left:
        """Phones ring, and the room is heard, until one of them has an end."""
        while not self._caller.digits.empty():
            self._caller.digits.get_nowait()
        self._call.on_sent = self._sent.set
        room = asyncio.create_task(self._heard())
        try:
            return await self._served(room)
        except TimeoutError:
            if not room.done():
                raise
            if room.exception():
                log.error("%s: announcements failed; the caller waits on", self._call.id, exc_info=room.exception())
                return await self._with_music_only()
            chosen = room.result()
            if isinstance(chosen, Wish):
                await self._dialogue.say(*promised(chosen, self._host.local_time(), self._dialogue.language))
            return chosen
        finally:
            room.cancel()

    async def _heard(self) -> Target | Wish:
        """What the caller hears: the room of the queue, and that of another one to which a supervisor sends him."""
        while True:
            room, sent = asyncio.create_task(self._room.run()), asyncio.create_task(self._sent.wait())
            try:
                await asyncio.wait({room, sent}, return_when=asyncio.FIRST_COMPLETED)
                if room.done():
                    return room.result()
            finally:
                sent.cancel()
                if room.cancel():
                    await asyncio.wait({room})
            self._sent.clear()
            self._queue = self._host.config.queue(self._call.cdr.queue) or self._queue
            self._room = WaitingRoom(self._queue, self._dialogue, self._around)

    async def _served(self, room: asyncio.Task[Target | Wish]) -> Left:
        """TimeoutError when the caller chose something else than to wait."""
        again = False
        while True:
            waiting = self._host.queues.connect(self._call, self._queue.name, again=again)
            found = await _unless(room, waiting, lambda: self._host.queues.leave(self._call))
            if not isinstance(found, Found) or await self._introduced(found):
                return found
            again = True

    async def _with_music_only(self) -> Left:
        """Nobody is lost by a fault of what is said; who could not be told of a recording is not recorded."""
        if not self._room.told.is_set():
            self._room.told.set()
            self._call.recording_refused = True
        with self._music():
            while True:
                found = await self._host.queues.connect(self._call, self._queue.name, again=True)
                if not isinstance(found, Found) or await self._introduced(found):
                    return found

    async def _introduced(self, found: Found) -> bool:
        """Meanwhile the caller hears the room. False when the agent hung up: then the caller waits on, as before."""
        try:
            async with while_present(found.leg):
                await introduce(self._host, self._call, found.leg, self._queue, self._call.waited_s())
                await self._room.told.wait()
            return True
        except Gone:
            self._call.note("agent_left", agent=found.agent)
            return False
        except BaseException:
            let_go(self._host, self._call, found)
            raise
        finally:
            if found.leg.gone.done():
                let_go(self._host, self._call, found)

    # ---- what the room asks for ------------------------------------------------------------------

    @contextlib.contextmanager
    def _music(self) -> Iterator[None]:
        with hearing(self._host.music(self._queue.waiting.music), self._caller):
            yield

    def _look(self) -> Prospect:
        state = self._host.queues.state
        place = state.position(self._call.id) or 0
        return Prospect(place, state.expected_wait(self._call.id), self._call.state is not CallState.WAITING)

    def _refused(self) -> None:
        self._call.recording_refused = True
        self._call.note("recording_refused")

    async def _ask_back(self, dialogue: Dialogue) -> Wish | None:
        host, rules = self._host, self._queue.call_back
        asking = AskingBack(
            rules, dialogue, host.local_time(), lambda number: promising.may_call(host, rules, number),
            lambda at: promising.is_open_at(host, rules, at),
        )  # fmt: skip
        wish = await asking.run("" if self._call.private else self._call.caller.number)
        if not wish or not host.queues.state.waiting(self._call.id):  # an agent has answered just now
            return None
        try:
            promising.promise_to(host, self._call, self._queue.name, wish, dialogue.language)
        except Conflict:
            await dialogue.say("back-refused")
            return None
        self._call.outcome = Disposition.CALL_BACK
        return wish


async def _unless(ended: asyncio.Future[Any], work: Coroutine[Any, Any, T], instead: Callable[[], None]) -> T:
    """The result of some work. When something else ends first: `instead`, the work is cancelled, TimeoutError."""

    def over(_: object) -> None:
        instead()
        limit.reschedule(asyncio.get_running_loop().time())

    async with asyncio.timeout(None) as limit:
        ended.add_done_callback(over)
        try:
            return await work
        finally:
            ended.remove_done_callback(over)
