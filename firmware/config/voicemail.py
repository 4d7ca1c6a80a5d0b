# SPDX-License-Identifier: GPL-2.0-or-later
"""Voicemail boxes, and the server that takes their messages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.values import HOST, PORT, Email, Pin, Seconds, Section, Text, matching


class Voicemail(Section):
    """An extension's box. Seconds: `after_s` until an unanswered call goes there, `max_s` for a message.

    Without `pin` it is opened from its own phone only. `email`: messages go there too.
    """

    pin: Pin = ""
    email: Email = ""
    after_s: Annotated[Seconds, Field(ge=1, le=300)] = 20
    max_s: Annotated[Seconds, Field(ge=5, le=1800)] = 180
    max_messages: Annotated[int, Field(ge=1, le=1000)] = 100


class Mail(Section):
    """The server that takes messages of voicemail boxes. `sender` is their From."""

    server: Annotated[str, matching(f"{HOST}{PORT}?", "HOST or HOST:PORT, e.g. mail.example.com:587")]
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text = ""
    password: Text = ""
    sender: Annotated[str, matching(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}", "an address like box@example.com")]
