# SPDX-License-Identifier: GPL-2.0-or-later
"""The client of the control socket against the core's own server."""

import socket
import threading
import time

import pytest

from firmware.api import DOWN, Control, Subscription
from firmware.config import ConfigInvalid
from firmware.errors import TipringError, Unavailable


@pytest.fixture
def control(core):
    with Control(core.state / "control.sock", timeout_s=5) as client:
        yield client


def test_requests_share_a_connection_and_are_answered_in_order(control, core):
    assert [port["id"] for port in control.request("ports")] == ["fxo1", "fxs1"]
    assert control.request("call.originate", **{"from": "201", "to": "95550100"}) == {"id": "201-95550100"}
    control.request("call.hangup", id="x")
    assert core.hung_up == ["x"]


def test_an_error_of_the_core_keeps_its_code_and_its_field(control):
    with pytest.raises(TipringError, match="There is no call nothing") as caught:
        control.request("call.hangup", id="nothing")
    assert (caught.value.code, caught.value.field) == ("no_such_call", "id")
    assert control.request("ports")


def test_a_wrong_configuration_comes_back_with_every_path(control):
    with pytest.raises(ConfigInvalid) as caught:
        control.request("config.apply", document={"site": {"country": "xx"}, "a": 1}, author="test")
    assert [problem.path for problem in caught.value.errors] == ["a", "site.country"]


def test_events_follow_the_picture(control, core):
    with control.subscribe() as subscription:
        assert subscription.status["agents"][0]["id"] == "alice"
        core.publish("port", {"id": "fxo1", "state": "ringing", "name": "客"})
        core.publish("call", {"id": "1", "note": "x" * 300_000})
        event = subscription.next(5)
        assert (event.name, event.data["name"]) == ("port", "客")
        assert len(subscription.next(5).data["note"]) == 300_000
        assert subscription.next(0.05) is None
        assert control.request("ports")


def test_another_thread_can_end_the_wait_for_events(control, core):
    with control.subscribe() as subscription:
        seen = []
        thread = threading.Thread(target=lambda: seen.extend(subscription))
        thread.start()
        core.publish("port", {"id": "fxo1"})
        deadline = time.monotonic() + 5
        while not seen and time.monotonic() < deadline:
            time.sleep(0.01)
        subscription.close()
        thread.join(5)
        assert not thread.is_alive()
    assert [event.name for event in seen] == ["port"]


def test_a_core_that_goes_away_is_told(core):
    subscription = Subscription(core.state / "control.sock", 5)
    with subscription:
        core.server._path.exists()
        threading.Timer(0.05, core._in_loop, (core.server.stop(),)).start()
        with pytest.raises(Unavailable) as caught:
            list(subscription)
    assert caught.value.code == DOWN


def test_a_core_that_does_not_answer_is_waited_for_no_longer_than_said(core):
    with Control(core.state / "control.sock", timeout_s=0.2) as control:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"no answer to hang within 0\.2 s"):
            control.request("hang")
        assert time.monotonic() - began < 3
        assert control.request("ports")


def test_no_core_is_told_with_what_to_do(tmp_path):
    with pytest.raises(Unavailable, match="tipring up starts it") as caught:
        Control(tmp_path / "control.sock").request("status")
    assert caught.value.code == DOWN


@pytest.mark.parametrize("answer", [b"nonsense\n", b"[]\n", b'{"id": 7, "result": 1}\n', b"", b'{"id": 1'])
def test_an_answer_that_is_none_is_an_error_of_the_core(tmp_path, answer):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "control.sock"))
        server.listen()

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(1000)
                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Unavailable) as caught, Control(tmp_path / "control.sock", timeout_s=5) as control:
            control.request("status")
        thread.join(5)
    assert caught.value.code == DOWN
