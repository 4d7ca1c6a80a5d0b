# SPDX-License-Identifier: GPL-2.0-or-later
"""A bundle from an address into a file; what it holds is trusted only by its signature."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import requests

from firmware.update.errors import UpdateFailed

PATIENCE_S = 30.0
SPARE_BYTES = 64 << 20  # for whoever calls meanwhile
_BLOCK = 1 << 16


def download(address: str, file: Path, told: Callable[[int], None], known: Path | None = None) -> None:
    """`told` is called with percent. UpdateFailed (`not_downloaded`, `disk_full`); no part of a file is left then.

    `known` keeps the ETag (RFC 9110, section 8.8.3) of what was downloaded: the same once more is `not_newer`.
    """
    tag = known.read_text() if known and known.exists() else ""
    try:
        with requests.get(
            address, stream=True, timeout=PATIENCE_S, headers={"If-None-Match": tag} if tag else {}
        ) as answer:
            answer.raise_for_status()
            if answer.status_code == requests.codes.not_modified:
                raise UpdateFailed("It was looked at before, and is not newer.", code="not_newer")
            _keep(answer, file, told)
            if known and answer.headers.get("ETag"):
                known.write_text(answer.headers["ETag"])
    except requests.RequestException as error:
        file.unlink(missing_ok=True)
        raise UpdateFailed(f"{address} cannot be downloaded: {error}. Try again.", code="not_downloaded") from error
    except OSError as error:
        file.unlink(missing_ok=True)
        raise UpdateFailed(f"{file} cannot be written: {error.strerror}. Free some space.", code="disk_full") from error
    except UpdateFailed:
        file.unlink(missing_ok=True)
        raise


def _keep(answer: requests.Response, file: Path, told: Callable[[int], None]) -> None:
    size = int(answer.headers.get("Content-Length") or 0)
    room = shutil.disk_usage(file.parent).free - SPARE_BYTES
    if size > room:
        text = f"The update takes {size >> 20} MiB, and there is room for {max(room, 0) >> 20} MiB. Free some space."
        raise UpdateFailed(text, code="disk_full")
    with file.open("wb") as stream:
        done = 0
        for block in answer.iter_content(_BLOCK):
            stream.write(block)
            done += len(block)
            told(min(100, done * 100 // size) if size else 0)
        os.fsync(stream.fileno())
    if size and done != size:
        raise UpdateFailed(f"The download ended after {done} of {size} bytes. Try again.", code="not_downloaded")
