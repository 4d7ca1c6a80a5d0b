#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the layer without building: `make image-check`, or `python3 yocto/check.py [--layers FOLDER] [STEP …]`.

Steps: lint (oelint-adv), layer (yocto-check-layer), and one for each file of kas/ that names a machine: every task of
the image and of the bundle resolved (`bitbake -n`). FOLDER holds clones of the layers; without it kas fetches them.
Not as root: bitbake refuses that. Output goes to build/yocto/STEP.log; exit 1 when a step fails.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KAS = HERE / "kas"
LAYER = HERE / "meta-tipring"
TARGETS = ("tipring-image", "tipring-bundle")
TOLD = re.compile(r"^(?:NOTE: Tasks Summary|ERROR: |WARNING: |Summary: |INFO: +(?:PASS|FAIL)).*$", re.MULTILINE)


def machines() -> list[str]:
    """Those that have a kas file."""
    return sorted(path.stem for path in KAS.glob("*.yml") if re.search(r"^machine:", path.read_text(), re.MULTILINE))


def repositories() -> dict[str, str]:
    """Name and address of every repository that the kas files name."""
    text = "\n".join(path.read_text() for path in sorted(KAS.glob("*.yml")))
    return dict(re.findall(r"^  ([\w-]+):\n    url: (\S+)$", text, re.MULTILINE))


def environment(work: Path, layers: Path | None) -> dict[str, str]:
    """Where kas and bitbake work; git takes the layers from the folder instead of their addresses."""
    work.mkdir(parents=True, exist_ok=True)
    config = ["[safe]", "\tdirectory = *"]
    if layers:
        for name, url in repositories().items():
            config += [f'[url "{layers / name}"]', f"\tinsteadOf = {url}"]
    (work / "gitconfig").write_text("\n".join(config) + "\n")
    return {
        **os.environ,
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
        "GITCONFIG_FILE": str(work / "gitconfig"),
        "GIT_CONFIG_GLOBAL": str(work / "gitconfig"),
        "KAS_WORK_DIR": str(work),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def step(name: str, command: list[str], work: Path, env: Mapping[str, str], folder: Path = ROOT) -> bool:
    """Runs it, and shows what its output comes to. True when it went well."""
    log = work / f"{name}.log"
    print(f"image-check: {name}: {shlex.join(command)}", flush=True)
    with log.open("w") as file:
        done = subprocess.run(command, cwd=folder, env=dict(env), stdout=file, stderr=subprocess.STDOUT)
    for line in dict.fromkeys(TOLD.findall(log.read_text())):
        print(f"  {line[:300]}")
    print(f"  {'well' if done.returncode == 0 else f'failed, all of it is in {log}'}", flush=True)
    return done.returncode == 0


def lint(work: Path, env: Mapping[str, str]) -> bool:
    """oelint-adv, with nothing to say."""
    files = sorted(str(path.relative_to(HERE)) for pattern in ("*.bb", "*.bbappend") for path in LAYER.rglob(pattern))
    options = ["--release", "scarthgap", "--quiet", "--relpaths", "--jobs", "1", "--constantmods", "+oelint.json"]
    return step("lint", ["oelint-adv", *options, "--", *files], work, env, HERE)


def shell(machine: str, command: str, *more: str) -> list[str]:
    """A command in kas' surroundings for a machine, with more of the kas files."""
    return ["kas", "shell", ":".join(f"{KAS / name}.yml" for name in (machine, "resolve", *more)), "-c", command]


def layer(work: Path, env: Mapping[str, str]) -> bool:
    """yocto-check-layer: with this layer beside them, nothing of the others' changes."""
    others = work / "meta-openembedded"
    parts = ("meta-oe", "meta-python", "meta-multimedia", "meta-networking")
    needed = [*(str(others / part) for part in parts), str(work / "meta-rauc")]
    # Every recipe of the layers is resolved here; meta-rauc's casync needs fuse.
    more = ["--additional-layers", str(others / "meta-filesystems")]
    command = ["yocto-check-layer", str(LAYER), "--no-auto-dependency", "--dependency", *needed, *more]
    own = {**env, "KAS_BUILD_DIR": str(work / "build-layer")}
    return step("layer", shell("qemux86-64", shlex.join(command), "layer"), work, own)


def resolved(machine: str) -> Callable[[Path, Mapping[str, str]], bool]:
    """`bitbake -n` for a machine."""

    def run(work: Path, env: Mapping[str, str]) -> bool:
        own = {**env, "KAS_BUILD_DIR": str(work / f"build-{machine}")}
        return step(machine, shell(machine, shlex.join(["bitbake", "-n", *TARGETS])), work, own)

    return run


def main() -> int:
    """0 when every step went well."""
    steps = {"lint": lint, "layer": layer, **{machine: resolved(machine) for machine in machines()}}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(steps))
    parser.add_argument("--layers", type=Path, help="a folder with clones of the layers")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "yocto", help="where kas and bitbake work")
    chosen = parser.parse_args()
    if unknown := set(chosen.steps) - set(steps):
        parser.error(f"{', '.join(sorted(unknown))}: no such step. There are: {', '.join(steps)}.")
    if os.geteuid() == 0 and set(chosen.steps or steps) != {"lint"}:
        parser.error("bitbake does not run as root. Run this as another user.")
    work = chosen.work.resolve()
    env = environment(work, chosen.layers.resolve() if chosen.layers else None)
    results = [steps[name](work, env) for name in chosen.steps or steps]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
