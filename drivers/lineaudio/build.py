# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles the native part against pjproject and spandsp: `python drivers/lineaudio/build.py PJPROJECT_PREFIX`.

Run as a file: the package cannot be imported before this is done. `--emit FILE` writes the module's C only, for whoever
compiles it for another machine (yocto/).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
NATIVE = HERE / "native"
SOURCES = sorted(str(path) for path in NATIVE.glob("*.c"))


def flags(prefix: Path) -> dict[str, list[str]]:
    """Compiler and linker options for a pjproject installed at `prefix`."""
    command = ["pkg-config", "--cflags", f"--with-path={prefix / 'lib/pkgconfig'}", "libpjproject"]
    cflags = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return {
        "include_dirs": [str(NATIVE)],
        "extra_compile_args": [*cflags, "-O3", "-g1", "-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-parameter"],
        "library_dirs": [str(prefix / "lib")],
        "libraries": ["pjsua", "pjsip", "pjmedia", "pj", "spandsp", "opus", "speexdsp", "asound", "m", "pthread"],
        # RPATH, not RUNPATH: it also counts for what libpjsua itself needs
        "extra_link_args": ["-Wl,--disable-new-dtags", f"-Wl,-rpath,{prefix / 'lib'}"],
    }


def module(**options: list[str]) -> FFI:
    """The module `_lineaudio`: what api.h declares."""
    ffi = FFI()
    ffi.cdef((NATIVE / "api.h").read_text())
    ffi.set_source("drivers.lineaudio._lineaudio", '#include <stdint.h>\n#include "api.h"\n', **options)
    return ffi


def build(prefix: Path, work: Path) -> Path:
    """Compiles `_lineaudio` into this folder; returns its path."""
    ffi = module(sources=SOURCES, **flags(prefix))
    work.mkdir(parents=True, exist_ok=True)
    built = Path(ffi.compile(tmpdir=str(work)))
    target = HERE / built.name
    target.unlink(missing_ok=True)  # a running process may have the old one mapped
    target.write_bytes(built.read_bytes())
    return target


if __name__ == "__main__":
    if sys.argv[1] == "--emit":
        module().emit_c_code(sys.argv[2])
        sys.exit()
    print(build(Path(sys.argv[1]).resolve(), HERE.parent.parent / "build" / "lineaudio"))
