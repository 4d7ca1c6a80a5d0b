# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench's WebSocket: states and sound both ways, from our own page only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_bench import BLOCK, FakeBench
from fake_core import FakeCore
from simple_websocket import Client, ConnectionClosed
from web_client import Browser

pytestmark = pytest.mark.usefixtures("core", "live_url")
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}


class Page(Client):
    """A browser's end. simple-websocket's own forgets what comes in one packet with the answer to its handshake."""

    def handshake(self) -> None:
        super().handshake()
        self._handle_events()


@pytest.fixture
def open_end(owner: Browser) -> Iterator[Callable[[str], Client]]:
    opened: list[Client] = []

    def open_end(port: str) -> Client:
        origin = owner.url.rpartition(":")[0]  # this client's Host header is without the port
        headers = {"Origin": origin, "Cookie": "; ".join(f"{k}={v}" for k, v in owner.cookies.items())}
        opened.append(Page(f"{owner.url.replace('http', 'ws')}/bench/ws/{port}", headers=headers))
        return opened[-1]

    yield open_end
    for client in opened:
        if client.connected:
            client.close()
        client.thread.join(timeout=5)


def next_state(client: Client) -> dict[str, Any]:
    message = client.receive(timeout=10)
    assert isinstance(message, str), message
    state: dict[str, Any] = json.loads(message)["state"]
    return state


def test_a_phone_is_picked_up_in_the_browser(bench: FakeBench, open_end: Callable[[str], Client]) -> None:
    phone = open_end("fxs1")
    assert next_state(phone)["hook"] == "on"
    phone.send('{"do": "pick_up"}')
    assert next_state(phone)["hearing"] == "dial_tone"
    assert bench.said.get(timeout=10) == ("fxs1", {"do": "pick_up"})


def test_sound_goes_both_ways_block_by_block(bench: FakeBench, open_end: Callable[[str], Client]) -> None:
    phone = open_end("fxs2")
    next_state(phone)
    phone.send(BLOCK)
    assert bench.said.get(timeout=10) == ("fxs2", BLOCK)
    assert bytes(phone.receive(timeout=10)) == BLOCK


def test_a_block_that_begins_like_json_is_still_sound(bench: FakeBench, open_end: Callable[[str], Client]) -> None:
    phone = open_end("fxs2")
    next_state(phone)
    phone.send(b"{" + BLOCK[1:])
    _, heard = bench.said.get(timeout=10)
    assert len(heard) == 160
    assert heard[1:] == BLOCK[1:]
    bench.ends["fxs2"].send(b"{" + BLOCK[1:])
    answers = [phone.receive(timeout=10), phone.receive(timeout=10)]
    assert all(not isinstance(answer, str) for answer in answers)


def test_only_blocks_and_the_pages_own_commands_reach_the_bench(
    bench: FakeBench, open_end: Callable[[str], Client]
) -> None:
    phone = open_end("fxs2")
    next_state(phone)
    write = '{"do": "listen", "seconds": 1, "wav": "/etc/passwd"}'
    for nonsense in (b"x" * 159, b"", "hello", "[]", "{", '{"open": "fxs3"}', write, '{"do": "flash", "wav": "x"}'):
        phone.send(nonsense)
    phone.send('{"do": "flash"}')
    assert bench.said.get(timeout=10) == ("fxs2", {"do": "flash"})


def test_when_the_bench_ends_the_browser_is_told(bench: FakeBench, open_end: Callable[[str], Client]) -> None:
    phone = open_end("fxs1")
    next_state(phone)
    bench.ends["fxs1"].shutdown(2)
    with pytest.raises(ConnectionClosed):
        phone.receive(timeout=10)


def test_only_our_own_page_with_a_session_opens_it(
    bench: FakeBench, owner: Browser, token: Callable[[str], str]
) -> None:
    foreign = owner.get("/bench/ws/fxs1", Origin="https://evil.example", **UPGRADE)
    assert foreign.status == 403
    assert owner.get("/bench/ws/fxs1", **UPGRADE).status == 403
    stranger = Browser(owner.url)
    assert stranger.get("/bench/ws/fxs1", Origin=owner.url, **UPGRADE).status == 303
    script = Browser(owner.url, token("admin"))
    assert script.get("/bench/ws/fxs1", Origin=owner.url, **UPGRADE).status == 403


def test_a_port_or_bench_that_is_not_there_is_an_ordinary_error(core: FakeCore, owner: Browser) -> None:
    assert owner.get("/bench/ws/fxs1", Origin=owner.url, **UPGRADE).status == 503
    assert owner.get("/bench/ws/fxs9", Origin=owner.url, **UPGRADE).status == 404
    assert owner.get("/bench/ws/fxs1", Origin=owner.url).status == 400
