# SPDX-License-Identifier: GPL-2.0-or-later
"""A report as an e-mail: a table in HTML, the same as plain text, and the CSV attached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape

from firmware.reports import sheet, words
from firmware.reports.report import Report

BUSY_ROWS_ONLY = 60  # of more rows than that, those with nothing are left out
CELL = "padding:4px 10px;border-bottom:1px solid #d7dce2;text-align:right;white-space:nowrap"
NAME = "padding:4px 10px;border-bottom:1px solid #d7dce2;text-align:left;white-space:nowrap"
EMPTY = {"en": "No calls in this time.", "zh": "这段时间没有通话。"}


def compose(
    report: Report, *, name: str, first: date, end: date, sender: str, site: str, to: list[str], language: str,
    agents: Mapping[str, str], id: str, at: datetime,
) -> EmailMessage:  # fmt: skip
    """`id` makes the Message-ID: the same report twice is one. `end` is the day after the last."""
    last = end - timedelta(days=1)
    days = f"{first}" if first == last else f"{first} – {last}"
    mail = EmailMessage()
    mail["Subject"] = f"{name}: {days} · {site}"
    mail["From"] = formataddr((site, sender))
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{id}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    table = _table(report, language, agents)
    mail.set_content(_text(f"{name}: {days}", table, language))
    mail.add_alternative(_html(name, f"{site} · {days}", table, language), subtype="html")
    rows = [*report.rows, {"key": "total", **report.total}]
    mail.add_attachment(sheet.sheet(rows), subtype="csv", filename=f"{name}-{first}.csv")
    return mail


def _table(report: Report, language: str, agents: Mapping[str, str]) -> list[list[str]]:
    """Headings, rows, the sum."""
    names = words.columns(report)
    by = report.choice.by
    head = [words.by(by, language), *(words.figure(name, language) for name in names)]
    rows = [row for row in report.rows if len(report.rows) <= BUSY_ROWS_ONLY or row[names[0]]]
    body = [
        [words.key(by, row["key"], language, agents), *(words.value(name, row[name]) for name in names)]
        for row in [*rows, {"key": "total", **report.total}]
    ]
    return [head, *body]


def _text(title: str, table: list[list[str]], language: str) -> str:
    if len(table) == 2:
        return f"{title}\n\n{EMPTY[language]}\n"
    lines = []
    for row in table[1:]:
        lines.append(row[0])
        lines += [f"    {head}: {cell}" for head, cell in zip(table[0][1:], row[1:], strict=True)]
    return "\n".join([title, "", *lines, ""])


def _html(title: str, under: str, table: list[list[str]], language: str) -> str:
    if len(table) == 2:
        body = f"<p>{EMPTY[language]}</p>"
    else:
        head, *rows, total = table
        body = "<table style='border-collapse:collapse;font-size:14px'>"
        body += _row(head, "th", "font-weight:600;vertical-align:bottom;white-space:normal")
        body += "".join(_row(row, "td", "") for row in rows) + _row(total, "td", "font-weight:600") + "</table>"
    return (
        f"<!doctype html><html lang='{language}'><body style='font-family:system-ui,sans-serif;color:#1b2430'>"
        f"<h1 style='font-size:20px;margin:0'>{escape(title)}</h1><p style='margin:4px 0 16px'>{escape(under)}</p>"
        f"{body}</body></html>\n"
    )


def _row(cells: list[str], tag: str, style: str) -> str:
    styles = [NAME, *[CELL] * (len(cells) - 1)]
    inside = "".join(f"<{tag} style='{s};{style}'>{escape(c)}</{tag}>" for s, c in zip(styles, cells, strict=True))
    return f"<tr>{inside}</tr>"
