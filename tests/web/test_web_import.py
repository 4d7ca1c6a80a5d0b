# SPDX-License-Identifier: GPL-2.0-or-later
"""What another telephone system knows comes by pages and API: looked at first, then one change, then its calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from applying import applies
from fake_core import FakeCore
from web_client import Browser
from web_service import wait_until

from firmware.importing import progress
from firmware.store.config_db import ConfigDb
from webui.box import Box

pytestmark = pytest.mark.timeout(240)

HOME = "/import"
PATIENT_S = 100.0  # for processes that give way to everything on a machine that is busy
PEOPLE = "number,name,password,voicemail,pin\n301,Ida Berg,kR7vTq2mXw9pLd4z,yes,4321\n302,Otto,1234,yes,\n".encode()
CALLS = (
    b'"","+4930123","301","ctx","""Kunde"" <+4930123>","PJSIP/acme-1","PJSIP/301-2","Dial","","2026-07-01 10:00:00",'
    b'"2026-07-01 10:00:10","2026-07-01 10:01:00",60,50,"ANSWERED","DOCUMENTATION","1.1",""\n'
)


@pytest.fixture
def owner(owner: Browser) -> Browser:
    owner.timeout_s = PATIENT_S
    return owner


def test_x(owner: Browser, core: FakeCore, box: Box) -> None:
    applies(core, box.state)
    answer = owner.upload(HOME, HOME, PEOPLE)
    print(answer.status, answer.text[-3000:])
    print(owner.get(HOME).text)
