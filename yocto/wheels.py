#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the recipes of the Python packages that no layer of the image has, or has only too old.

    .venv/bin/python yocto/wheels.py

Each is the wheel that requirements/run.txt names by its digest. Packages of FROM_LAYERS come from the layers instead:
add a package there when openembedded-core or meta-python has it new enough (`python3 yocto/check.py` says so), else run
this again. Recipes of packages that are in the lock no more are removed.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "run.txt"
ASKED = ROOT / "requirements" / "run.in"
LAYER = ROOT / "yocto" / "meta-tipring"
RECIPES = LAYER / "recipes-python" / "wheels"
NEEDED = LAYER / "recipes-tipring" / "tipring" / "python-packages.inc"

# Pin: the recipe's name, and its version in the layers' branch scarthgap.
FROM_LAYERS = {
    "annotated-types": ("python3-annotated-types", "0.6.0"),
    "babel": ("python3-babel", "2.14.0"),
    "certifi": ("python3-certifi", "2024.2.2"),
    "charset-normalizer": ("python3-charset-normalizer", "3.3.2"),
    "h11": ("python3-h11", "0.14.0"),
    "idna": ("python3-idna", "3.7"),
    "jinja2": ("python3-jinja2", "3.1.6"),
    "markupsafe": ("python3-markupsafe", "2.1.5"),
    "more-itertools": ("python3-more-itertools", "10.2.0"),
    "pip": ("python3-pip", "24.0"),
    "pluggy": ("python3-pluggy", "1.4.0"),
    "pycparser": ("python3-pycparser", "2.21"),
    "pydantic": ("python3-pydantic", "2.7.4"),
    "pydantic-core": ("python3-pydantic-core", "2.18.4"),
    "pyserial": ("python3-pyserial", "3.5"),
    "python-dateutil": ("python3-dateutil", "2.9.0"),
    "python-periphery": ("python3-periphery", "2.4.1"),
    "requests": ("python3-requests", "2.32.4"),
    "setuptools": ("python3-setuptools", "69.1.1"),
    "tabulate": ("python3-tabulate", "0.9.0"),
    "tomli-w": ("python3-tomli-w", "1.0.0"),
    "urllib3": ("python3-urllib3", "2.2.2"),
    "wsproto": ("python3-wsproto", "1.2.0"),
}
# What a newer version in the lock needs, and the layers' version does not.
NOT_NEEDED = {
    "typing-inspection": "by pydantic from 2.11 on",
    "tzdata": "by python-dateutil from 3 on",
}
NOT_AT_RUN_TIME = {"pip", "setuptools"}

MACHINES = {"x86-64": "x86_64", "aarch64": "aarch64"}
GLIBC = 39  # scarthgap's, 2.39
PYTHON = "3.12"
SUMMARY = 72  # characters
LICENCE_FILES = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
# Where a package's own words are no SPDX expression.
LICENCES = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Public Domain": "PD",
}

SAYS_NOTHING = {"pysnmp": "BSD-2-Clause"}  # by the text of its licence


def pins() -> dict[str, str]:
    """The lock: package to version."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK.read_text(), re.MULTILINE))


def digests(package: str) -> set[str]:
    """The SHA-256 digests that the lock allows for a package."""
    entry = re.search(rf"^{re.escape(package)}==.*?(?=^[a-z])", LOCK.read_text() + "\nz", re.MULTILINE | re.DOTALL)
    return set(re.findall(r"sha256:([0-9a-f]{64})", entry[0])) if entry else set()


def ours() -> dict[str, str]:
    """Packages that get a recipe here: package to version."""
    return {name: version for name, version in pins().items() if name not in FROM_LAYERS and name not in NOT_NEEDED}


def needed() -> str:
    """What the product itself asks for, as its recipe includes it."""
    names = {re.split("[<>=]", line)[0] for line in ASKED.read_text().split() if line[0].isalpha()} - NOT_AT_RUN_TIME
    listed = "".join(f"    {recipe_name(name)} \\\n" for name in sorted(names, key=recipe_name))
    head = "# SPDX-License-Identifier: GPL-2.0-or-later\n# Written by yocto/wheels.py.\n"
    return f'{head}# nooelint: oelint.vars.dependsordered\nRDEPENDS:${{PN}} += "\\\n{listed}"\n'


def recipe_name(package: str) -> str:
    """The recipe that provides a package."""
    return FROM_LAYERS[package][0] if package in FROM_LAYERS else f"python3-{package}"


def recipe(package: str, version: str) -> Path:
    """Where our recipe of a package is."""
    return RECIPES / f"python3-{package}_{version}.bb"


def download(package: str, version: str, machine: str, folder: Path) -> Path:
    """The wheel for a machine, from the registry, by pip. SystemExit when there is none."""
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(17, GLIBC + 1)] + [f"manylinux2014_{machine}"]
    command = [
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "--dest", str(folder),
        "--python-version", PYTHON, *(word for name in platforms for word in ("--platform", name)),
        f"{package}=={version}",
    ]  # fmt: skip
    if subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
        raise SystemExit(f"There is no wheel of {package} {version} for Python {PYTHON} on {machine}.")
    return next(folder.glob("*.whl"))


def checked(package: str, wheel: Path) -> str:
    """The wheel's digest. SystemExit unless it stands in the lock."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest not in digests(package):
        raise SystemExit(f"{wheel.name} has the digest {digest}, which requirements/run.txt does not name.")
    return digest


