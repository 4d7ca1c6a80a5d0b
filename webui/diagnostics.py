# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of diagnostics, made in a process of its own: the pages stay small and quick."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from bottle import HTTPResponse

from firmware import times
from firmware.errors import Unavailable
from webui.box import Box

LIMIT_S = 120
_ROOT = Path(__file__).parents[1]
_one = threading.Lock()


def download(box: Box) -> HTTPResponse:
    """Unavailable (`too_many_exports`) while another one is made, or when it cannot be."""
    import subprocess  # not kept in the memory of a service that seldom needs it

    if not _one.acquire(blocking=False):
        raise Unavailable(
            "The diagnostics are being collected already. Try again in a minute.", code="too_many_exports"
        )
    try:
        command = [sys.executable, "-m", "firmware.diagnostics", str(box.state)]
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=LIMIT_S, check=True)
    except subprocess.SubprocessError as error:
        raise Unavailable("The diagnostics could not be collected. The log says more.") from error
    finally:
        _one.release()
    headers = {
        "Content-Type": "application/gzip",
        "Content-Disposition": f'attachment; filename="tipring-{times.now():%Y%m%d-%H%M%S}.tar.gz"',
        "Cache-Control": "no-store",
    }
    return HTTPResponse(done.stdout, headers=headers)
