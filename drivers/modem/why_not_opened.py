# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a serial device cannot be opened, and what to do: not there, not allowed, or somebody else has it."""

from __future__ import annotations

import errno
import os
import pwd
from pathlib import Path

PROC = Path("/proc")
UNITS = Path("/run/systemd/units")  # a link for each unit that runs, which everybody may see
MODEM_MANAGER = "ModemManager"


def not_opened(device: str, error: Exception) -> str:
    """A sentence for the installer."""
    if isinstance(error, FileNotFoundError) or _number(error) in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return f"There is no {device}: the modem is not plugged in. Look at /dev/serial/by-id."
    if _number(error) in (errno.EACCES, errno.EPERM):
        return _not_allowed(device)
    if _number(error) in (errno.EBUSY, errno.EAGAIN) or "lock" in str(error).lower():
        return _in_use(device)
    return f"{device} cannot be opened: {error}."


def _number(error: Exception) -> int | None:
    return getattr(error, "errno", None)


def _not_allowed(device: str) -> str:
    user, group = pwd.getpwuid(os.geteuid()).pw_name, _group_of(device)
    how = f"Allow it (usermod -aG {group} {user}), and start the box again."
    return f"{device} may not be opened by the user {user}. {how}"


def _group_of(device: str) -> str:
    try:
        return Path(device).group()
    except (OSError, KeyError):
        return "dialout"


def _in_use(device: str) -> str:
    program = _holder(device, PROC) or (MODEM_MANAGER if _runs(MODEM_MANAGER, UNITS) else "")
    if program == MODEM_MANAGER:
        advice = "Switch it off (systemctl mask --now ModemManager): nothing here needs it."
        return f"{device} is held by {program}. {advice}"
    if program:
        return f"{device} is in use by {program}. End that program, or take another device."
    return f"{device} is in use by another program (ModemManager, or another card of this box). End it."


def _holder(device: str, proc: Path) -> str:
    """The program that has it open, as far as it may be seen; "" else."""
    wanted = Path(device).resolve()
    for link in proc.glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == wanted and link.parts[-3] != str(os.getpid()):
                return (link.parent.parent / "comm").read_text().strip()
        except OSError:
            continue
    return ""


def _runs(unit: str, units: Path) -> bool:
    return os.path.lexists(units / f"invocation:{unit}.service")
