# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Python functions for working with SQLite FTS4 search"
DESCRIPTION = "Python functions for working with SQLite FTS4 search, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/simonw/sqlite-fts4"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://sqlite_fts4-1.0.3.dist-info/LICENSE;md5=86d3f3a95c324c9479bd8986968f4327"

inherit pypi_wheel

PYPI_PACKAGE = "sqlite_fts4"
PYPI_WHEEL = "sqlite_fts4-1.0.3-py3-none-any.whl"
SRC_URI[sha256sum] = "0359edd8dea6fd73c848989e1e2b1f31a50fe5f9d7272299ff0e8dbaa62d035f"
