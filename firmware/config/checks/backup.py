# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of backups: each is one thing."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, tables_at
from firmware.config.problems import ConfigProblem, path_of

WAYS = ("disk", "usb", "s3", "sftp")


def places(document: Document) -> Iterator[ConfigProblem]:
    """A folder, a stick, a bucket or a server."""
    for index, item in tables_at(document, "backup_target"):
        if sum(way in item for way in WAYS) != 1:
            message = f"a place for backups is one of {', '.join(WAYS)}; give exactly one"
            yield ConfigProblem(path_of("backup_target", index), message)
