# SPDX-License-Identifier: GPL-2.0-or-later
"""Live events: what a stream begins with, what it hears, and how many there may be."""

from __future__ import annotations

import contextlib
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import office
import pytest
from fake_core import FakeCore
from web_client import Browser, EventStream
from web_service import wait_until

from webui import streams
from webui.box import Box

Token = Callable[[str], str]


@pytest.fixture
def reader(url: str, token: Token) -> Browser:
    return Browser(url, token("readonly"))


@pytest.fixture
def listen(reader: Browser) -> Iterator[Callable[[str], EventStream]]:
    opened: list[EventStream] = []

    def listen(path: str = "/api/v1/events") -> EventStream:
        opened.append(EventStream(reader, path))
        return opened[-1]

    yield listen
    for stream in opened:
        stream.close()


def test_a_stream_begins_with_the_whole_picture(live_url: str, listen: Callable[..., EventStream]) -> None:
    stream = listen()
    assert stream.headers["content-type"].startswith("text/event-stream")
    name, data = stream.next()
    assert name == "status"
    assert len(data["ports"]) == 6


def test_events_follow_with_rising_numbers(live_url: str, core: FakeCore, listen: Callable[..., EventStream]) -> None:
    stream = listen()
    stream.next("status")
    core.emit("port", office.port("fxo1", "ringing"))
    core.emit("call", office.active_call("c1"))
    first, second = stream.next_block(), stream.next_block()
    assert (first["event"], second["event"]) == ("port", "call")
    assert int(second["id"]) == int(first["id"]) + 1


def test_a_stream_outlives_the_core_and_gets_a_new_picture(
    url: str, state: Path, listen: Callable[..., EventStream]
) -> None:
    stream = listen()
    assert stream.next() == ("core", {"state": "down"})
    with FakeCore(state, office.status()):
        assert stream.next()[0] == "status"
    assert stream.next("core")[1] == {"state": "down"}
    with FakeCore(state, office.status(uptime_s=0.1)):
        assert stream.next("status")[1]["uptime_s"] == 0.1


def test_the_live_page_gets_only_the_parts_that_changed(
    live_url: str, core: FakeCore, listen: Callable[..., EventStream]
) -> None:
    stream = listen("/live/stream")
    assert [stream.next()[0] for _ in range(5)] == ["notices", "ports", "calls", "queues", "agents"]
    core.emit("port", office.port("fxo1", "ringing", "Main line"))
    name, html = stream.next()
    assert name == "ports"
    assert 'data-state="ringing"' in html
    core.emit("call", office.active_call("c1"))
    assert "ANNA" in stream.next("calls")[1]
    core.emit("call_ended", {"id": "c1", "direction": "inbound"})
    assert "No calls at the moment" in stream.next("calls")[1]


def test_a_burst_of_news_is_drawn_once(live_url: str, core: FakeCore, listen: Callable[..., EventStream]) -> None:
    stream = listen("/live/stream")
    for _ in range(5):
        stream.next()
    for n in range(50):
        core.emit("call", office.active_call(f"c{n}"))
    drawn = 0
    html = ""
    while 'id="call-c49"' not in html:
        html = stream.next("calls")[1]
        drawn += 1
    assert drawn < 25


def test_a_quiet_stream_shows_that_it_lives(
    monkeypatch: pytest.MonkeyPatch, live_url: str, listen: Callable[..., EventStream]
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.2)
    stream = listen()
    stream.next("status")
    while "" not in stream.next_block():
        continue


def test_beyond_the_limit_streams_are_refused_and_pages_still_answer(
    live_url: str, reader: Browser, box: Box, listen: Callable[..., EventStream]
) -> None:
    for _ in range(streams.MAX_STREAMS):
        listen()
    wait_until(lambda: box.streams.count == streams.MAX_STREAMS)
    refused = reader.get("/api/v1/events")
    assert (refused.status, refused.json["error"]["code"]) == (503, "too_many_streams")
    assert "200" in refused.json["error"]["message"]
    assert refused.headers["retry-after"]
    assert reader.get("/api/v1/ports").status == 200


def test_a_place_is_free_again_when_a_browser_leaves(
    live_url: str, box: Box, listen: Callable[..., EventStream]
) -> None:
    stream = listen()
    stream.next("status")
    assert box.streams.count == 1
    stream.close()
    wait_until(lambda: box.streams.count == 0)


def test_a_browser_that_does_not_read_is_cut_off_and_the_others_are_not(
    monkeypatch: pytest.MonkeyPatch, live_url: str, core: FakeCore, box: Box, reader: Browser,
    listen: Callable[..., EventStream],
) -> None:  # fmt: skip
    monkeypatch.setattr(streams, "MAX_UNREAD", 64 * 1024)
    good = listen()
    good.next("status")
    place = urlsplit(live_url)
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((place.hostname, place.port))
        deaf.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {reader.token}\r\n\r\n".encode())
        wait_until(lambda: box.streams.count == 2)
        sent = 0
        while box.streams.count == 2 and sent < 500:
            core.emit("port", office.port("fxo1", "idle", "x" * 40_000))
            good.next("port")
            sent += 1
    assert box.streams.count == 1


def test_hung_browsers_hold_nobody_and_share_what_waits_for_them() -> None:
    @dataclass(frozen=True)
    class Large(streams.View):
        def hello(self) -> bytes:
            return b"hello\n\n"

        def show(self, news: list[streams.News]) -> bytes:
            return b"x" * 100_000

    fan_out = streams.Streams(settle_s=0)
    fan_out.start()
    with contextlib.ExitStack() as ends:
        for _ in range(50):
            ours, _hung = (ends.enter_context(end) for end in socket.socketpair())
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            assert fan_out.reserve()
            fan_out.add(ours, Large())
        wait_until(lambda: fan_out.count == 50)
        tracemalloc.start()
        ends.callback(tracemalloc.stop)
        for n in range(4):
            fan_out.publish(streams.News(n, "port", {}))
        ours, reads = (ends.enter_context(end) for end in socket.socketpair())
        reads.settimeout(10)
        assert fan_out.reserve()
        fan_out.add(ours, Large())
        ends.callback(fan_out.stop)
        assert b"hello" in reads.recv(65536)
        assert fan_out.count == 51
        assert tracemalloc.get_traced_memory()[1] < 2_000_000  # for each of them it would be 20 MB