def metadata(wheel: Path) -> Message:
    """What the package says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def licence(about: Message) -> str:
    """The licence as bitbake writes it: SPDX, with & and |."""
    said = about["License-Expression"] or about["License"] or ""
    if about["Name"] in SAYS_NOTHING:
        return SAYS_NOTHING[about["Name"]]
    if not about["License-Expression"]:
        classifiers = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier", []) if "License ::" in text]
        said = LICENCES.get(said, said)
        if not re.fullmatch(r"[A-Za-z0-9.-]+(?: (?:OR|AND) [A-Za-z0-9.-]+)*", said):
            said = LICENCES.get(classifiers[0], classifiers[0])
    return said.replace(" OR ", " | ").replace(" AND ", " & ")


def licence_files(wheel: Path) -> str:
    """LIC_FILES_CHKSUM: each licence in the wheel, or else its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        info = [name for name in archive.namelist() if ".dist-info/" in name and not name.endswith("/")]
        found = [name for name in info if LICENCE_FILES.search(name.partition("/")[2])]
        found = found or [name for name in info if name.endswith("/METADATA")]
        return " ".join(
            f"file://{name};md5={hashlib.md5(archive.read(name), usedforsecurity=False).hexdigest()}"
            for name in sorted(found)
        )


def needs(about: Message) -> Iterator[str]:
    """The recipes that a package needs at run time."""
    environment = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "extra": ""}
    for line in about.get_all("Requires-Dist", []):
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        if name not in NOT_AT_RUN_TIME and (not requirement.marker or requirement.marker.evaluate(environment)):
            yield recipe_name(name)


def text(package: str, version: str, folder: Path) -> str:
    """A recipe."""
    wheels: dict[str, tuple[Path, str]] = {}
    for override, machine in MACHINES.items():
        (target := folder / override).mkdir()
        wheel = download(package, version, machine, target)
        wheels[override] = (wheel, checked(package, wheel))
    wheel, digest = next(iter(wheels.values()))
    about = metadata(wheel)
    words = " ".join((about["Summary"] or package).split()).rstrip(".").replace('"', "'")
    summary = textwrap.shorten(words, SUMMARY, placeholder=" …")
    home = about["Home-page"] or next(iter(about.get_all("Project-URL", []))).partition(", ")[2]
    lines = [
        "# SPDX-License-Identifier: GPL-2.0-or-later",
        "# Written by yocto/wheels.py.",
        f'SUMMARY = "{summary}"',
        f'DESCRIPTION = "{words}, as the wheel that Tipring is tested with."',
        f'HOMEPAGE = "{home}"',
        f'LICENSE = "{licence(about)}"',
        f'LIC_FILES_CHKSUM = "{licence_files(wheel)}"',
        "",
        "inherit pypi_wheel",
        "",
        f'PYPI_PACKAGE = "{wheel.name.partition("-")[0]}"',
    ]
    if len({wheel.name for wheel, _ in wheels.values()}) == 1:
        lines += [f'PYPI_WHEEL = "{wheel.name}"', f'SRC_URI[sha256sum] = "{digest}"']
    else:
        for override, (wheel, digest) in wheels.items():
            lines += [f'PYPI_WHEEL:{override} = "{wheel.name}"', f'SRC_URI[{override}.sha256sum] = "{digest}"']
    if required := sorted(set(needs(about))):
        lines += ["", f'RDEPENDS:${{PN}} += "{" ".join(required)}"']
    return "\n".join(lines) + "\n"


def main() -> int:
    """Writes what is missing, removes what is no longer wanted."""
    NEEDED.write_text(needed())
    wanted = {recipe(package, version): (package, version) for package, version in ours().items()}
    for old in set(RECIPES.glob("*.bb")) - set(wanted):
        print(f"removed {old.name}")
        old.unlink()
    for path, (package, version) in wanted.items():
        if not path.exists():
            with tempfile.TemporaryDirectory() as folder:
                path.write_text(text(package, version, Path(folder)))
            print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
