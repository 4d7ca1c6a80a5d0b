# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from the network may be anything; the box goes on."""

from __future__ import annotations

import asyncio
import random

from hil.box import Box
from hil.rtp import RtpEnd
from hil.sip import Message, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, dial

pytestmark = IN_ONE_LOOP

GOOD = (
    "INVITE sip:600@{box} SIP/2.0\r\nVia: SIP/2.0/UDP {peer};branch=z9hG4bK{n};rport\r\nMax-Forwards: 70\r\n"
    "From: <sip:x@{peer}>;tag=a{n}\r\nTo: <sip:600@{box}>\r\nCall-ID: rude{n}\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:x@{peer}>\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"
)
BODIES = {
    "no common codec": sdp(40000, (18,)),
    "no audio": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 40000 RTP/AVP 96\r\n",
    "not SDP": "hello\r\n",
    "cut off": sdp(40000)[:60],
    "port 0": sdp(0),
    "no address": sdp(40000).replace("c=IN IP4 127.0.0.1\r\n", ""),
}


async def test_an_offer_that_cannot_be_met_is_refused_and_leaves_nothing(box: Box, peer: SipPeer) -> None:
    refused = {}
    for what, body in BODIES.items():
        dialog = await peer.call(f"sip:600@{box.sip}", body)
        refused[what] = (await dialog.answer_of()).status
    assert refused["no common codec"] == 488
    assert set(refused.values()) <= {400, 415, 488, 500, 606}
    await box.until("/calls/active", lambda calls: not calls)
    await still_takes_calls(box, peer)


async def still_takes_calls(box: Box, peer: SipPeer) -> None:
    core = box.pid("core")
    async with RtpEnd() as rtp:
        await (await dial(peer, box, "600", rtp)).bye()
    assert box.pid("core") == core


async def test_an_invite_without_sdp_is_offered_one_and_answered_in_the_ack(box: Box, peer: SipPeer) -> None:
    dialog = await peer.call(f"sip:600@{box.sip}", "")
    answer = await dialog.answer_of()
    assert answer.status == 200
    assert answer.media
    await dialog.bye()


async def test_broken_messages_are_survived(box: Box, peer: SipPeer) -> None:
    """Headers missing, twice, endless; bytes changed at random (always the same ones)."""
    host, _, port = box.sip.rpartition(":")
    to, body, core = (host, int(port)), sdp(40000), box.pid("core")
    whole = [GOOD.format(box=box.sip, peer=peer.address, n=n, length=len(body), body=body) for n in range(80)]
    lines = whole[0].split("\r\n")
    broken: list[bytes] = [("\r\n".join(lines[:n] + lines[n + 1 :])).encode() for n in range(len(lines))]
    broken += [b"", b"\r\n\r\n", b"\x00" * 500, b"INVITE", whole[1].encode()[:200], b"\xff" * 60000]
    broken += [whole[2].replace("Max-Forwards: 70", "X: " + "y" * 30000).encode()]
    broken += [whole[3].replace("<sip:x@", '"' + "\\" * 5000 + '" <sip:x@').encode()]
    broken += [whole[4].replace("sip:600@", "sip:" + "%41" * 3000 + "@").encode()]
    broken += [whole[5].replace("CSeq: 1 INVITE", "CSeq: 99999999999999 INVITE").encode()]
    broken += [whole[6].replace(f"Content-Length: {len(body)}", "Content-Length: -5").encode()]
    broken += [
        whole[7].replace("sip:600@", "tel:600;x=").encode(),
        whole[8].replace("From: <sip:x@", "From: <bad").encode(),
    ]
    rng = random.Random(7)
    for text in whole[10:]:
        data = bytearray(text.encode())
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        broken.append(bytes(data))
    for n, data in enumerate(broken):
        peer.send(data, to)
        if n % 10 == 0:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    for answer in {m["call-id"]: m for m in peer.log if m.status == 200}.values():
        hang_up(peer, answer, to)
    assert box.pid("core") == core
    await still_takes_calls(box, peer)


def hang_up(peer: SipPeer, answer: Message, to: tuple[str, int]) -> None:
    """ACK and BYE for a broken INVITE that was good enough to be answered."""
    for cseq, method in ((1, "ACK"), (2, "BYE")):
        peer.send(
            f"{method} sip:600@{to[0]}:{to[1]} SIP/2.0\r\nVia: SIP/2.0/UDP {peer.address};branch=z9hG4bK{method}\r\n"
            f"Max-Forwards: 70\r\nFrom: {answer['from']}\r\nTo: {answer['to']}\r\nCall-ID: {answer['call-id']}\r\n"
            f"CSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n",
            to,
        )


async def test_options_tells_that_the_box_is_there(box: Box, peer: SipPeer) -> None:
    host, _, port = box.sip.rpartition(":")
    text = GOOD.format(box=box.sip, peer=peer.address, n=900, length=0, body="").replace("INVITE", "OPTIONS")
    assert (await peer.request(text, (host, int(port)), 3)).status == 200


async def test_rtp_that_is_garbage_harms_nobody(box: Box, peer: SipPeer) -> None:
    async with RtpEnd() as rtp, RtpEnd() as rude:
        dialog = await dial(peer, box, "600", rtp)
        rng = random.Random(3)
        assert rtp.remote
        for _ in range(200):
            rude._transport.sendto(rng.randbytes(rng.randint(0, 1400)), rtp.remote)  # type: ignore[union-attr]
        await rtp.listen(0.3)
        assert (await dialog.bye()).status == 200
