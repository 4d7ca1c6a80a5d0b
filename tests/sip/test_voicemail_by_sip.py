# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP caller chooses voicemail in a menu; the owner listens from outside."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

from firmware.prompts.wav import encoded
from hil.listen import align, speech_like
from hil.rtp import RtpEnd
from hil.sip import SipPeer
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial

pytestmark = IN_ONE_LOOP

MESSAGE = speech_like(3, seed=61)
EXTENSIONS = [
    {"number": "201", "name": "Alice", "port": "fxs1"},
    {"number": "202", "name": "Bob", "port": "fxs2", "voicemail": {"pin": "13579"}},
]
MENU = [{"name": "main", "prompt": "short", "digits": {"7": "voicemail:202"}}]


async def test_a_message_goes_in_and_comes_out_again(make_box: MakeBox, peer: SipPeer, tmp_path: Path) -> None:
    routes = [{"did": "5550199", "to": "ivr:main"}]
    async with make_box(extension=EXTENSIONS, ivr=MENU, route=routes) as box, RtpEnd() as rtp:
        dialog = await dial(peer, box, "5550199", rtp)
        await rtp.press("7")
        (active,) = await box.get("/calls/active")
        await box.until(
            f"/calls/{active['id']}", lambda call: "message_began" in [event["event"] for event in call["trail"]]
        )
        rtp.say(MESSAGE)
        await rtp.listen(3.3)
        await rtp.press("#")
        await dialog.hung_up(5)
        call = await box.call_ended()
        assert (call["disposition"], call["hangup_by"]) == ("voicemail", "system")
        (message,) = (await box.until("/voicemail/messages", lambda page: page["items"]))["items"]
        assert (message["box"], message["from_number"]) == ("202", "5551234")

    # The box is started again: what it knew, it knows.
    async with make_box(extension=EXTENSIONS, ivr=MENU, route=routes) as box, RtpEnd() as rtp:
        (tmp_path / "long.wav").write_bytes(encoded([int(8000 * math.sin(n / 3)) for n in range(20_000)]))
        await asyncio.to_thread(box.tipring, "prompt", "add", "leave-message", str(tmp_path / "long.wav"))
        dialog = await dial(peer, box, "5550199", rtp)
        await rtp.press("7")
        (active,) = await box.get("/calls/active")
        await box.until(f"/calls/{active['id']}", lambda call: "voicemail" in [e["event"] for e in call["trail"]])
        await rtp.press("*")
        for key in "13579#":
            await rtp.press(key)
        began = len(rtp.heard)
        await rtp.listen(4)
        assert align(MESSAGE, rtp.heard_pcm(began)).correlation > 0.95
        await rtp.press("3")
        await rtp.listen(0.3)
        await dialog.bye()
        await box.until("/voicemail/messages", lambda page: not page["items"])
        call = await box.call_ended(2)
        assert call["disposition"] == "answered"
        trail = (await box.get(f"/calls/{call['id']}"))["trail"]
        assert "1" not in [event["data"].get("digit") for event in trail]
