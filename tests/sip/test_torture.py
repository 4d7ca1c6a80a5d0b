# SPDX-License-Identifier: GPL-2.0-or-later
"""The messages of RFC 4475 and damaged ones, to the edge's port and to the core's own; then a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from hil.box import Box
from hil.processes import descriptors, group
from hil.rtp import RtpEnd
from hil.sip import SipPeer
from hil.sip_streams import connect
from hil.torture import SIP_PORT, Torturer, fuzzed, own_address, plain, rfc4475
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial, office

pytestmark = IN_ONE_LOOP

PROVIDERS_PORT = 4  # beyond the edge's: the core's own
ANSWERED_S = 3.6  # the edge says 408 after 3 s for a core that says nothing
FUZZED = 1500  # to each port

NEVER_ANSWERED = {"unreason", "noreason", "scalarlg", "bigcode", "bcast"}  # responses that nobody waits for
BAD = {400}
NO_SUCH_NUMBER = {404, 488, 400}
# What section 3 of the RFC asks for, or leaves open where it says "may".
RIGHT: dict[str, set[int]] = {
    "wsinv": {481}, "intmeth": {405, 501}, "esc01": NO_SUCH_NUMBER, "escnull": {401, 405}, "esc02": {405, 501},
    "lwsdisp": {200}, "longreq": NO_SUCH_NUMBER, "dblreq": {401, 405}, "semiuri": {200, 404}, "transports": {200},
    "mpart01": {200, 405}, "badinv01": BAD, "clerr": BAD, "ncl": BAD, "scalar02": BAD, "quotbal": BAD, "ltgtruri": BAD,
    "lwsruri": BAD, "lwsstart": NO_SUCH_NUMBER, "trws": {200, 400}, "escruri": NO_SUCH_NUMBER, "multi01": BAD,
    "baddate": NO_SUCH_NUMBER, "regbadct": {400, 401, 405}, "badaspec": {200, 400}, "baddn": {200, 400},
    "badvers": {505}, "mismatch01": BAD, "mismatch02": {400, 501}, "badbranch": {200, 400}, "insuf": BAD,
    "unkscm": {416, 400}, "novelsc": {416, 400}, "unksm2": {400, 404, 416}, "bext01": {420}, "invut": {415},
    "regaut01": {401, 403, 405}, "mcl01": BAD, "zeromf": {483, 200}, "cparam01": {401, 405}, "cparam02": {401, 405},
    "regescrt": {401, 405}, "sdp01": NO_SUCH_NUMBER, "inv2543": NO_SUCH_NUMBER,
}  # fmt: skip


def silent(names: str) -> dict[str, set[int]]:
    return {name: {0} for name in names.split()}


# Where they differ, safely: Kamailio and pjsip drop what they cannot read, where the RFC would have a 400.
EDGE_SAYS = silent("wsinv intmeth esc02 badinv01 ncl quotbal lwsruri lwsstart badvers insuf multi01 mcl01")
EDGE_SAYS["dblreq"] = {400}  # whatever is longer than its Content-Length says
CORE_SAYS = silent("intmeth esc02 badinv01 ncl scalar02 quotbal ltgtruri lwsruri badvers mismatch01 mismatch02 insuf")
CORE_SAYS |= silent("unkscm novelsc escnull dblreq regbadct unksm2 regaut01 cparam01 cparam02 regescrt")  # no registrar
CORE_SAYS |= {"clerr": {404}, "bext01": {200}, "invut": {400}, "mcl01": {200}}


@pytest_asyncio.fixture(loop_scope="module")
async def attacked(make_box: MakeBox) -> AsyncIterator[Box]:
    """The office with a provider, whose address the messages come from."""
    sip = {"registrar": f"{own_address()}:{SIP_PORT}", "register": False, "health_s": 0}
    tables = office(trunk=[{"name": "isp", "sip": sip}], outbound=[], route=[])
    async with make_box(**tables) as box:
        await every_process_runs(box)
        yield box


async def every_process_runs(box: Box) -> None:
    """Kamailio starts those for TCP last."""
    answered, edge = asyncio.Event(), ports(box)["edge"]
    wire = await connect("tcp", edge[0], edge, lambda *_: answered.set())
    wire.sendto(plain("OPTIONS", edge[0], edge, "every-process").replace(b"/UDP", b"/TCP"), edge)
    await asyncio.wait_for(answered.wait(), 20)
    wire.close()


def ports(box: Box) -> dict[str, tuple[str, int]]:
    host, _, port = box.sip.rpartition(":")
    return {"edge": (host, int(port)), "core": (host, int(port) + PROVIDERS_PORT)}


def open_files(box: Box) -> dict[str, int]:
    return {name: descriptors(box.pid(name)) for name in ("core", "edge")}


async def still_well(box: Box, before: tuple[list[int], dict[str, int]], caller: SipPeer) -> None:
    """The same processes, nothing left open, and a call is taken at either port."""
    await box.until("/calls/active", lambda calls: not calls)
    async with RtpEnd() as rtp:
        await (await dial(caller, box, "600", rtp)).bye()
    await box.call_ended()
    await box.until("/calls/active", lambda calls: not calls)
    assert processes(box) == before[0]
    after = open_files(box)
    assert all(after[name] <= count + 4 for name, count in before[1].items()), (before[1], after)


def processes(box: Box) -> list[int]:
    return [box.pid("core"), *group(box.pid("edge"))]


async def test_every_message_of_rfc_4475_gets_its_answer(attacked: Box, peer: SipPeer) -> None:
    wrong = {}
    before = processes(attacked), open_files(attacked)
    async with Torturer(own_address()) as torturer:
        for name, to in ports(attacked).items():
            for item in rfc4475(name):
                torturer.send(item.data, to)
                await asyncio.sleep(0.005)
        await asyncio.sleep(ANSWERED_S)
        for name, to in ports(attacked).items():
            await torturer.ping(to, 1)
            for item in rfc4475(name):
                answers = torturer.finals(item.call_id) or {0}
                expected = {"edge": EDGE_SAYS, "core": CORE_SAYS}[name].get(item.name) or RIGHT.get(item.name, {0})
                if not answers <= expected:
                    wrong[name, item.name] = answers, expected
    assert not wrong, "\n".join(map(str, wrong.items()))
    await still_well(attacked, before, peer)


async def test_damaged_messages_by_the_thousand_are_survived(attacked: Box, peer: SipPeer) -> None:
    """The same ones each time."""
    before = processes(attacked), open_files(attacked)
    async with Torturer(own_address()) as torturer:
        for seed, to in enumerate(ports(attacked).values()):
            assert await torturer.send_all(fuzzed(FUZZED, seed, torturer.host, to), to) == FUZZED
            assert await torturer.ping(to, seed, 20) == 200
    await still_well(attacked, before, peer)
