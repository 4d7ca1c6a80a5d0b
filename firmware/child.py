# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -IS child.py PARENT COMMAND…`: becomes COMMAND, which is ended when process PARENT is no more.

`tipring up` starts its services through it, so that they do not outlive a killed one. systemd needs none of this.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """The signal's number survives exec; a parent that died before prctl is noticed by getppid."""
    parent, *command = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0):
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != int(parent):
        sys.exit("the supervisor is gone")
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
