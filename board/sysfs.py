# SPDX-License-Identifier: GPL-2.0-or-later
"""Sensors, fans and serial numbers that the kernel shows as files."""

from __future__ import annotations

from pathlib import Path

from board.board import BoardError
from board.profile import Hwmon, Identity

THERMAL, HWMON = Path("/sys/class/thermal"), Path("/sys/class/hwmon")
MILLI = 1000  # both classes count thousandths of a degree or volt
FULL_PWM = 255


def thermal_zone(type: str, folder: Path = THERMAL) -> Path:
    """The temperature file of the zone of this type (cpu-thermal, x86_pkg_temp). BoardError when there is none."""
    for zone in sorted(folder.glob("thermal_zone*")):
        if _text(zone / "type") == type:
            return zone / "temp"
    raise BoardError(f"The temperature cannot be measured: there is no thermal zone {type} in {folder}.")


def hwmon_file(what: str, wanted: Hwmon, folder: Path = HWMON) -> Path:
    """The file of an input, or of a fan's `pwm1`. BoardError when there is none."""
    for chip in sorted(folder.glob("hwmon*")):
        if _text(chip / "name") == wanted.name:
            for name in (f"{wanted.input}_input", wanted.input):
                if (chip / name).exists():
                    return chip / name
    raise BoardError(f"The {what} cannot be used: {folder} has no {wanted.input} of a chip {wanted.name}.")


class FileMeter:
    """Thousandths in a file."""

    def __init__(self, what: str, file: Path) -> None:
        self._what, self._file = what, file

    def read(self) -> float:
        """Degrees or volts. BoardError when it cannot be read now."""
        try:
            return int(self._file.read_text()) / MILLI
        except (OSError, ValueError) as error:
            raise BoardError(f"The {self._what} cannot be measured: {self._file}: {error}.") from error

    def close(self) -> None:
        """Nothing is held open."""


class PwmFan:
    """A fan at full speed, or at rest."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def set(self, on: bool) -> None:
        """Switches it. BoardError when it cannot be."""
        try:
            self._file.write_text(str(FULL_PWM if on else 0))
        except OSError as error:
            raise BoardError(f"The fan does not obey: {self._file}: {error.strerror}.") from error

    def close(self) -> None:
        """It stays as it is."""


def serial_number(identity: Identity) -> str:
    """Its printable characters. BoardError when it cannot be read."""
    try:
        with Path(identity.file).open("rb") as file:
            file.seek(identity.offset)
            raw = file.read(identity.length)
    except OSError as error:
        raise BoardError(f"The serial number cannot be read: {identity.file}: {error.strerror}.") from error
    return "".join(letter for letter in raw.decode("ascii", errors="ignore") if letter.isprintable()).strip()


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
