# SPDX-License-Identifier: GPL-2.0-or-later
"""Benchmarks: `tipring bench NAME`. Each module has `run() -> dict`, figures with their units in the names."""

NAMES = {
    "lines": "32 analog ports in 16 calls, all detectors on: CPU and punctuality, also beside busy Python threads",
    "echo": "echo canceller on the echo paths of ITU-T G.168: loss, convergence, both talking; cost a port",
    "detectors": "CPU of each detector on a port, and of all together",
    "latency": "mouth to ear between two simulated ports of a running box",
    "sip": "100 SIP calls through the queue to SIP agents, bridged and recorded: CPU, memory, loss, delay",
    "edge": "500 SIP phones register, 20 of them call others each second: failures, registration and ringing delay",
    "dtmf": "the DTMF receiver by ITU-T Q.24, and speech and music that must say nothing to it",
    "hangup": "time to hang-up by each sign, in every country; false hang-ups in speech, music, digits and ringing",
    "phones": "how quickly a phone on a port has dial tone, stops ringing when lifted, and is known to be put down",
    "callerid": "caller ID of every kind, both ways, clean and at 20 dB of noise: share that is read right",
    "torture": "the messages of RFC 4475 and damaged ones for 3 minutes to both SIP ports: who dies, who grows",
    "leak": "2000 short SIP calls: descriptors and memory of core and edge after each third",
    "acd": "the pure ACD: a day of 10,000 calls, 200 agents, 20 queues; decisions among 500 agents; length of history",
    "wallboard": "100 browsers on the wallboard: CPU of core and web, memory, how soon all of them see a change",
    "idle": "memory and CPU of all services with nothing to do",
    "waits": "the wait that callers in queues are told, over simulated days: its error, beside that of other ways",
    "recording": "what recording 100 calls costs, in cores; how small and how fast Opus is made of it",
    "power_cut": "the power is cut at 200 seeded operations on files: what was acknowledged, databases, recordings",
    "history": "history.db with a million calls: size, every report of a month, pages of the list, commit of a call",
    "pages": "every page for every role in Chromium: weight, first paint, layout shift, 360 px, keyboard, axe-core",
    "web": "every page and list of the API, a million calls in the history, beside a core: p50, p95 and most of each",
    "rehearsal": "a change rehearsed on 30 days of a box with a million calls; the proof of emergency calls",
    "api": "requests that nobody thought of to every route of the API: answers that are faults, or not documented",
    "doctor": "the Line Doctor: how exactly it measures the tones of every country, and what that costs",
}
