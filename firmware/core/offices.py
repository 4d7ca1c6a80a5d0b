# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket offers beside calls. A start imports and makes it when calls are already taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.voice_modems import VoiceModems
from firmware.core.acceptance_office import AcceptanceOffice
from firmware.core.alarm_office import AlarmOffice
from firmware.core.board_office import BoardOffice
from firmware.core.call_back_office import CallBackOffice
from firmware.core.call_office import CallOffice
from firmware.core.config_office import ConfigOffice
from firmware.core.control import ControlServer
from firmware.core.extension_office import ExtensionOffice
from firmware.core.house_office import HouseOffice
from firmware.core.line_doctor.office import LineDoctor
from firmware.core.modem_office import ModemOffice
from firmware.core.pbx import Pbx
from firmware.core.quality_watch import QualityWatch
from firmware.core.recordings_office import RecordingsOffice
from firmware.core.sms_office import SmsOffice
from firmware.core.voicemail_office import VoicemailOffice
from firmware.core.waiting_office import WaitingOffice
from firmware.sms.desk import SmsDesk
from firmware.store.config_db import ConfigDb
from firmware.store.writer import HistoryWriter


class Offices:
    """Made once a start."""

    def __init__(
        self,
        pbx: Pbx,
        writer: HistoryWriter,
        configs: ConfigDb,
        config: ConfigOffice,
        state: Path,
        control: ControlServer,
        modems: VoiceModems,
        led: Callable[[], str],
    ) -> None:
        self._pbx, self._writer, self._config, self._control, self._modems = pbx, writer, config, control, modems
        self._doctor = LineDoctor(pbx, writer, state, config, control.publish)
        self._call_backs = CallBackOffice(pbx)
        self._recordings = RecordingsOffice(pbx, writer, configs, state, config)
        self._sms = SmsDesk(pbx.journal, pbx.tolls, writer, lambda: pbx.config, lambda: pbx.country)
        self._board = BoardOffice(pbx, writer, led)
        self._acceptance = AcceptanceOffice(pbx, writer, configs, state, config)
        self._started = False

    async def start(self) -> None:
        """Each goes on where it was; from here on all of them answer."""
        pbx = self._pbx
        await self._call_backs.start(self._writer)
        pbx.journal.on_quality = QualityWatch(pbx.journal).heard
        await self._sms.start()
        await self._board.start()
        await self._doctor.start()
        await self._acceptance.start()
        modems = ModemOffice(self._modems, self._config, self._sms.devices)
        for office in (
            self._doctor, ExtensionOffice(pbx), VoicemailOffice(pbx), HouseOffice(pbx), CallOffice(pbx),
            WaitingOffice(pbx), self._recordings, self._call_backs, SmsOffice(self._sms), modems, self._board,
            AlarmOffice(pbx), self._acceptance,
        ):  # fmt: skip
            self._control.add(office.handlers())
        self._started = True

    def look(self) -> None:
        """Call it every few seconds."""
        self._board.look()
        self._sms.look()

    async def configure(self) -> None:
        """Takes over what the configuration says now."""
        await self._sms.configure()

    def heard(self, event: str, data: dict[str, Any]) -> None:
        """What happens in the box."""
        if self._started:
            self._acceptance.heard(event, data)

    async def stop(self) -> None:
        """While the box still can take calls."""
        await self._doctor.stop()
        await self._sms.stop()
