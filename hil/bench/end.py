# SPDX-License-Identifier: GPL-2.0-or-later
"""One far end of the bench with the clients that play it."""

from __future__ import annotations

import asyncio
import logging
import wave
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from firmware.countries import ToneName
from firmware.errors import Conflict, Invalid
from hil.bench.mic import Mic
from hil.far_end import FarEnd
from hil.g711 import BLOCK_S, RATE, Law, decode, transcode
from hil.wire import WireError

log = logging.getLogger(__name__)

LOOK_BLOCKS = 5  # what is heard is looked at each 100 ms
CLIENT_LAW: Law = "ulaw"
KEPT_BLOCKS = 100
LISTEN_MOST_S = 600

# The codes of the bench page; tones not named here have their own name.
HEARING: dict[str, str] = {ToneName.DIAL: "dial_tone", ToneName.STUTTER: "dial_tone", "sound": "speech"}

Command = Mapping[str, Any]
Action = Callable[[Command], Awaitable[None]]


class Client(Protocol):
    """A connection that plays this far end."""

    end: End | None

    def tell(self, message: Mapping[str, Any]) -> None:
        """Sends JSON."""

    def let_hear(self, block: bytes) -> None:
        """Sends 160 bytes of mu-law."""


class End(ABC):
    """What exchange and phone of the bench have in common. `wanted` is False while it was unplugged on purpose."""

    def __init__(self, far: FarEnd, country: str) -> None:
        self.far = far
        self.country = country
        self.wanted = True
        self.clients: set[Client] = set()
        self.mic = Mic()
        self._shown: dict[str, Any] = {}
        self._blocks = 0
        self._tapes: list[bytearray] = []
        far.on_audio = self._heard
        far.wire.player.otherwise = self._say
        on_cut = far.wire.on_cut

        def cut(reason: str) -> None:
            on_cut(reason)
            log.info("%s: %s", far.port, reason)
            self.changed()

        far.wire.on_cut = cut

    @abstractmethod
    def actions(self) -> Mapping[str, Action]:
        """What a client may ask it to do."""

    @abstractmethod
    def described(self) -> dict[str, Any]:
        """The part of the state that the kind has of its own."""

    @property
    @abstractmethod
    def in_use(self) -> bool:
        """True while sound passes."""

    def state(self) -> dict[str, Any]:
        """The state as clients see it."""
        hearing = self.far.hearing if self.in_use else ""
        return {
            "port": self.far.port,
            "plugged": self.far.plugged,
            "hearing": HEARING.get(hearing, hearing),
            **self.described(),
        }

    async def do(self, command: Command) -> None:
        """Does what a client asks. TipringError when it does not exist or is not possible now."""
        actions = self.actions()
        action = actions.get(str(command.get("do")))
        if action is None:
            known = ", ".join(sorted(actions))
            raise Invalid(f"{self.far.port} cannot do {command.get('do')!r}. It can: {known}.", code="unknown_command")
        try:
            await action(command)
        except (WireError, RuntimeError) as error:
            raise Conflict(str(error), code="not_now") from error
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            raise Conflict(f"{self.far.port}: the call ended before this was done.", code="not_now") from None
        finally:
            self.changed()

    async def say(self, command: Command) -> None:
        """Plays a WAV file into the call."""
        self._need_call()
        try:
            said = self.far.say(Path(str(command.get("wav"))))
        except (OSError, ValueError, EOFError) as error:
            raise Invalid(f"{command.get('wav')} cannot be played: {error}", code="bad_sound") from error
        await said

    async def listen(self, command: Command) -> None:
        """Records what is heard for `seconds` into a WAV file."""
        self._need_call()
        seconds, path = command.get("seconds"), Path(str(command.get("wav")))
        if not isinstance(seconds, int | float) or not 0 < seconds <= LISTEN_MOST_S:
            raise Invalid(f"One can listen for up to {LISTEN_MOST_S} s.", code="bad_command", field="seconds")
        tape = bytearray()
        self._tapes.append(tape)
        try:
            await asyncio.sleep(seconds + BLOCK_S)
        finally:
            self._tapes.remove(tape)
        try:
            _write_wav(path, bytes(tape[: round(seconds * RATE)]), self.far.law)
        except OSError as error:
            raise Invalid(f"{path} cannot be written: {error}", code="bad_sound", field="wav") from error

    async def plug(self) -> None:
        """Allows the cable to be plugged in again; the office does it."""
        self.wanted = True

    async def unplug(self) -> None:
        """Pulls the cable until `plug`."""
        self.wanted = False
        await self.far.unplug()
        self.changed()

    async def close(self) -> None:
        """The bench ends."""
        self.wanted = False
        await self.far.unplug()

    def speak(self, block: bytes) -> None:
        """A client's microphone: 160 bytes of mu-law."""
        if self.in_use:
            self.mic.push(transcode(block, CLIENT_LAW, self.far.law))

    def changed(self) -> None:
        """Tells the clients if their picture is not the present one any more."""
        state = self.state()
        if state != self._shown:
            self._shown = state
            for client in tuple(self.clients):
                client.tell({"state": state})
        if not self.in_use:
            self.mic.clear()

    def _need_call(self) -> None:
        if not self.in_use:
            raise Conflict(f"{self.far.port} is on hook.", code="not_now")

    def _heard(self, block: bytes) -> None:
        for tape in self._tapes:
            tape += block
        self._blocks += 1
        if self._blocks % LOOK_BLOCKS == 0:
            self.changed()
        if self.clients and self.in_use:
            heard = transcode(block, self.far.law, CLIENT_LAW)
            for client in tuple(self.clients):
                client.let_hear(heard)

    def _say(self) -> bytes | None:
        return self.mic.pull()


def text_of(command: Command, key: str) -> str | None:
    """A text of a command, or None when it is missing or empty. Invalid when it is something else."""
    value = command.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 200:
        raise Invalid(f'"{key}" must be a text of at most 200 characters.', code="bad_command", field=key)
    return value


def _write_wav(path: Path, audio: bytes, law: Law) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(decode(audio, law).tobytes())
