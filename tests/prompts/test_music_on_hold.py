# SPDX-License-Identifier: GPL-2.0-or-later
"""Whoever waits hears the office's own music once there is some."""

from __future__ import annotations

import os
from pathlib import Path

from firmware.media.sounds import Sounds
from firmware.prompts.store import PromptStore
from firmware.prompts.wav import encoded


def test_a_prompt_named_music_is_heard_in_place_of_the_boxs(tmp_path: Path) -> None:
    (tmp_path / "music.wav").write_bytes(encoded([100] * 800))
    own = PromptStore(tmp_path / "state")
    sounds = Sounds(tmp_path, own)
    of_the_box = sounds.music("en")
    assert of_the_box is not None
    own.put("music", "any", encoded([200] * 800))
    of_the_office = sounds.music("en")
    assert of_the_office is not None
    assert of_the_office is not of_the_box
    assert sounds.music("zh") is of_the_office
    path = own.put("music", "any", encoded([300] * 800)) and own.path("music", "any")
    os.utime(path, ns=(1, 1))  # two writes may have the same time
    assert sounds.music("en") not in (None, of_the_office, of_the_box)
    sounds.close()
