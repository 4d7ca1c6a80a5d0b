# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound of unknown origin is read in a process of its own, which may use little memory, little time and no file."""

from __future__ import annotations

import sys
from pathlib import Path

from firmware.errors import Invalid

LARGEST = 32 * 1024 * 1024  # bytes of an upload
WALL_S = 60
_ROOT = Path(__file__).parents[2]


def convert(data: bytes) -> bytes:
    """The sound as a WAV file of 8 kHz, mono, 16 bit. Invalid (`bad_sound`) says what is wrong with it."""
    if len(data) > LARGEST:
        raise Invalid(f"The sound is larger than {LARGEST >> 20} MiB.", code="body_too_large")
    import subprocess

    command = ["nice", sys.executable, "-m", "firmware.prompts.wav"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=WALL_S, cwd=_ROOT, check=False)
    except subprocess.TimeoutExpired:
        raise Invalid(f"The sound could not be read within {WALL_S} s.", code="bad_sound") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        why = lines[-1] if done.returncode == 1 and len(lines) == 1 else "it takes too much time or memory"
        raise Invalid(f"The sound cannot be used: {why}.", code="bad_sound")
    return done.stdout
