# SPDX-License-Identifier: GPL-2.0-or-later
"""What a process that reads a file of unknown origin gives up before it does."""

from __future__ import annotations

import resource

MOST_FILES = 3  # those that it was born with


def confine(cpu_s: int, memory: int) -> None:
    """No more than so many seconds of processor time and octets of memory, no further file, connection or process.
    Import what you need before."""
    for what, most in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
