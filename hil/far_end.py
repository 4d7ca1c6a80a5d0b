# SPDX-License-Identifier: GPL-2.0-or-later
"""What an exchange and a phone have in common: a wire, a voice and ears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from firmware import countries
from firmware.countries import CallerIdKind, ToneName
from hil.dtmf_receiver import DtmfReceiver
from hil.g711 import BLOCK, BLOCK_S, Law, Pcm, decode, encode, silence
from hil.signals import load_wav, tone_audio
from hil.tone_receiver import SILENT_DBM0, ToneReceiver
from hil.wire import KEEP_ALL, Wire

PAUSE_BLOCKS = 40  # 0.8 s: speech has shorter pauses


class FarEnd:
    """A far end on port `port` of the simulated card in `sim_dir`, of the country's kind.

    Use it as `async with`, or `plug` and `unplug` it. `law` is the site's, which is the country's unless told
    otherwise; `ahead` and `keep` are those of `Wire`. So is `caller_id`, how callers are shown.
    """

    def __init__(
        self,
        sim_dir: Path,
        port: str,
        country: str = "us",
        *,
        law: Law | None = None,
        ahead: int = 0,
        keep: int | None = KEEP_ALL,
        caller_id: CallerIdKind | str | None = None,
    ) -> None:
        self.port = port
        self.country = countries.load(country)
        self.kind = CallerIdKind(caller_id or self.country.caller_id)
        self.law: Law = law or self.country.law.value
        self.wire = Wire(sim_dir, port, self.law, ahead, keep)
        self.wire.on_block = self._block
        self.wire.on_control = self._told
        self.wire.on_cut = self._cut
        self.watch = self.wire.watch
        self.tones = ToneReceiver(self.country)
        self.dtmf = DtmfReceiver()
        self.on_audio: Callable[[bytes], None] = lambda block: None  # each block that came, in the wire's law
        self.silence = silence(self.law)
        self._sounded = -PAUSE_BLOCKS  # `wire.heard_blocks` when there was sound last

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.unplug()

    @property
    def plugged(self) -> bool:
        """True while the wire is connected."""
        return not self.wire.cut

    settles_s = 0.0  # copper has no jitter

    @property
    def cushion_s(self) -> float:
        """It may be late by so much before the box hears a gap."""
        return self.wire.cushion_s

    async def plug(self) -> None:
        """Connects to the port. WireError says why that is not possible."""
        await self.wire.plug()

    async def unplug(self) -> None:
        """Pulls the cable out."""
        await self.wire.unplug()

    def say(self, audio: Pcm | bytes | Path) -> asyncio.Future[None]:
        """Says PCM, G.711 of the wire's law, or a WAV file; await the result to know when it was all said."""
        if isinstance(audio, Path):
            audio = load_wav(audio)
        return self.wire.player.say(audio if isinstance(audio, bytes) else encode(audio, self.law))

    def tone(self, name: ToneName | str | None) -> None:
        """Plays a tone of the country until told another; None ends it."""
        tone = self.country.tones[ToneName(name)] if name else None
        self.wire.player.repeat(tone_audio(tone, self.law) if tone else None)

    @property
    def hearing(self) -> str:
        """What is heard now: a tone's name, "sound" or "silence"."""
        if self.tones.name:
            return str(self.tones.name)
        return "sound" if self.wire.heard_blocks - self._sounded < PAUSE_BLOCKS else "silence"

    async def hears(self, tone: ToneName | str, timeout: float = 5) -> None:
        """Waits until a tone of the country is heard. NotSeen tells what was heard instead."""
        name = ToneName(tone)
        await self._until(lambda: name in self.tones.names, timeout, f"{self.country.name}'s {name} tone")

    async def hears_sound(self, timeout: float = 5, level_dbm0: float = -40) -> None:
        """Waits until anything of at least this level is heard."""
        await self._until(lambda: self.tones.level_dbm0 >= level_dbm0, timeout, f"sound of {level_dbm0} dBm0")

    async def hears_silence(self, timeout: float = 5, ms: int = 500) -> None:
        """Waits until it was silent for `ms`."""

        def silent() -> bool:
            last = self.tones.segments[-1] if self.tones.segments else None
            return last is not None and last.label is None and last.ms >= ms

        await self._until(silent, timeout, f"{ms} ms of silence")

    async def listen(self, seconds: float) -> Pcm:
        """Listens from now on for so many seconds of audio, and returns it. NotSeen when audio stops coming."""
        begin, wanted = self.wire.heard_blocks, round(seconds / BLOCK_S)
        await self._until(
            lambda: self.wire.heard_blocks >= begin + wanted, seconds + 2, f"{seconds:g} s of audio from {self.port}"
        )
        return self.wire.heard_pcm(begin)[: wanted * BLOCK]

    async def _until(self, condition: Callable[[], bool], timeout: float, awaited: str) -> None:
        await self.watch.until(condition, timeout, f"{self.port}: {awaited}", self.described)

    def described(self) -> str:
        """What this far end sees and hears, for an error message."""
        if self.wire.cut:
            return f"it is not connected: {self.wire.cut}"
        return f"{self._seen()}, it hears {self.tones.described()}, keys heard {self.dtmf.dialled!r}"

    def _seen(self) -> str:
        raise NotImplementedError

    @property
    def _listening(self) -> bool:
        raise NotImplementedError

    def _start_listening(self) -> None:
        self._sounded = self.wire.heard_blocks - PAUSE_BLOCKS
        self.tones.reset()
        self.dtmf = DtmfReceiver()

    def _block(self, block: bytes) -> None:
        self.on_audio(block)
        if not self._listening:
            self._block_on_hook(block)
            return
        samples = decode(block, self.law)
        self.tones.feed(samples)
        if self.tones.level_dbm0 > SILENT_DBM0:
            self._sounded = self.wire.heard_blocks
        if (key := self.dtmf.feed(samples)) is not None:
            self._key(key)

    def _block_on_hook(self, block: bytes) -> None:
        """Audio that comes while nobody listens."""

    def _key(self, key: str) -> None:
        """A DTMF key was heard."""

    def _told(self, message: dict[str, Any]) -> None:
        raise NotImplementedError

    def _cut(self, reason: str) -> None:
        """The cable was pulled, by either side."""
