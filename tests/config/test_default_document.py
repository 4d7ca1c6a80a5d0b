# SPDX-License-Identifier: GPL-2.0-or-later
"""A box that nobody has set up: everything plugged in works."""

import pytest

from firmware.config import Target, TargetKind, check, default_document, dumps, loads, notices, parse_target


@pytest.mark.parametrize(("fxo", "fxs"), [(2, 4), (0, 4), (2, 0), (0, 0), (1, 1), (16, 48)])
def test_the_default_is_valid_for_any_card(fxo, fxs):
    ports = [f"fxo{n + 1}" for n in range(fxo)] + [f"fxs{n + 1}" for n in range(fxs)]
    config = check(default_document(ports), ports)
    assert len(config.lines) == fxo
    assert len(config.extensions) == len(config.agents) == fxs
    assert loads(dumps(default_document(ports))) == default_document(ports)
    assert [notice.path for notice in notices(config)] == (
        [] if fxo or not fxs else ["trunk"]
    )  # nobody could call help


def test_two_lines_and_four_phones():
    config = check(default_document(["fxs4", "fxs3", "fxs2", "fxs1", "fxo2", "fxo1"]))
    assert [(e.number, e.port) for e in config.extensions] == [
        ("201", "fxs1"),
        ("202", "fxs2"),
        ("203", "fxs3"),
        ("204", "fxs4"),
    ]
    assert [agent.id for agent in config.agents] == ["alice", "bob", "carol", "dave"]
    (queue,) = config.queues
    assert (queue.name, queue.number, queue.strategy) == ("support", "600", "longest_idle")
    assert (queue.ring_timeout_s, queue.wrap_up_s, queue.max_wait_s, queue.record) == (20, 10, 300, True)
    assert {route.line: route.to for route in config.routes} == {
        "fxo1": Target(TargetKind.QUEUE, "support"),
        "fxo2": Target(TargetKind.QUEUE, "support"),
    }
    (outbound,) = config.outbound
    assert (outbound.pattern, outbound.strip, outbound.trunks) == ("9.", 1, ("lines",))
    assert config.trunks[0].ports == ("fxo1", "fxo2")


def test_the_fifth_agent_has_a_number_for_a_name():
    document = default_document([f"fxs{n}" for n in range(1, 6)])
    assert document["agent"][4]["id"] == "agent5"


def test_the_contracts_example_is_accepted():
    check(
        loads("""
[site]
name = "Office"
country = "us"
language = "zh"
timezone = "Asia/Shanghai"
[[extension]]
number = "201"
name = "前台"
port = "fxs1"
sip = { password = "s3cret", address = "127.0.0.1:5070" }
voicemail = true
[[line]]
port = "fxo1"
name = "Line 1"
number = "5550100"
[[trunk]]
name = "cloud"
sip = { registrar = "sip.example.com", username = "u", password = "p", transport = "tls", srtp = true }
[[trunk]]
name = "lines"
ports = ["fxo1"]
[[agent]]
id = "alice"
name = "Alice"
extension = "201"
queues = { support = 1 }
[[queue]]
name = "support"
number = "600"
strategy = "longest-idle"
ring_timeout_s = 15
wrap_up_s = 0
max_wait_s = 60
record = false
overflow = "trunk:cloud"
greeting = "welcome"
[[route]]
did = "+15550100"
to = "external:+15550199"
[[route]]
trunk = "cloud"
to = "extension:201"
[[outbound]]
pattern = "9NXXXXXX"
strip = 1
prepend = "+1"
trunks = ["cloud", "lines"]
class = "local"
[cloud]
url = "http://127.0.0.1:8080/in/"
token = "abc"
recordings = true
"""),
        ["fxo1", "fxs1"],
    )


def test_targets_are_read_and_written_alike():
    for text in ("queue:support", "extension:201", "trunk:cloud", "external:+15550100"):
        assert str(parse_target(text)) == text


def test_what_is_kept_but_not_used_yet_is_said():
    document = default_document(["fxo1", "fxs1"])
    document["extension"][0]["voicemail"] = {"email": "anna@example.com"}
    document["route"] = []
    document["cloud"] = {"url": "http://192.0.2.1"}
    assert [notice.path for notice in notices(check(document))] == [
        "extension[0].voicemail.email",
        "cloud.url",
        "line[0]",
    ]
