# SPDX-License-Identifier: GPL-2.0-or-later
"""The office's mail server: `[mail]` of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import smtplib
    from email.message import EmailMessage

SERVER_S = 30.0  # for each answer of the server
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Never(Exception):
    """The server will not take this one, however often it is asked."""


def send(settings: Mapping[str, Any], mail: EmailMessage) -> None:
    """Returns when the server has it. Never, or OSError, of which SMTPException is one."""
    import smtplib  # 2 MB with ssl and email, which only an office that has set up mail needs

    try:
        with _connection(settings) as server:
            server.send_message(mail)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as refusal:
        codes = [refusal.smtp_code] if isinstance(refusal, smtplib.SMTPResponseException) else _codes(refusal)
        if all(500 <= code < 600 for code in codes):
            raise Never(str(refusal)) from refusal
        raise


def _codes(refusal: smtplib.SMTPRecipientsRefused) -> list[int]:
    return [code for code, _ in refusal.recipients.values()]


def _connection(settings: Mapping[str, Any]) -> smtplib.SMTP:
    """Connected, encrypted where that is wanted, logged in."""
    import smtplib
    import ssl

    security = settings.get("security", "starttls")
    host, _, port = settings["server"].rpartition(":")
    if not port.isdigit() or not host:
        host, port = settings["server"], str(PORTS[security])
    context = ssl.create_default_context()
    host = host.strip("[]")
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, int(port), timeout=SERVER_S, context=context)
    else:
        server = smtplib.SMTP(host, int(port), timeout=SERVER_S)
    try:
        if security == "starttls":
            server.starttls(context=context)
        if settings.get("username"):
            server.login(settings["username"], settings.get("password", ""))
    except BaseException:
        server.close()
        raise
    return server
