# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines and stations of the card: opened, set up, shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from drivers.lineaudio import Law, LineAudio, follow_clock
from drivers.port import Card, FxoPort, FxsPort, Port
from firmware.calls.journal import OFF_HOOK, PORT
from firmware.calls.line import Line
from firmware.calls.line_leg import LineLeg
from firmware.calls.station import Station
from firmware.calls.station_leg import StationLeg
from firmware.config import Extension
from firmware.config import Line as LineSettings
from firmware.records import Severity

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx


class Ports:
    """All ports of the box, by their ids. `on_ring` and `on_lifted` hear of calls that begin there."""

    def __init__(
        self, pbx: Pbx, card: Card, on_ring: Callable[[Line, LineLeg], None],
        on_lifted: Callable[[Station, StationLeg], None],
    ) -> None:  # fmt: skip
        self._pbx, self._card, self._on_ring, self._on_lifted = pbx, card, on_ring, on_lifted
        self.lines: dict[str, Line] = {}
        self.stations: dict[str, Station] = {}
        self._resting: dict[str, Line] = {}
        self.on_new_line: Callable[[Line], None] = lambda line: None

    def open(self, port: Port) -> None:
        """From here on its events are heard."""
        if port.id in self._resting:
            self.lines[port.id] = self._resting.pop(port.id)
            return
        audio = LineAudio(self._pbx.events, Law[self._pbx.country.law.upper()])
        if isinstance(port, FxoPort):
            self.lines[port.id] = Line(self._pbx, port, audio, self._on_ring)
        elif isinstance(port, FxsPort):
            self.stations[port.id] = Station(self._pbx, port, audio, self._on_lifted, self._pbx.local_time)

    def on_new(self, ports: Sequence[Port]) -> None:
        """A board came while the box runs: its ports work as if they had always been there."""
        follow_clock(self._card.clock_fd)
        for port in ports:
            known = port.id in self._resting
            self.open(port)
            if port.id in self.lines and not known:
                self.on_new_line(self.lines[port.id])
            self.apply_to(self.lines.get(port.id) or self.stations[port.id])

    def on_gone(self, ports: Sequence[Port]) -> None:
        """Lines that were taken away while the box runs; each is kept, since its port may come back."""
        for port in ports:
            self._resting[port.id] = self.lines.pop(port.id)
            self._pbx.port_gone(port.id)

    def apply_to(self, port: Line | Station) -> None:
        """What the configuration says of it now."""
        self._apply_sound(port)
        if isinstance(port, Line):
            port.configure(self._pbx.config.line(port.id) or LineSettings(port=port.id))
        port.audio.set_law(Law[self._pbx.country.law.upper()])
        if isinstance(port, Station):
            port.configure()
            port.diverted = self._pbx.diverted(port.extension)
        if port.state in ("idle", "no_battery"):
            port.listen_idle()
        self._pbx.port_changed(port.id)

    def _apply_sound(self, port: Line | Station) -> None:
        """Echo canceller and gains of a port; a call in progress follows at once."""
        owners: tuple[Extension | LineSettings, ...] = (*self._pbx.config.extensions, *self._pbx.config.lines)
        wanted = all(owner.echo_canceller for owner in owners if owner.port == port.id)
        if port.echo_canceller != wanted:
            port.echo_canceller = wanted
            port.cancel_echo(wanted)
        gains = {line.port: (line.rx_gain_db, line.tx_gain_db) for line in self._pbx.config.lines}
        port.set_gains(*gains.get(port.id, (0.0, 0.0)))

    def left_off_hook(self, id: str, locked_out: bool) -> None:
        """Somebody should put the handset down."""
        if locked_out:
            text = f"The phone {self._name_of(id) or id} was left off the hook. It rings again once it is put down."
            self._pbx.journal.raise_alarm(OFF_HOOK + id, Severity.WARNING, text)
        else:
            self._pbx.journal.clear_alarm(OFF_HOOK + id)

    def cannot(self, id: str, why: str) -> None:
        """The alarm stands until the configuration is another one."""
        self._pbx.journal.raise_alarm(PORT + id, Severity.WARNING, why)

    def json(self, id: str) -> dict[str, Any]:
        """Port of the control socket."""
        port = self.lines.get(id) or self.stations[id]
        return {
            "id": id,
            "kind": port.port.kind.value,
            "state": port.state,
            "name": self._name_of(id),
            "detail": port.detail,
        }

    def all_json(self) -> list[dict[str, Any]]:
        """All of them."""
        return [self.json(id) for id in (*self.lines, *self.stations)]

    def _name_of(self, id: str) -> str:
        names = {line.port: line.name for line in self._pbx.config.lines}
        names |= {e.port: e.name or e.number for e in self._pbx.config.extensions if e.port}
        return names.get(id, "")
