# SPDX-License-Identifier: GPL-2.0-or-later
"""The archive at work: what is kept, what is told, what goes; and that a kill at any step loses nothing."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from firmware import times
from firmware.archive import archivist as at_work
from firmware.archive import keeping, storing
from firmware.archive.archivist import Archivist
from firmware.archive.library import Library
from firmware.archive.notebook import Notebook
from firmware.archive.sealed import new_key, read_key
from firmware.language import said
from firmware.records import RecordingState
from firmware.store import outbox
from hil.listen import speech_like
from tests.archive.conftest import AGENT, CALLER, Office

CLOUD = {"url": "https://cloud.example.com", "token": "x"}


def told(office: Office) -> list[tuple[str, str]]:
    return [(row["type"], row["subject"]) for row in office.rows("SELECT type, subject FROM outbox ORDER BY seq")]


def alarms(office: Office) -> list[str]:
    return [row["kind"] for row in office.rows("SELECT kind FROM alarms WHERE cleared_at IS NULL")]


def level(samples: memoryview) -> float:
    return sum(map(abs, samples)) / len(samples)


def test_a_recording_becomes_opus_with_an_outline_and_the_wav_goes(office: Office) -> None:
    recording = office.recorded()
    office.archive()
    kept = office.recording(recording.id)
    assert (kept.state, kept.codec, kept.key, kept.duration_s) == (RecordingState.READY, "opus", "", 3.0)
    assert office.files() == [f"{kept.id}.opus", f"{kept.id}.peaks"]
    file = (office.state / "recordings" / kept.path).read_bytes()
    assert (kept.sha256, kept.bytes) == (hashlib.sha256(file).hexdigest(), len(file))
    pcm = memoryview(b"".join(Library(office.state / "recordings", lambda: None).pcm(kept))).cast("h")
    assert len(pcm) == 2 * len(CALLER)
    assert level(pcm[0::2]) == pytest.approx(level(memoryview(CALLER)), rel=0.3)
    assert level(pcm[1::2]) == pytest.approx(level(memoryview(AGENT)), rel=0.3)


def test_it_is_left_alone_until_the_call_is_over_for_two_seconds(office: Office) -> None:
    recording = office.recorded(office.call(times.now() - timedelta(seconds=3.5)))
    assert office.archive().work() is False
    assert office.recording(recording.id).codec == "wav"


def test_it_can_stay_wav(office: Office) -> None:
    office.configure(recordings={"format": "wav"})
    recording = office.recorded()
    office.archive()
    kept = office.recording(recording.id)
    assert (kept.codec, kept.sha256, kept.path) == ("wav", recording.sha256, recording.path)
    assert kept.archived_at
    assert office.files() == [f"{kept.id}.peaks", f"{kept.id}.wav"]


def test_the_cloud_is_told_of_it_as_it_is_kept_and_gets_the_sound(office: Office) -> None:
    office.configure(cloud=CLOUD)
    recording = office.recorded()
    assert told(office) == []
    office.archive()
    assert told(office) == [
        ("tipring.recording.ready", recording.id),
        ("tipring.recording.audio", recording.id),
    ]
    (row,) = office.rows("SELECT data FROM outbox WHERE kind = 'event'")
    assert json.loads(row["data"])["sha256"] == office.recording(recording.id).sha256


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "recordings.key"
    file.write_text(new_key())
    file.chmod(0o600)
    return file


def test_with_a_key_nothing_is_kept_that_can_be_heard_without(office: Office, key: Path) -> None:
    office.configure(recordings={"key_file": str(key)})
    recording = office.recorded()
    office.archive()
    kept = office.recording(recording.id)
    assert office.files() == [f"{kept.id}.opus.sealed", f"{kept.id}.peaks"]
    secret = read_key(key, office.state)
    assert kept.key == secret.id
    sound = b"".join(Library(office.state / "recordings", lambda: secret).stored(kept).read(0, None))
    assert sound.startswith(b"OggS")
    assert hashlib.sha256(sound).hexdigest() == kept.sha256
    with pytest.raises(Exception, match="encrypted"):
        Library(office.state / "recordings", lambda: None).stored(kept)


def test_without_its_key_the_archive_waits_and_says_so_until_the_key_is_back(
    office: Office, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_work, "AGAIN_S", 0.0)
    content = key.read_text()
    key.unlink()
    office.configure(recordings={"key_file": str(key)})
    recording = office.recorded()
    archivist = office.archive()
    assert office.recording(recording.id).codec == "wav"
    assert alarms(office) == ["recordings_key"]
    key.write_text(content)
    key.chmod(0o600)
    archivist.follow_configuration()
    assert archivist.work()
    assert office.recording(recording.id).key
    assert alarms(office) == []


# ---- killed ------------------------------------------------------------------------------------


class Killed(BaseException):
    """kill -9, as far as files can tell."""


STEPS = ["replace", "fsync", "unlink", "commit"]


@contextlib.contextmanager
def killed_at(step: str, count: int) -> Iterator[None]:
    """The archive dies before it does this for the so-manieth time."""
    left = [count]

    def dying(function):
        def call(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        if step == "commit":
            patch.setattr(keeping, "archived", dying(keeping.archived))
        elif step == "fsync":
            patch.setattr(os, "fsync", dying(os.fsync))
        else:
            patch.setattr(Path, step, dying(getattr(Path, step)))
        with contextlib.suppress(Killed):
            yield


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("count", range(5))
def test_killed_at_any_step_it_begins_there_again(office: Office, key: Path, step: str, count: int) -> None:
    office.configure(recordings={"key_file": str(key)}, cloud=CLOUD)
    recordings = [office.recorded(left=CALLER[:8000], right=AGENT[:8000]) for _ in range(2)]
    with killed_at(step, count):
        office.archive()
    again = office.archive()
    again.sweep()
    kept = [office.recording(recording.id) for recording in recordings]
    assert [(one.codec, one.state) for one in kept] == [("opus", RecordingState.READY)] * 2
    assert office.files() == sorted(f"{one.id}.{end}" for one in kept for end in ("opus.sealed", "peaks"))
    assert [subject for type, subject in told(office) if type.endswith("audio")] == [one.id for one in kept]
    assert len(office.rows("SELECT * FROM recording_chain")) == 2


# ---- what goes wrong ---------------------------------------------------------------------------


def test_a_lost_file_is_told_and_the_others_are_archived(office: Office) -> None:
    lost, other = office.recorded(), office.recorded()
    (office.state / "recordings" / lost.path).unlink()
    office.archive()
    assert office.recording(lost.id).state is RecordingState.FAILED
    assert office.recording(other.id).codec == "opus"


def test_a_full_disk_leaves_the_wav_and_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = office.recorded()

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storing, "_write", full)
        office.archive()
        assert alarms(office) == ["archive"]
        assert office.recording(recording.id).codec == "wav"
    office.archive()
    assert office.recording(recording.id).codec == "opus"
    assert alarms(office) == []


def test_an_encoding_that_does_not_sound_alike_is_thrown_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = office.recorded()
    answers = iter([(20.0, 20.0), (20.0, 1.0)])
    monkeypatch.setattr(storing, "_levels", lambda shape: next(answers))
    office.archive()
    kept = office.recording(recording.id)
    assert (kept.codec, office.files()) == ("wav", [f"{kept.id}.peaks", f"{kept.id}.wav"])


# ---- what goes ---------------------------------------------------------------------------------


def ago(days: float) -> object:
    return times.now() - timedelta(days=days)


def kept_by(office: Office, *recordings) -> list[bool]:
    return [office.recording(recording.id).state is RecordingState.READY for recording in recordings]


def house_kept(office: Office) -> Archivist:
    archivist = office.archive()
    for _ in range(3):
        archivist.keep_house()
    return archivist


def test_each_queue_has_its_days_and_everything_else_the_general_ones(office: Office) -> None:
    office.configure(recordings={"keep_days": 30, "queue_days": {"support": 90}}, queue=[{"name": "support"}])
    old, older = office.recorded(office.call(ago(40))), office.recorded(office.call(ago(100)))
    plain = office.recorded(office.call(ago(40), queue=None))
    fresh = office.recorded(office.call(ago(20), queue=None))
    house_kept(office)
    assert kept_by(office, old, older, plain, fresh) == [True, False, False, True]
    assert office.recording(older.id).gone == "retention"
    assert older.id not in " ".join(office.files())


def test_what_is_held_or_not_yet_with_the_cloud_never_goes(office: Office) -> None:
    office.configure(recordings={"keep_days": 30, "max_gb": 1e-9}, cloud=CLOUD)
    held, waiting, sent = (office.recorded(office.call(ago(days))) for days in (60, 50, 40))
    office.archive()
    Notebook(office.state).hold(held.id, "court case 12", "anna")
    for item in office.write(lambda db: outbox.pending(db, 10)):
        if item.subject != waiting.id:
            office.write(outbox.acknowledge, [item])
    house_kept(office)
    assert kept_by(office, held, waiting, sent) == [True, True, False]
    Notebook(office.state).hold(held.id, "", "anna")
    house_kept(office)
    assert kept_by(office, held, waiting) == [False, True]


def test_the_oldest_goes_first_and_only_as_much_as_must(office: Office) -> None:
    recordings = [office.recorded(office.call(ago(days)), speech_like(3, seed=days)) for days in (3, 2, 1)]
    office.archive()
    sizes = [office.recording(recording.id).bytes for recording in recordings]
    office.configure(recordings={"max_gb": (sizes[1] + sizes[2] + 10) / 1e9})
    house_kept(office)
    assert kept_by(office, *recordings) == [False, True, True]
    assert office.recording(recordings[0].id).gone == "room"


def test_days_left_are_told_by_todays_rate(office: Office) -> None:
    office.configure(recordings={"max_gb": 0.001})
    for hours in (30, 5, 2):
        office.recorded(office.call(ago(hours / 24)))
    budget = office.archive().budget()
    assert budget.used == sum(row["bytes"] for row in office.rows("SELECT bytes FROM recordings"))
    today = office.rows("SELECT sum(bytes) FROM (SELECT bytes FROM recordings ORDER BY started_at DESC LIMIT 2)")
    assert budget.a_day == today[0][0]
    assert budget.days_left == round((10**6 - budget.used) / budget.a_day, 1)


@pytest.mark.parametrize(
    ("error", "todo"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "the disk is full. They are kept as they are; make room"),
        (OSError("cannot load library 'libopus.so.0': cannot open shared object file"), "libopus is missing ("),
        (OSError("cannot load library 'libogg.so.0': cannot open shared object file"), "libogg is missing ("),
        (OSError(errno.EROFS, os.strerror(errno.EROFS)), "(Read-only file system). They are kept as they are; see"),
    ],
)
def test_why_nothing_is_archived_is_told_by_its_cause(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: OSError, todo: str
) -> None:
    recording = office.recorded()

    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(at_work, "store", fails)
        archivist = office.archive()
    (text,) = (row["text"] for row in office.rows("SELECT text FROM alarms WHERE cleared_at IS NULL"))
    assert todo in text
    assert re.search("[\u4e00-\u9fff]", said(text, "zh"))
    monkeypatch.setattr(at_work, "AGAIN_S", 0.0)
    archivist._again.clear()
    assert archivist.work()
    assert office.recording(recording.id).archived_at
    assert alarms(office) == []
