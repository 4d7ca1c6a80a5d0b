# SPDX-License-Identifier: GPL-2.0-or-later
"""Any service may be killed at any moment: it is back by itself, and the others never notice."""

from __future__ import annotations

import subprocess
import time

import pytest

from hil.appliance.guest.box import SERVICES, answers, figure, shell, shown, shown_of_all, until

DIAL_TONE_S = 3.0  # issue 7
BACK_S = 120.0
PHONE, EXCHANGE = "3", "2"  # channels of the far ends: see bench-dialtone.service


def kill(service: str) -> None:
    shell("systemctl", "kill", "-s", "KILL", f"tipring-{service}")


def test_a_core_that_is_killed_gives_dial_tone_again_at_once() -> None:
    shell("systemctl", "stop", "bench-dialtone")
    until(answers, BACK_S, "core")
    kill("core")
    killed = time.monotonic()
    with subprocess.Popen(["/usr/local/bin/dialtone", PHONE, EXCHANGE], stdout=subprocess.PIPE, text=True) as phone:
        assert phone.stdout
        heard = float(phone.stdout.readline().split()[1])
        shell("systemctl", "start", "--no-block", "bench-dialtone")  # it waits for the channels that the phone has
        phone.kill()
    figure("core_killed_to_dial_tone_s", round(heard - killed, 2))
    assert heard - killed <= DIAL_TONE_S


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "core"])
def test_a_service_that_is_killed_comes_back_and_the_others_never_notice(service: str) -> None:
    before = shown_of_all("MainPID")
    kill(service)
    began = time.monotonic()
    until(
        lambda: shown(service, "ActiveState") == "active" and shown(service, "MainPID") not in ("0", before[service]),
        BACK_S,
        service,
        look_s=0.1,
    )
    figure(f"killed_{service}_back_s", round(time.monotonic() - began, 1))
    assert shown_of_all("MainPID") == before | {service: shown(service, "MainPID")}
    assert answers()
