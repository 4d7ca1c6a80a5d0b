# SPDX-License-Identifier: GPL-2.0-or-later
"""baresip, a real SIP phone, as a child process, with a voice from a WAV file and ears that write one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import wave
from array import array
from pathlib import Path
from typing import Any, Self

from hil.g711 import Pcm
from hil.processes import killed
from hil.rtp import CUSHION_S
from hil.waiting import NotSeen, Watch

MODULES = Path("/usr/lib/baresip/modules")
_APPLICATIONS = ("account", "ctrl_tcp", "menu", "mwi")  # modules that begin after the account is there
REPEATS = 40  # baresip hangs up when its voice ends


class Baresip:
    """A phone with one codec ("PCMU", "PCMA", "G722", "opus") that says `voice` (8 kHz) again and again while it talks.

    `async with` starts it; it answers by itself with `answers`.
    """

    def __init__(
        self, folder: Path, codec: str, voice: Pcm, *, answers: bool = False, encryption: str = "", user: str = "phone",
        wide: bool = False,
        account: tuple[str, str, str] | None = None, lamp: bool = False,
    ) -> None:  # fmt: skip
        """`wide`: the voice is at the codec's rate. `account`: extension, password and server
        (`HOST:PORT;transport=tls`) of a phone that registers. `lamp`: it asks for its messages too; over TCP
        only, as 1.0.0 asks without end when it is registered within its first milliseconds.
        """
        self._lamp = lamp
        self._account, self._wide = account, wide
        self._folder, self._codec, self._voice, self._answers = folder, codec, voice, answers
        self._encryption, self._user = encryption, user
        self.rate = {"G722": 16000, "opus": 48000}.get(codec, 8000)
        self._channels = 2 if codec == "opus" else 1
        self.events: list[dict[str, Any]] = []
        self.watch = Watch()
        self.sip_port = 0
        self._process: asyncio.subprocess.Process | None = None
        self.cushion_s = CUSHION_S  # how late it was is not known, but it shares its machine with this process

    async def __aenter__(self) -> Self:
        self._folder.mkdir()
        self.sip_port, control = _free_ports()
        self._configure(control)
        with (self._folder / "baresip.log").open("w") as log:
            self._process = await asyncio.create_subprocess_exec(
                "baresip", "-f", str(self._folder), cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        for _ in range(100):
            with contextlib.suppress(ConnectionError):
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", control)
                break
            await asyncio.sleep(0.05)
        else:
            raise RuntimeError((self._folder / "baresip.log").read_text())
        self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._process
        self._listener.cancel()
        self._writer.close()
        await killed(self._process)

    def _configure(self, control: int) -> None:
        with wave.open(str(self._folder / "voice.wav"), "wb") as file:
            file.setparams((self._channels, 2, self.rate, 0, "NONE", ""))
            voice = self._voice if self._wide else _at_rate(self._voice, self.rate)
            both = array("h", (sample for sample in voice for _ in range(self._channels)))
            file.writeframes((both * REPEATS).tobytes())
        modules = ["account", "g711", "g722", "opus", "aufile", "sndfile", "ctrl_tcp", "menu", "uuid"]
        modules += ["mwi"] if self._lamp else []
        modules += [self._encryption.partition("-")[0]] if self._encryption else []
        lines = [
            f"module_path {MODULES}",
            *(f"module{'' if name not in _APPLICATIONS else '_app'} {name}.so" for name in modules),
            f"sip_listen 127.0.0.1:{self.sip_port}",
            "net_interface 127.0.0.1",
            "rtp_ports 20000-30000",
            f"audio_source aufile,{self._folder}/voice.wav",
            f"audio_player aufile,{self._folder}/none.wav",
            f"snd_path {self._folder}",
            f"ctrl_tcp_listen 127.0.0.1:{control}",
        ]
        (self._folder / "config").write_text("\n".join(lines) + "\n")
        mode = "auto" if self._answers else "manual"
        codec = f"{self._codec}/{self.rate}/{self._channels}"
        who = f"<sip:{self._user}@127.0.0.1:{self.sip_port}>;regint=0"
        if self._account:
            user, password, server = self._account
            who = f"<sip:{user}@{server}>;auth_pass={password};regint=300"
        account = f"{who};audio_codecs={codec};answermode={mode}"
        account += f";mediaenc={self._encryption}" if self._encryption else ""
        (self._folder / "accounts").write_text(account + "\n")
        (self._folder / "contacts").write_text("")

    # ---- control -----------------------------------------------------------------------------

    async def command(self, name: str, parameters: str = "") -> None:
        """A command of its menu: dial, hangup, hold, resume, sndcode, …"""
        message = json.dumps({"command": name, "params": parameters}).encode()
        self._writer.write(b"%d:%s," % (len(message), message))
        await self._writer.drain()

    async def event(self, type: str, timeout: float = 5) -> dict[str, Any]:
        """Waits for an event such as CALL_ESTABLISHED. NotSeen."""

        def found() -> bool:
            return any(event.get("type") == type for event in self.events)

        await self.watch.until(found, timeout, type, lambda: str([event.get("type") for event in self.events]))
        return next(event for event in self.events if event.get("type") == type)

    async def shows(self, words: str, timeout: float = 5) -> None:
        """Waits until the last message summary (RFC 3842) has these words. NotSeen."""

        def last() -> str:
            return next((e.get("param", "") for e in reversed(self.events) if e.get("type") == "MWI_NOTIFY"), "")

        await self.watch.until(lambda: words in last(), timeout, words, lambda: f"{last()!r}; {self.events}")

    async def _listen(self) -> None:
        """Netstrings of JSON."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int((await self._reader.readuntil(b":"))[:-1])
                self.events.append(json.loads((await self._reader.readexactly(length + 1))[:-1]))
                self.watch.changed()

    def heard_wide(self) -> tuple[Pcm, int]:
        """What it heard in its last call, one channel, and the rate. NotSeen. Complete after the call."""
        samples, channels, rate = self._dumped()
        return samples[::channels], rate

    def heard(self) -> Pcm:
        """What it heard in its last call, at 8 kHz. NotSeen when it wrote nothing. Complete after the call."""
        samples, _, rate = self._dumped()
        return samples if rate == 8000 else _halved(samples)

    def _dumped(self) -> tuple[Pcm, int, int]:
        """All samples, the number of channels, and the rate."""
        dumps = sorted(self._folder.glob("dump-*-dec.wav"))
        if not dumps:
            raise NotSeen("baresip heard nothing")
        with wave.open(str(dumps[-1])) as file:
            return array("h", file.readframes(file.getnframes())), file.getnchannels(), file.getframerate()


def _at_rate(audio: Pcm, rate: int) -> Pcm:
    """Band-limited to 4 kHz in any case, so that doubling the rate is filling in between. Needs numpy."""
    if rate == 8000:
        return audio
    import numpy as np

    spectrum = np.fft.rfft(np.asarray(audio, dtype=float))
    return array("h", np.clip(np.fft.irfft(spectrum, 2 * len(audio)) * 2, -32768, 32767).astype(int).tolist())


def _halved(audio: Pcm) -> Pcm:
    import numpy as np

    spectrum = np.fft.rfft(np.asarray(audio[: len(audio) // 2 * 2], dtype=float))
    half = np.fft.irfft(spectrum[: len(spectrum) // 2 + 1], len(audio) // 2) / 2
    return array("h", np.clip(half, -32768, 32767).astype(int).tolist())


def _free_ports() -> tuple[int, int]:
    """One for SIP, whose next is free too (baresip listens for TLS there), and one for control."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as sip, socket.create_server(("127.0.0.1", 0)) as control:
            port, other = sip.getsockname()[1], control.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError), socket.create_server(("127.0.0.1", port + 1)):
                return port, other
