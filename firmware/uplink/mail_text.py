# SPDX-License-Identifier: GPL-2.0-or-later
"""What an e-mail about a message says, with the message attached."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from firmware.records import Message

if TYPE_CHECKING:
    from email.message import EmailMessage

SUBJECT = {"en": "Voicemail from {who} ({length})", "zh": "来自{who}的语音留言（{length}）"}
BODY = {
    "en": "{who} left a message for {box} on {at}. It is attached ({length}).\n",
    "zh": "{who}于{at}给{box}留言，录音见附件（{length}）。\n",
}
NOBODY = {"en": "an unknown number", "zh": "未知号码"}


def compose(
    message: Message, audio: bytes, *, sender: str, site: str, to: str, box: str, language: str, at: datetime
) -> EmailMessage:
    """`box` is the box in words, `at` the local time. Its Message-ID is the message's: twice the same is one."""
    from email.message import EmailMessage
    from email.utils import format_datetime, formataddr, make_msgid

    who = " ".join(filter(None, (message.from_number, message.from_name))) or NOBODY[language]
    minutes, seconds = divmod(round(message.duration_s), 60)
    words = {"who": who, "length": f"{minutes}:{seconds:02}", "box": box, "at": f"{at:%Y-%m-%d %H:%M}"}
    mail = EmailMessage()
    mail["Subject"] = SUBJECT[language].format(**words)
    mail["From"] = formataddr((site, sender))
    mail["To"] = to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message.id}@{sender.partition('@')[2] or make_msgid()}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine answers it
    mail.set_content(BODY[language].format(**words))
    name = f"{at:%Y%m%d-%H%M%S}-{message.from_number or 'unknown'}.wav"
    mail.add_attachment(audio, maintype="audio", subtype="wav", filename=name)
    return mail
