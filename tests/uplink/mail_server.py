# SPDX-License-Identifier: GPL-2.0-or-later
"""A mail server on loopback."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.smtp import AuthResult, LoginPassword


class Server:
    """A mail server that can be told what to answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer_to_recipient = self.answer_to_mail = "250 OK"
        self.logins: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer_to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer_to_mail.startswith("2"):
            mail = BytesParser(policy=email.policy.default).parsebytes(envelope.content)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        return self.answer_to_mail

    def log_in(self, server: Any, session: Any, envelope: Any, kind: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"right", handled=False)
