# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring prompt: sound in and out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.media.sounds import samples_of
from firmware.prompts.wav import encoded


def test_a_prompt_is_added_listed_played_and_deleted(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "in.wav"
    file.write_bytes(encoded([9000 if n // 8 % 2 else -9000 for n in range(4000)]))
    prompt = ["--state", str(tmp_path), "prompt"]
    assert main([*prompt, "add", "welcome", str(file), "--language", "en"]) == 0
    capfdbinary.readouterr()
    assert main([*prompt, "list", "--json"]) == 0
    (item,) = json.loads(capfdbinary.readouterr().out)["items"]
    assert (item["name"], item["language"], item["duration_s"]) == ("welcome", "en", 0.5)
    assert main([*prompt, "play", "welcome", "--language", "en"]) == 0
    assert len(samples_of(capfdbinary.readouterr().out)) == 8000
    assert main([*prompt, "delete", "welcome", "--language", "en"]) == 0
    assert main([*prompt, "delete", "welcome", "--language", "en"]) == 1


def test_what_is_no_sound_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.mp3"
    file.write_bytes(b"ID3")
    assert main(["--state", str(tmp_path), "prompt", "add", "welcome", str(file)]) == 1
    assert "this is no WAV file" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
@pytest.mark.parametrize(("text", "voice"), [("Thank you for calling.", "en"), ("感谢您的来电。", "zh")])
def test_text_is_spoken(tmp_path: Path, text: str, voice: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "--json", "prompt", "say", "welcome", text, "--voice", voice]) == 0
    assert 0.7 < json.loads(capsys.readouterr().out)["items"][0]["duration_s"] < 3
