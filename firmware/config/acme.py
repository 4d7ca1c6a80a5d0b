# SPDX-License-Identifier: GPL-2.0-or-later
"""A certificate that the box gets from an authority by itself (ACME, RFC 8555)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from firmware.config.values import HOST, PORT, FilePath, Section, Several, matching

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"

Directory = Annotated[
    str, matching(rf"https://{HOST}({PORT})?(/[!-~]{{0,500}})?", f"an https address like {LETS_ENCRYPT}")
]
PublicName = Annotated[
    str,
    matching(
        r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
        "a name like pbx.example.com in small letters, without a star, and no address",
    ),
]
Contact = Annotated[
    str, matching(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}", "an address like it@example.com")
]


class Acme(Section):
    """`port`: where the box answers the authority's question, to which port 80 of `names` must lead.

    `ca_file` (PEM) vouches for a directory of one's own.
    """

    enabled: bool = False
    names: Several[PublicName] = ()
    agreed_terms: bool = False
    contact: Contact | None = None
    directory: Directory = LETS_ENCRYPT
    port: Annotated[int, Field(ge=1, le=65535)] = 80
    ca_file: FilePath | None = None
