# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring bench"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from firmware.cli.common import Subparsers, add_command
from firmware.errors import Invalid, Unavailable

RESULTS = Path("build/bench")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "bench", "measure the box", run)
    parser.add_argument("name", metavar="NAME", help="which benchmark; a name that is none lists them; or all")


def run(arguments: argparse.Namespace) -> int:
    """Prints the figures and keeps them as JSON in build/bench/."""
    try:
        names = importlib.import_module("hil.benches").NAMES
    except ImportError as error:
        raise Unavailable("The benchmarks are not installed on this box; run them from a checkout.") from error
    if arguments.name == "all":
        return max(_in_own_process(name) for name in names)
    if arguments.name not in names:
        raise Invalid(f'There is no benchmark "{arguments.name}"; use {", ".join(names)} or all.', field="NAME")
    figures = importlib.import_module(f"hil.benches.{arguments.name}").run()
    report = {"bench": arguments.name, "machine": _machine(), "figures": figures}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{arguments.name}.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report if arguments.json else figures, indent=2), flush=True)
    sys.stderr.flush()
    os._exit(0)  # pjsip's own end of the process is not wanted


def _in_own_process(name: str) -> int:
    """pjsua lives once in a process."""
    return subprocess.run([sys.executable, "-m", "firmware.cli", "bench", name]).returncode


def _machine() -> dict[str, object]:
    return {"processor": platform.machine(), "cores": os.cpu_count(), "kernel": platform.release()}
