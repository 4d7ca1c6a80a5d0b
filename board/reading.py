# SPDX-License-Identifier: GPL-2.0-or-later
"""Board profiles from TOML files, checked field by field."""

from __future__ import annotations

import json
import os
import pickle
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from board.board import LEDS, BoardError
from board.profile import Profile

if TYPE_CHECKING:
    from pydantic import ValidationError

FOLDER = Path(__file__).parent / "profiles"
COMPATIBLE = Path("/proc/device-tree/compatible")
DMI = Path("/sys/class/dmi/id/product_name")


def names() -> list[str]:
    """Of the profiles that come with the box."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def read(file: Path) -> Profile:
    """A profile. BoardError names every field that is wrong, one a line."""
    from pydantic import TypeAdapter, ValidationError

    try:
        document = tomllib.loads(file.read_text())
        return TypeAdapter(Profile).validate_json(json.dumps({"name": file.stem, **document}, default=str))
    except OSError as error:
        raise BoardError(f"The board profile {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BoardError(f"The board profile {file} is not TOML: {error}.") from error
    except ValidationError as error:
        raise BoardError("\n".join(_said(file, error))) from error


def _said(file: Path, error: ValidationError) -> Iterable[str]:
    for problem in error.errors():
        parts = [str(part) for part in problem["loc"]]
        path = (
            ".".join(part for part in parts if part != "[key]" and not part.startswith("constrained")) or "the profile"
        )
        known = f" (LEDs are {', '.join(LEDS)})" if "[key]" in parts else ""
        yield f"{file.name}: {path}: {problem['msg'].removeprefix('Value error, ')}{known}"


def load(name: str) -> Profile:
    """A profile of ours by name, or a file of your own by path."""
    if "/" in name:
        return read(Path(name))
    if name not in names():
        known = ", ".join(names())
        raise BoardError(f'There is no board "{name}". Use auto, none, the path of a file, or one of {known}.')
    return read(FOLDER / f"{name}.toml")


def detect(compatible: Path = COMPATIBLE, dmi: Path = DMI) -> Profile | None:
    """The profile of this machine; None when no profile knows it."""
    tree, product = _text(compatible).split("\0"), _text(dmi).strip()
    for name in names():
        profile = load(name)
        if set(tree) & set(profile.matches.device_tree) or product in profile.matches.dmi:
            return profile
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def find(spec: str) -> Profile | None:
    """The profile for "auto", a name or a file; None for "none", and where "auto" knows no such machine. BoardError."""
    if spec == "none":
        return None
    return detect() if spec == "auto" else load(spec)


def find_in_child(spec: str) -> Profile | None:
    """The same, in a process that ends with it: what checks a profile takes 9 MB, which a service would keep."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.close(reader)
        _answer(spec, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    found = pickle.loads(said) if said else BoardError("The board profile could not be read.")  # noqa: S301 - our own
    if isinstance(found, BoardError):
        raise found
    assert found is None or isinstance(found, Profile)
    return found


def _answer(spec: str, writer: int) -> NoReturn:
    try:
        found: object = find(spec)
    except BoardError as error:
        found = error
    finally:
        with os.fdopen(writer, "wb") as answer:
            pickle.dump(found, answer)
        os._exit(0)
