# SPDX-License-Identifier: GPL-2.0-or-later
"""The layer's recipes as text, and their shell tasks played into a folder, as bitbake would with the same variables."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAYER = ROOT / "yocto" / "meta-tipring"
RECIPES = sorted(LAYER.glob("recipes-*/**/*.bb"))
# meta/conf/bitbake.conf of scarthgap, with usrmerge, which systemd brings.
FOLDERS = {
    "bindir": "/usr/bin",
    "libexecdir": "/usr/libexec",
    "localstatedir": "/var",
    "nonarch_base_libdir": "/usr/lib",
    "nonarch_libdir": "/usr/lib",
    "sysconfdir": "/etc",
    "systemd_system_unitdir": "/usr/lib/systemd/system",
    "systemd_unitdir": "/usr/lib/systemd",
}
ASSIGNED = re.compile(r'^([\w:-]+) \??= "([^"]*)"$', re.MULTILINE)
# Without root's rights, and without the product's users: bitbake has pseudo and useradd for both.
AS_ANYBODY = 'set -e; umask 022; chgrp() { :; }; bbfatal() { echo "$@" >&2; exit 1; }\n'


def recipe(name: str) -> str:
    """The text of a recipe, its continued lines joined."""
    (path,) = (path for path in RECIPES if path.stem.partition("_")[0] == name)
    return path.read_text().replace("\\\n", " ")


def value(name: str, variable: str) -> str:
    """What a recipe sets a variable to."""
    found = re.search(rf'^{re.escape(variable)} \??\+?= "(.*?)"$', recipe(name), re.MULTILINE)
    assert found, f"{name} does not set {variable}"
    return found[1]


def play(name: str, task: str, given: Mapping[str, str], machine: str = "") -> None:
    """Runs a shell task of a recipe.

    given: what bitbake sets (S, B, D, WORKDIR, MACHINE). machine: an override, as in "rpi".
    KeyError for a variable that nobody sets; CalledProcessError, with its output in stderr, when the task fails.
    """
    text = recipe(name).replace("${PN}", name)
    found = re.search(rf"^{task}\(\) \{{\n(.*?)^\}}$", text, re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no {task}"
    said = _assigned(text, machine)
    script = _expanded(found[1], {**FOLDERS, **said, **given})
    subprocess.run(["sh", "-c", AS_ANYBODY + script], check=True, capture_output=True, text=True)


def _assigned(text: str, machine: str) -> dict[str, str]:
    """Of a recipe and of those classes of this layer that it inherits; an override wins."""
    classes = " ".join(re.findall(r"^inherit (.*)$", text, re.MULTILINE)).split()
    ours = [path.read_text() for path in LAYER.glob("classes-recipe/*.bbclass") if path.stem in classes]
    pairs = [pair for part in (*ours, text) for pair in ASSIGNED.findall(part)]
    overridden = {name.removesuffix(f":{machine}"): said for name, said in pairs if name.endswith(f":{machine}")}
    return dict(pairs) | (overridden if machine else {})


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    while (filled := re.sub(r"\$\{([\w:-]+)\}", lambda found: variables[found[1]], text)) != text:
        text = filled
    return text
