# SPDX-License-Identifier: GPL-2.0-or-later
"""What a password must be: long, and hard to guess by zxcvbn's estimate (NIST SP 800-63B, section 5.1.1.2)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from webui.i18n import N_

MIN_LENGTH = 10
MIN_SCORE = 3  # of 0 to 4: "safely unguessable, moderate protection from offline slow-hash scenario", 10^8 guesses
LIMIT_S = 20
_ROOT = Path(__file__).parents[1]


def weakness(password: str, again: str, name: str) -> str | None:
    """Why the password cannot be taken, as a message to translate; None when it is good."""
    if len(password) < MIN_LENGTH:
        return N_("The password is too short. Take at least 10 characters; a few words together are best.")
    if len(set(password.lower())) < 5:
        return N_("The password repeats a few characters only. Take different ones.")
    if score(password, name) < MIN_SCORE:
        return N_("This password is among the first that are tried. Take a few words that belong to you only.")
    if password != again:
        return N_("The two passwords are not the same. Type both again.")
    return None


def score(password: str, name: str) -> int:
    """zxcvbn's, 0 to 4. Its lists take 13 MB, so that they are loaded in a process of their own; RuntimeError."""
    command = [sys.executable, "-m", "webui.password_score"]
    import subprocess  # not kept in the memory of a service that seldom needs it

    done = subprocess.run(
        command,
        input=json.dumps([password, name]),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the password cannot be judged: {done.stderr.strip()[-200:]}")
    return int(done.stdout)
