# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on tier 2: every test that runs in the guest, as a test of this machine."""

from __future__ import annotations

import pytest

from hil.kernel import guest_run, machine
from hil.kernel.guest_run import Run

pytestmark = pytest.mark.timeout(machine.ENDS_WITHIN_S + 600)  # and what it is made of


def test_the_guest_ran_to_its_end(guest: Run) -> None:
    assert not guest.timed_out, f"the guest did not end in time; its last words:\n{guest.console[-2000:]}"
    assert guest.verdicts, f"the guest left no results; its last words:\n{guest.console[-4000:]}"


def test_the_kernel_found_nothing_wrong(guest: Run) -> None:
    assert "LINEPAIR" in guest.kernel_log or "dahdi" in guest.kernel_log, "the guest left no kernel log"
    said = [*guest.console.splitlines(), *guest.kernel_log.splitlines()]
    assert not [line for line in said if any(word in line for word in ("BUG:", "WARNING:", "Oops", "Call Trace"))]


@pytest.mark.parametrize("name", guest_run.written_tests(guest_run.files()))
def test_in_the_guest(guest: Run, name: str) -> None:
    verdicts = {key: verdict for key, verdict in guest.verdicts.items() if key.partition("[")[0] == name}
    assert verdicts, "it did not run"
    failed = [f"{key}: {verdict.text}" for key, verdict in verdicts.items() if verdict.outcome == "failed"]
    assert not failed, "\n".join(failed)
    skipped = [verdict.text for verdict in verdicts.values() if verdict.outcome == "skipped"]
    if skipped:
        pytest.skip(skipped[0])
