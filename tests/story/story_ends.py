# SPDX-License-Identifier: GPL-2.0-or-later
"""What the stories have in common: far ends, quick rings, and what the box says about it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from hil.box import Box
from hil.exchange import Exchange
from hil.phone import Phone

QUICK = (300, 2200)  # ms of ring and silence: room for caller ID between the first and the second ring
AHEAD = 6  # blocks: a busy machine may keep the far ends waiting for so long without a gap in a digit
ANNA = ("5551234", "ANNA SMITH")


@contextlib.asynccontextmanager
async def ends_of(box: Box) -> AsyncIterator[Ends]:
    """Far ends of a box. Afterwards nothing is plugged in, no call is left, and the agents are free."""
    ends = Ends(box)
    await ends.begin()
    yield ends
    await ends.finish()


class Ends:
    """Plugs exchanges and phones into a box, and unplugs them in the end."""

    def __init__(self, box: Box, country: str = "us") -> None:
        self.box, self._country = box, country
        self._plugged: list[Exchange | Phone] = []
        self._before = 0

    async def begin(self) -> None:
        """Remembers how many calls there were. Alice has been idle for longest."""
        for agent in ("alice", "bob"):
            await self.set_agent(agent, "paused")
            await self.set_agent(agent, "available")
        self._before = len((await self.box.get("/calls?limit=500"))["items"])

    async def exchange(self, port: str = "fxo1", **options: Any) -> Exchange:
        """A plugged exchange."""
        exchange = Exchange(self.box.sim, port, self._country, ahead=AHEAD, **options)
        self._plugged.append(exchange)
        await exchange.plug()
        await self.port_is(port, "idle")
        return exchange

    async def phone(self, number: int = 1, **options: Any) -> Phone:
        """A plugged phone."""
        phone = Phone(self.box.sim, f"fxs{number}", self._country, ahead=AHEAD, **options)
        self._plugged.append(phone)
        await phone.plug()
        return phone

    async def ended(self, count: int = 1, timeout: float = 10) -> dict[str, Any]:
        """Waits until so many calls of this story are over; the CDR of the newest."""
        return await self.box.call_ended(self._before + count, timeout)

    async def cdrs(self, count: int) -> list[dict[str, Any]]:
        """The CDRs of all calls of this story, oldest first."""
        await self.ended(count)
        items: list[dict[str, Any]] = (await self.box.get("/calls?limit=500"))["items"]
        return items[: len(items) - self._before][::-1]

    async def trail(self, id: str) -> list[dict[str, Any]]:
        """What happened to a call, in order."""
        return list((await self.box.get(f"/calls/{id}"))["trail"])

    async def agent_is(self, id: str, state: str, timeout: float = 5) -> dict[str, Any]:
        """Waits for an agent's state."""
        agents = await self.box.until("/agents", lambda agents: _by_id(agents)[id]["state"] == state, timeout)
        return _by_id(agents)[id]

    async def port_is(self, id: str, state: str, timeout: float = 5) -> None:
        """Waits for a port's state."""
        await self.box.until("/ports", lambda ports: _by_id(ports)[id]["state"] == state, timeout)

    async def call_is(self, state: str, timeout: float = 8) -> dict[str, Any]:
        """Waits until the only call is in a state."""
        calls = await self.box.until("/calls/active", lambda calls: [c["state"] for c in calls] == [state], timeout)
        return dict(calls[0])

    async def legs_are(self, *names: str, timeout: float = 8) -> None:
        """Waits until these are the parties of the only call."""

        def there(calls: list[dict[str, Any]]) -> bool:
            return [sorted(leg["name"] for leg in call["legs"]) for call in calls] == [sorted(names)]

        await self.box.until("/calls/active", there, timeout)

    async def noted(self, event: str, timeout: float = 5) -> None:
        """Waits for an event in the trail of the only call."""
        (call,) = await self.box.get("/calls/active")
        await self.box.until(
            f"/calls/{call['id']}", lambda known: event in [item["event"] for item in known["trail"]], timeout
        )

    async def noted_mode(self, mode: str, timeout: float = 5) -> None:
        """Waits until a supervisor of the only call has chosen this way."""
        (call,) = await self.box.get("/calls/active")

        def chosen(known: dict[str, Any]) -> bool:
            modes = [item["data"]["mode"] for item in known["trail"] if item["event"] == "supervised"]
            return modes[-1:] == [mode]

        await self.box.until(f"/calls/{call['id']}", chosen, timeout)

    async def connected(self, exchange: Exchange, agent: Phone) -> None:
        """A caller rings, waits, and an agent answers."""
        exchange.ring(*ANNA, cadence_ms=QUICK)
        await exchange.off_hook(timeout=8)
        await agent.rung(timeout=8)
        agent.pick_up()
        await self.call_is("talking")
        await agent.listen(0.3)

    async def set_agent(self, id: str, state: str) -> None:
        """What a supervisor does; undone in the end."""
        await self.box.request("POST", f"/api/v1/agents/{id}/state", {"state": state, "reason": "a test"})

    async def unplug_all(self) -> None:
        """Pulls every cable."""
        for end in self._plugged:
            await end.unplug()

    async def finish(self) -> None:
        """Pulls every cable; waits until the box is as it was."""
        await self.unplug_all()
        for agent in await self.box.get("/agents"):
            if agent["state"] == "paused":
                await self.set_agent(agent["id"], "available")
        await self.box.until("/calls/active", lambda calls: not calls, 15)
        await self.box.until("/agents", lambda agents: all(a["state"] == "available" for a in agents), 10)


def _by_id(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in items}
