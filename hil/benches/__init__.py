# SPDX-License-Identifier: GPL-2.0-or-later
"""Benchmarks: `tipring bench NAME`. Each module has `run() -> dict`, figures with their units in the names."""

NAMES = {
    "lines": "32 analog ports in 16 calls, all detectors on: CPU and punctuality, also beside busy Python threads",
    "latency": "mouth to ear between two simulated ports of a running box",
    "sip": "100 SIP calls through the queue to SIP agents, bridged and recorded: CPU, memory, loss, delay",
    "phones": "how quickly a phone on a port has dial tone, stops ringing when lifted, and is known to be put down",
    "callerid": "caller ID of every kind, both ways, clean and at 20 dB of noise: share that is read right",
    "idle": "memory and CPU of all services with nothing to do",
}
