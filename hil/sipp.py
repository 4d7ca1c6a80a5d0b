# SPDX-License-Identifier: GPL-2.0-or-later
"""SIPp, the field's SIP load generator, as a child process: it signals, `hil.rtp` or nobody speaks."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from hil.g711 import silence
from hil.processes import killed

SCENARIOS = Path(__file__).parent / "benches"


class Sipp:
    """Plays a scenario of `hil/benches` (or a path); each row of `rows` is one call's fields. Starts `async with`."""

    def __init__(
        self, folder: Path, scenario: str | Path, rows: Sequence[Sequence[object]] = (), options: Sequence[object] = ()
    ) -> None:
        self.path = scenario if isinstance(scenario, Path) else SCENARIOS / f"{scenario}.xml"
        self._folder, self._rows, self._options = folder, rows, [str(option) for option in options]
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        name = self.path.stem
        command = ["sipp", "-sf", str(self.path), "-i", "127.0.0.1", "-nostdin", "-trace_err"]
        command += ["-error_file", str(self._folder / f"{name}.err")]
        if self._rows:
            data = self._folder / f"{name}.csv"
            data.write_text("SEQUENTIAL\n" + "".join(";".join(map(str, row)) + ";\n" for row in self._rows))
            command += ["-inf", str(data)]
        (self._folder / "voice.ulaw").write_bytes(silence("ulaw") * 50)  # for scenarios that speak
        self._process = await asyncio.create_subprocess_exec(
            *command, *self._options, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._process
        await killed(self._process)

    async def done(self, timeout: float) -> None:
        """Waits until all calls are over. AssertionError with SIPp's own words when one failed."""
        assert self._process
        status = await asyncio.wait_for(self._process.wait(), timeout)
        if status:
            errors = self._folder / f"{self.path.stem}.err"
            said = errors.read_text(errors="replace")[-2000:] if errors.exists() else "nothing"
            raise AssertionError(f"SIPp ended with {status} and said: {said}")
