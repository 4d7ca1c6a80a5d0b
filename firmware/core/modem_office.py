# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about modems: what is plugged in, and voice modems that become lines, and none again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from drivers.modems_found import modems_found, what_is_at
from drivers.voice_modems import Ability, VoiceModems
from firmware.config.modems import ports_of, with_modem, without_modem
from firmware.core.config_office import ConfigOffice
from firmware.core.params import author_of, text
from firmware.errors import Conflict, NotFound

Json = dict[str, Any]


class ModemOffice:
    """`cellular` are the devices of cellular modems, and their names."""

    def __init__(
        self, modems: VoiceModems, configuration: ConfigOffice, cellular: Callable[[], Mapping[str, str]]
    ) -> None:
        self._modems, self._configuration, self._cellular = modems, configuration, cellular

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "modems.find": self._find,
            "modems.voice": self._voice,
            "modem.take": self._take,
            "modem.give_back": self._give_back,
        }

    def _used(self) -> dict[str, str]:
        return {modem.device: modem.port for modem in self._modems.modems()} | dict(self._cellular())

    async def _find(self, params: Json) -> list[Json]:
        return [found.as_json() for found in await modems_found(self._used())]

    async def _voice(self, params: Json) -> list[Json]:
        taken = self._modems.taken
        return [modem.as_json() | {"taken": modem.port in taken} for modem in self._modems.modems()]

    async def _take(self, params: Json) -> Json:
        """Conflict when it is in use, or no voice modem."""
        device = text(params, "device")
        if user := self._used().get(device):
            raise Conflict(f"{device} is in use already: {user}.", code="modem_in_use", field="device")
        found = await what_is_at(device)
        if found.kind != "voice":
            why = f" {found.detail}" if found.kind in ("busy", "silent") else ""
            raise Conflict(f"There is no voice modem at {device}.{why}", code="no_voice_modem", field="device")
        now = self._configuration.revision
        calls_out = Ability.BY_TURNS not in found.can
        try:
            document, port = with_modem(now.document, device, calls_out=calls_out)
        except ValueError as error:
            raise Conflict(str(error), code="no_port_left") from None
        revision = await self._configuration.take(document, author_of(params), now.id)
        return {"port": port, "revision": revision}

    async def _give_back(self, params: Json) -> Json:
        """NotFound; Invalid when help could not be called any more."""
        port, now = text(params, "port"), self._configuration.revision
        if port not in ports_of(now.document):
            raise NotFound(f"No modem was taken as {port}.", code="no_such_modem", field="port")
        document = without_modem(now.document, port)
        without = params.get("without_emergency") is True
        return {"revision": await self._configuration.take(document, author_of(params), now.id, without)}
