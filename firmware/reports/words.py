# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of figures and rows, for people: in pages and in e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firmware.reports.choice import By, Of
from firmware.reports.report import Report

LANGUAGES = ("en", "zh")
Words = tuple[str, str]

FIGURES: dict[str, Words] = {
    "offered": ("Offered", "呼入"),
    "calls": ("Calls", "通话"),
    "answered": ("Answered", "接听"),
    "answered_share": ("Answered, share", "接听率"),
    "abandoned": ("Abandoned", "放弃"),
    "short_abandoned": ("Short abandons", "短时放弃"),
    "abandon_rate": ("Abandon rate", "放弃率"),
    "overflowed": ("Overflowed", "溢出"),
    "left": ("Left by key", "按键离开"),
    "call_back": ("Asked for call-back", "要求回拨"),
    "failed": ("Failed", "失败"),
    "missed": ("Missed", "未接"),
    "no_answer": ("No answer", "无人接听"),
    "busy": ("Busy", "忙"),
    "voicemail": ("Voicemail", "语音信箱"),
    "service_level": ("Service level (of answered)", "服务水平（占接听）"),
    "service_level_of_all": ("Service level (of all)", "服务水平（占全部）"),
    "speed_of_answer_s": ("Speed of answer", "平均应答时间"),
    "longest_wait_s": ("Longest wait", "最长等待"),
    "talk_s": ("Talk", "平均通话"),
    "handle_s": ("Handling", "平均处理"),
    "average_handle_s": ("Handling per call", "平均处理"),
    "talked_s": ("Talk, total", "通话总时长"),
    "logged_in_s": ("Logged in", "登录时长"),
    "ready_s": ("Ready", "就绪时长"),
    "paused_s": ("Paused", "暂停时长"),
    "wrap_s": ("Wrap-up", "话后处理"),
    "occupancy": ("Occupancy", "占用率"),
    "recorded": ("Recorded", "录音"),
    "mos": ("Sound (MOS)", "音质（MOS）"),
    "poor_share": ("Sounded bad", "音质差"),
}
SHOWN = {
    Of.QUEUES: (
        "offered", "answered", "abandoned", "short_abandoned", "abandon_rate", "overflowed", "left", "call_back",
        "service_level", "service_level_of_all", "speed_of_answer_s", "longest_wait_s", "talk_s", "handle_s",
        "recorded",
    ),
    Of.CALLS: (
        "calls", "answered", "answered_share", "abandoned", "no_answer", "busy", "failed", "voicemail", "overflowed",
        "talk_s", "talked_s", "mos", "poor_share", "recorded",
    ),
}  # fmt: skip
OF_AGENTS = ("offered", "calls", "missed", "talk_s", "wrap_s", "average_handle_s", "logged_in_s", "paused_s", "ready_s",
             "occupancy")  # fmt: skip
BY: dict[By, Words] = {
    By.QUEUE: ("Queue", "队列"),
    By.AGENT: ("Agent", "坐席"),
    By.LINE: ("Line", "线路"),
    By.TRUNK: ("Trunk", "中继"),
    By.DIRECTION: ("Direction", "方向"),
    By.DISPOSITION: ("Outcome", "结果"),
    By.HOUR: ("Hour", "小时"),
    By.WEEKDAY: ("Weekday", "星期"),
    By.DAY: ("Day", "日期"),
    By.MONTH: ("Month", "月份"),
    By.WEEK_HOUR: ("Hour of the week", "每周时段"),
}
KEYS: dict[str, Words] = {
    "inbound": ("Inbound", "呼入"),
    "outbound": ("Outbound", "呼出"),
    "internal": ("Internal", "内部"),
    "total": ("Total", "合计"),
}
OF: dict[Of, Words] = {Of.QUEUES: ("Queues", "队列"), Of.CALLS: ("All calls", "全部通话")}
WEEKDAYS: Words = ("Mon Tue Wed Thu Fri Sat Sun", "周一 周二 周三 周四 周五 周六 周日")


def _in(words: Words, language: str) -> str:
    return words[LANGUAGES.index(language) if language in LANGUAGES else 0]


def columns(report: Report) -> tuple[str, ...]:
    """The figures that people are shown, of those a report has."""
    if report.choice.of == Of.QUEUES and report.choice.by == By.AGENT:
        return OF_AGENTS
    return SHOWN[report.choice.of]


def figure(name: str, language: str) -> str:
    """Its heading."""
    return _in(FIGURES[name], language)


def by(name: By, language: str) -> str:
    """What makes a row."""
    return _in(BY[name], language)


def of(name: Of, language: str) -> str:
    """What is counted."""
    return _in(OF[name], language)


def weekday(number: int, language: str) -> str:
    """0 is Monday."""
    return _in(WEEKDAYS, language).split()[number]


def key(kind: By, value: Any, language: str, agents: Mapping[str, str]) -> str:
    """A row's name."""
    if value is None:
        return "–"
    if value == "total":
        return _in(KEYS["total"], language)
    match kind:
        case By.HOUR:
            return f"{int(value):02}:00"
        case By.WEEKDAY:
            return weekday(int(value), language)
        case By.WEEK_HOUR:
            return f"{weekday(int(value) // 24, language)} {int(value) % 24:02}:00"
        case By.AGENT:
            return agents.get(str(value), str(value))
        case By.DIRECTION:
            return _in(KEYS.get(str(value), (str(value), str(value))), language)
        case By.DISPOSITION:
            return _in(FIGURES.get(str(value), (str(value), str(value))), language)
    return str(value)


def value(name: str, number: Any) -> str:
    """A figure as people read it: 71.4 %, 2:05, 16."""
    if number is None:
        return "–"
    if name.endswith("_s"):
        return span(float(number))
    if name in ("occupancy", "abandon_rate") or name.startswith("service_level") or name.endswith("_share"):
        return f"{100 * float(number):.1f} %"
    return f"{number:.2f}" if name == "mos" else str(number)


def span(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
