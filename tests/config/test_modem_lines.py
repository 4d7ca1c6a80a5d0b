# SPDX-License-Identifier: GPL-2.0-or-later
"""What taking a voice modem as a line makes of the configuration, and giving it back."""

from __future__ import annotations

import pytest

from firmware.config import ConfigInvalid, check, default_document
from firmware.config.modems import FIRST, LAST, with_modem, without_modem

PORTS = ["fxo1", "fxs1", "fxs2"]
DEVICE = "/dev/serial/by-id/usb-voice"


def test_it_does_what_the_first_line_does_and_goes_out_behind_it() -> None:
    before = default_document(PORTS)
    document, port = with_modem(before, DEVICE, calls_out=True)
    config = check(document, PORTS)
    assert (port, config.modems[0].device) == ("fxo201", DEVICE)
    assert [(route.line, str(route.to)) for route in config.routes] == [
        ("fxo1", "queue:support"), ("fxo201", "queue:support"),
    ]  # fmt: skip
    assert config.trunks[0].ports == ("fxo1", "fxo201")
    assert without_modem(document, port) == before


def test_one_that_carries_sound_by_turns_is_no_way_out() -> None:
    document, _ = with_modem(default_document(PORTS), DEVICE, calls_out=False)
    assert check(document, PORTS).trunks[0].ports == ("fxo1",)


def test_on_a_box_without_lines_it_rings_at_the_queue_and_nine_goes_out() -> None:
    before = default_document(["fxs1"])
    document, port = with_modem(before, DEVICE, calls_out=True)
    config = check(document, ["fxs1"])
    assert [(route.line, str(route.to)) for route in config.routes] == [(port, "queue:support")]
    assert [(way.pattern, way.trunks) for way in config.outbound] == [("9.", ("lines",))]
    assert without_modem(document, port) == before


def test_the_next_one_has_a_port_of_its_own_and_they_end_somewhere() -> None:
    document = default_document(PORTS)
    for n in range(FIRST, LAST + 1):
        document, port = with_modem(document, f"{DEVICE}{n}", calls_out=False)
        assert port == f"fxo{n}"
    check(document, PORTS)
    with pytest.raises(ValueError, match="no port left"):
        with_modem(document, DEVICE, calls_out=False)


@pytest.mark.parametrize(
    ("modems", "problem"),
    [
        ([{"port": "fxo1", "device": DEVICE}], "use fxo201 to fxo299"),
        ([{"port": "fxo200", "device": DEVICE}], "use fxo201 to fxo299"),
        ([{"port": "fxo201", "device": "ttyACM0"}], "the whole path"),
        ([{"port": "fxo201", "device": DEVICE}] * 2, "is taken by modem[0].port"),
        ([{"port": "fxo201", "device": "/dev/ttyACM9"}], 'device "/dev/ttyACM9" is taken by cellular[0].device'),
    ],
)
def test_what_is_wrong_is_named(modems: list[dict[str, str]], problem: str) -> None:
    cellular = [{"name": "mobile", "device": "/dev/ttyACM9"}]
    with pytest.raises(ConfigInvalid) as refused:
        check(default_document(PORTS) | {"modem": modems, "cellular": cellular}, PORTS)
    assert problem in str(refused.value)


def test_a_line_of_a_modem_that_is_not_there_is_refused() -> None:
    document, _ = with_modem(default_document(PORTS), DEVICE, calls_out=False)
    del document["modem"]
    with pytest.raises(ConfigInvalid, match='"fxo201" is not a port of this box'):
        check(document, PORTS)
