# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m hil.labgrid [TEST …]`: the kernel bench under labgrid, in an environment made for it in build/hil/."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from hil.kernel import cache, machine
from hil.kernel.guest_run import RESULTS, alone, prepare
from hil.kernel.steps import StepFailed, Unavailable, run, step

HERE = Path(__file__).resolve().parent
VENV = cache.BUILD / "labgrid"


def _ensure_environment() -> Path:
    python = VENV / "bin" / "python"
    if not (VENV / "complete").exists():
        with step("installing labgrid"):
            run(["/usr/bin/python3", "-m", "venv", VENV])
            pip: list[str | Path] = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            run([*pip, "-r", HERE / "requirements.txt"])
            (VENV / "complete").touch()
    return python


def _variables(parts: cache.Parts) -> dict[str, str]:
    return {
        "LG_QEMU": machine.find_qemu(),
        "LG_KERNEL": str(parts.kernel),
        "LG_MEMORY": f"{machine.MEMORY_MB}M",
        "LG_BOOT_ARGS": machine.COMMAND_LINE,
        "LG_EXTRA_ARGS": shlex.join(["-no-shutdown", *machine.options(parts.initramfs, RESULTS, root=parts.root)]),
    }


def main(tests: list[str]) -> int:
    """pytest's exit status; 1 when the bench cannot be prepared."""
    try:
        machine.find_qemu()
        with alone():
            return _run(_ensure_environment(), cache.ensure(), tests)
    except (Unavailable, StepFailed) as error:
        print(f"hil: {error}", file=sys.stderr)
        return 1


def _run(python: Path, parts: cache.Parts, tests: list[str]) -> int:
    prepare(parts, tests)
    command: list[str | Path] = [python, "-m", "pytest", "-c", os.devnull, "--rootdir", HERE, "-v"]
    command += ["--lg-env", HERE / "qemu.yaml", HERE / "test_target.py"]
    environment = {**os.environ, **_variables(parts), "PYTHONPATH": str(cache.PROJECT)}
    return subprocess.run(["nice", "-n", "19", *command], cwd=HERE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
