# SPDX-License-Identifier: GPL-2.0-or-later
"""What an e-mail about alarms says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from firmware import times
from firmware.language import said
from firmware.store.notices import CLEARED, RAISED, TEST, Notice

if TYPE_CHECKING:
    from email.message import EmailMessage

SEVERITY = {
    "en": {"warning": "Warning", "error": "Error", "critical": "Critical"},
    "zh": {"warning": "警告", "error": "错误", "critical": "严重"},
}
SUBJECT = {
    "en": {RAISED: "{severity}: {text}", CLEARED: "Over: {text}", TEST: "Test: {text}", "many": "{count} alarms"},
    "zh": {RAISED: "{severity}：{text}", CLEARED: "已解除：{text}", TEST: "测试：{text}", "many": "{count} 条告警"},
}
LINE = {
    "en": {RAISED: "{at}  {severity}: {text}", CLEARED: "{at}  Over: {text}", TEST: "{at}  Test: {text}"},
    "zh": {RAISED: "{at}  {severity}：{text}", CLEARED: "{at}  已解除：{text}", TEST: "{at}  测试：{text}"},
}
COUNTED = {"en": " (for the {count}. time)", "zh": "（第 {count} 次）"}
LAST = {
    "en": "What stands now, and who is told: Settings, Alarms. docs/alarms.md says what each alarm means.",
    "zh": "当前告警与通知对象：设置 › 告警。各告警的含义见 docs/alarms.md。",
}
LONGEST_SUBJECT = 120


def compose(
    notices: Sequence[Notice], *, sender: str, site: str, to: Sequence[str], language: str, zone: tzinfo
) -> EmailMessage:
    """One mail for all of them. Its Message-ID is that of the first: twice the same is one."""
    from email.message import EmailMessage
    from email.utils import format_datetime, formataddr

    mail = EmailMessage()
    mail["Subject"] = f"[{site}] {_subject(notices, language)}"
    mail["From"] = formataddr((site, sender))
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(times.now().astimezone(zone))
    mail["Message-ID"] = f"<{notices[0].id}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    if any(notice.what == RAISED and notice.data["severity"] == "critical" for notice in notices):
        mail["Importance"] = "high"  # RFC 2156
    mail.set_content("\n".join([*(_line(n, language, zone) for n in notices), "", LAST[language], ""]))
    return mail


def _subject(notices: Sequence[Notice], language: str) -> str:
    if len(notices) > 1:
        return SUBJECT[language]["many"].format(count=len(notices))
    (notice,) = notices
    text = " ".join(SUBJECT[language][notice.what].format(**_words(notice, language)).split())
    return text if len(text) <= LONGEST_SUBJECT else f"{text[:LONGEST_SUBJECT]}…"


def _line(notice: Notice, language: str, zone: tzinfo) -> str:
    at = f"{notice.at.astimezone(zone):%Y-%m-%d %H:%M}"
    count = notice.data.get("count", 1)
    often = COUNTED[language].format(count=count) if count > 1 else ""
    return LINE[language][notice.what].format(at=at, **_words(notice, language)) + often


def _words(notice: Notice, language: str) -> dict[str, str]:
    return {"severity": SEVERITY[language][notice.data["severity"]], "text": said(notice.data["text"], language)}
