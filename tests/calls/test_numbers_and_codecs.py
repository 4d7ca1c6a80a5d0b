# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers in their spellings, codecs as SDP offers them, PASSporTs as providers send them: also nonsense ones."""

import pytest

from firmware import countries
from firmware.calls.codecs import offered
from firmware.calls.passport import attested
from firmware.countries.calling_codes import CALLING_CODES
from firmware.routing.e164 import same_number
from hil.sip import sdp


@pytest.mark.parametrize(
    ("country", "one", "other"),
    [
        ("de", "+49301234560", "0301234560"),
        ("de", "0049301234560", "49301234560"),
        ("us", "+12125550100", "2125550100"),
        ("us", "12125550100", "01112125550100"),
        ("us", "5550100", "5550100"),
        ("it", "+390612345678", "0612345678"),
        ("jp", "+81312345678", "0312345678"),
        ("cn", "+861012345678", "01012345678"),
        ("us", "201", "201"),
    ],
)
def test_these_are_one_number(country: str, one: str, other: str) -> None:
    assert same_number(one, other, countries.load(country))
    assert same_number(other, one, countries.load(country))


@pytest.mark.parametrize(
    ("country", "one", "other"),
    [
        ("de", "+49301234560", "+48301234560"),
        ("de", "+49301234560", "301"),
        ("us", "+12125550100", "5550100"),
        ("us", "201", "+1201"),
        ("de", "", "0301234560"),
        ("de", "*21", "21"),
    ],
)
def test_these_are_two(country: str, one: str, other: str) -> None:
    assert not same_number(one, other, countries.load(country))


def test_every_country_has_its_calling_code() -> None:
    assert set(countries.codes()) == set(CALLING_CODES)


def test_codecs_are_taken_in_the_order_of_the_offer() -> None:
    assert offered(sdp(4000, (9, 8, 18, 0))) == ("G722", "PCMA", "PCMU")
    opus = sdp(4000, (8,)).replace("RTP/AVP 8", "RTP/AVP 107 8") + "a=rtpmap:107 opus/48000/2\r\n"
    assert offered(opus) == ("opus", "PCMA")
    assert offered("INVITE sip:1@x SIP/2.0\r\n\r\n") == ()


@pytest.mark.parametrize("identity", ["", "a.b.c", "..", "e30.W10.x", "e30.bnVsbA.x", "é.é.é", "x" * 20000])
def test_an_identity_that_cannot_be_read_says_nothing(identity: str) -> None:
    assert not attested(identity, "<sip:1@x;verstat=Made-Up>")
