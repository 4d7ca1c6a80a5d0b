# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of the guest: what it is given, what it says, and the verdict on each of its tests."""

from __future__ import annotations

import ast
import fcntl
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from firmware.store import migrations
from hil.g168 import composite_source
from hil.g711 import encode
from hil.kernel import cache, machine
from hil.kernel.steps import StepFailed, Unavailable, run, say, step
from hil.update.maker import Maker

RESULTS = cache.BUILD / "results"
FOLDER = cache.PROJECT / "hil/kernel/guest"
SHARED = "tests/line_pair"  # what runs on simulated copper, too


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one test: "passed", "failed" or "skipped", and why."""

    outcome: str
    text: str
    guest_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: the verdicts by "file::test", and the host's seconds."""

    verdicts: dict[str, Verdict]
    console: str
    kernel_log: str
    seconds: float
    timed_out: bool


def run_guest(arguments: Sequence[str] = ()) -> Run:
    """Makes what is missing, boots, and reads the results. Unavailable or StepFailed where that cannot be."""
    machine.find_qemu()
    with alone():
        parts = cache.ensure()
        prepare(parts, arguments)
        compile_ahead(files())
        with step("running the guest"):
            ended = machine.boot(parts, RESULTS, lambda line: say(f"| {line}"))
    return Run(verdicts(RESULTS / "junit.xml"), ended.console, _kernel_log(), ended.seconds, ended.timed_out)


def exit_status(bench: Callable[[], Run]) -> int:
    """Of a bench that is run by hand: 0 when every test passed."""
    try:
        run = bench()
    except (Unavailable, StepFailed) as error:
        print(f"hil: {error}", file=sys.stderr)
        return 1
    return 0 if run.verdicts and all(verdict.outcome == "passed" for verdict in run.verdicts.values()) else 1


@contextmanager
def alone() -> Iterator[None]:
    """Holds the bench of this checkout. StepFailed when another run has it."""
    cache.BUILD.mkdir(parents=True, exist_ok=True)
    with (cache.BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StepFailed(
                "another run of the kernel bench is under way in this checkout; wait for its end"
            ) from None
        yield


def prepare(parts: cache.Parts, arguments: Sequence[str]) -> None:
    """Empties the share of results, and puts in it what the guest is to load and to run (nothing named: all)."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    (RESULTS / "modules").mkdir(parents=True)
    for number, module in enumerate(parts.modules):
        shutil.copy(module, RESULTS / "modules" / f"{number:02}-{module.name.lstrip('0123456789-')}")
    wanted = arguments or [str(file.relative_to(cache.PROJECT)) for file in files()]
    (RESULTS / "arguments").write_text("\n".join(wanted))
    for database in migrations.VERSIONS:  # the guest would take half a minute for it
        migrations.ensure(RESULTS / "box" / database)
    (RESULTS / "composite_source.ulaw").write_bytes(encode(composite_source(2.5, -10), "ulaw"))
    _make_bundles(RESULTS / "bundles")


def _make_bundles(folder: Path) -> None:
    """One of a maker whom the guest's box trusts, one of another. Unavailable without RAUC."""
    for command, package in (("rauc", "rauc"), ("mksquashfs", "squashfs-tools")):
        if not shutil.which(command):
            raise Unavailable(f"{command} is not here. Install it: apt-get install --no-install-recommends {package}")
    folder.mkdir()
    for name in ("maker", "stranger"):
        Maker(folder / name).bundle("0.2.0", form="verity")


def compile_ahead(tests: Sequence[Path]) -> None:
    """Byte code for the guest, which is 16 times slower at making it, and may not write it."""
    python = cache.PROJECT / ".venv" / "bin" / "python"
    run([python, "-m", "compileall", "-q", "firmware", "drivers", "hil"], cwd=cache.PROJECT)
    if not tests:
        return
    with suppress(StepFailed):  # pytest's own byte code of the tests; the guest says better what is wrong with one
        run([python, "-m", "pytest", "-o", "addopts=", "-q", "--collect-only", *tests], cwd=cache.PROJECT)


def files() -> list[Path]:
    """What the guest runs, in this order: loading first, unloading last, the shared ones after loading."""
    first, *others = sorted(FOLDER.glob("test_*.py"))
    return [first, *sorted((cache.PROJECT / SHARED).glob("test_*.py")), *others]


def _kernel_log() -> str:
    file = RESULTS / "dmesg.txt"
    return file.read_text(errors="replace") if file.exists() else ""


def verdicts(file: Path) -> dict[str, Verdict]:
    """From pytest's JUnit XML; none when the guest did not get that far."""
    if not file.exists():
        return {}
    found = {}
    for case in ElementTree.parse(file).iter("testcase"):  # noqa: S314 - our own guest wrote it
        name = f"{case.get('classname', '').rpartition('.')[2]}.py::{case.get('name')}"
        found[name] = _verdict(case)
    return found


def _verdict(case: ElementTree.Element) -> Verdict:
    seconds = float(case.get("time", "0"))
    for kind, outcome in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        if (found := case.find(kind)) is not None:
            return Verdict(outcome, f"{found.get('message', '')}\n{found.text or ''}".strip(), seconds)
    return Verdict("passed", "", seconds)


def written_tests(files: Sequence[Path]) -> list[str]:
    """ "file.py::test" of what the guest should run, read from its files without importing them."""
    return [
        f"{file.name}::{node.name}"
        for file in files
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
