# SPDX-License-Identifier: GPL-2.0-or-later
"""A box with two slots: it is started, updated, and its power is cut."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from firmware.update.progress import Order, Progress, UpdateFiles
from firmware.update.rauc import Rauc
from hil.update.maker import IMAGE_BYTES, image, version_of

COMPATIBLE = "tipring-bench"
_CONF = """[system]
compatible={compatible}
bootloader=custom
statusfile={folder}/rauc.status
mountprefix={folder}/mnt

[handlers]
bootloader-custom-backend={folder}/bootloader.sh

[keyring]
path={keyring}

[slot.rootfs.0]
device={slot_a}
type=raw
bootname=A

[slot.rootfs.1]
device={slot_b}
type=raw
bootname=B
"""
TRIES = 3


class ImageBox:
    """Everything is under `folder`; slot B may be put elsewhere (`slot_b`). To mount bundles takes root."""

    def __init__(self, folder: Path, keyring: Path, version: str = "0.0.9", slot_b: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.state = folder, folder / "state"
        self.state.mkdir(exist_ok=True)
        self.slots = {"A": folder / "a.img", "B": slot_b or folder / "b.img"}
        self.slots["A"].write_bytes(image(version))
        self.slots["B"].write_bytes(b"\0" * (IMAGE_BYTES if slot_b is None else 1))
        self.conf = folder / "system.conf"
        self.conf.write_text(
            _CONF.format(folder=folder, keyring=keyring, compatible=COMPATIBLE, slot_a=self.slots["A"],
                         slot_b=self.slots["B"])
        )  # fmt: skip
        shutil.copy(Path(__file__).with_name("bootloader.sh"), folder)
        for name, value in (("first", "A"), ("tries.A", TRIES), ("tries.B", 0), ("booted", "A")):
            (folder / name).write_text(f"{value}\n")
        bus = f"unix:path={folder}/bus"
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": bus, "DBUS_STARTER_BUS_TYPE": "session"}
        self.rauc = Rauc(self.conf, self.environment)
        self.files = UpdateFiles(self.state)
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", f"--address={bus}"], stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while not (folder / "bus").exists():
            assert time.monotonic() < deadline, "no bus"
            time.sleep(0.01)
        self._service: subprocess.Popen[bytes] | None = None

    @property
    def booted(self) -> str:
        return (self.folder / "booted").read_text().strip()

    @property
    def progress(self) -> Progress:
        return self.files.progress()

    def version(self) -> str:
        """What runs. ValueError when it is not whole."""
        return version_of(self.slots[self.booted].read_bytes())

    def boot(self, *, works: bool = True) -> str:
        """What a bootloader does: the first slot that has a try left; the slot's name. `works` False: it hangs."""
        first = (self.folder / "first").read_text().strip()
        order = [first, *(name for name in self.slots if name != first)]
        slot = next(name for name in order if self._tries(name))
        (self.folder / f"tries.{slot}").write_text(f"{self._tries(slot) - 1}\n")
        (self.folder / "booted").write_text(f"{slot}\n")
        if works:
            self._start_rauc()
        return slot

    def _tries(self, slot: str) -> int:
        return int((self.folder / f"tries.{slot}").read_text())

    def _start_rauc(self) -> None:
        with (self.folder / "rauc.log").open("ab") as told:
            self._service = subprocess.Popen(
                ["rauc", f"--conf={self.conf}", f"--override-boot-slot={self.booted}", "service"],
                env={**os.environ, **self.environment}, stdout=told, stderr=told, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while self._service.poll() is None and time.monotonic() < deadline:
            if subprocess.run(
                ["rauc", f"--conf={self.conf}", "status"], env={**os.environ, **self.environment}, capture_output=True
            ).returncode == 0:  # fmt: skip
                return
            time.sleep(0.02)
        raise AssertionError((self.folder / "rauc.log").read_text())

    def update(self, source: Path, **wanted: bool) -> subprocess.Popen[bytes]:
        """The updater, as the path unit starts it once the core has written an order."""
        self.files.give(Order(str(source), by="test", **wanted))
        with (self.folder / "update.log").open("ab") as told:
            return subprocess.Popen(
                [sys.executable, "-m", "firmware.update", "--state", str(self.state), "--conf", str(self.conf),
                 "--restart", "true"],
                env={**os.environ, **self.environment}, stdout=told, stderr=told, start_new_session=True,
            )  # fmt: skip

    def power_cut(self, *others: subprocess.Popen[bytes]) -> None:
        """Everything that runs is gone at once, and nothing is mounted any more."""
        for process in (self._service, *others):
            if process:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._service = None
        while (
            subprocess.run(["umount", "-l", str(self.folder / "mnt" / "bundle")], capture_output=True).returncode == 0
        ):
            pass

    def stop(self) -> None:
        """For good."""
        self.power_cut()
        self._bus.kill()
        self._bus.wait()
