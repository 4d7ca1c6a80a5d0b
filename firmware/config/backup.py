# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups: when, what, where to, for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.backup import defaults
from firmware.config.values import HOST, PORT, FilePath, Name, Section, Text, matching

Passphrase = Annotated[str, matching(r"[^\x00-\x1f\x7f]{12,256}", "12 to 256 characters without line breaks")]
Kept = Annotated[int, Field(ge=0, le=1000)]
_FOLDERS = r"([\w-][\w. -]{0,62}(/[\w-][\w. -]{0,62}){0,8})?"
Folder = Annotated[str, matching(_FOLDERS, "folders such as office/tipring")]
Bucket = Annotated[str, matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "3 to 63 small letters, digits, - and .")]
Endpoint = Annotated[str, matching(rf"https?://{HOST}({PORT})?/?", "an address like https://s3.example.com")]
Server = Annotated[str, matching(HOST, "the name or address of a server")]
Account = Annotated[str, matching(r"[^\x00-\x20\x7f]{1,128}", "1 to 128 characters without spaces")]
Clock = Annotated[str, matching(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time such as 02:30")]


class Backup(Section):
    """Made each day at `at` (the site's time) once there are a passphrase and a place.

    Kept at each place: the newest of so many days, weeks and months; all of them 0 is all. `test`: how often the box
    restores one into a scratch folder.
    """

    passphrase: Passphrase | None = None
    enabled: bool = True
    at: Clock = defaults.AT
    history: bool = True
    recordings: bool = False
    keep_days: Kept = defaults.KEEP_DAYS
    keep_weeks: Kept = defaults.KEEP_WEEKS
    keep_months: Kept = defaults.KEEP_MONTHS
    test: Literal["week", "month", "never"] = "month"


class S3(Section):
    """A bucket of Amazon's or of whatever speaks its protocol. `folder` goes before the names of backups."""

    endpoint: Endpoint
    bucket: Bucket
    access_key: Account
    secret: Text
    region: Annotated[str, matching(r"[a-z0-9-]{0,32}", "a region such as eu-central-1, or nothing")] = ""
    folder: Folder = ""


class Sftp(Section):
    """A server by SSH. Without `password` the box shows its own key. `folder` below the account's, unless it begins
    with a slash."""

    host: Server
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: Account
    password: Text = ""
    folder: Annotated[str, matching(f"/?{_FOLDERS}", "folders such as backups/office")] = ""


class BackupTarget(Section):
    """A place for backups: exactly one of `disk` (a folder that the system mounts), `usb` (the name of a stick), `s3`,
    `sftp`."""

    name: Name
    disk: FilePath | None = None
    usb: Annotated[str, matching(r"[^\x00-\x1f\x7f/]{1,64}", "the name (label) of a stick")] | None = None
    s3: S3 | None = None
    sftp: Sftp | None = None
