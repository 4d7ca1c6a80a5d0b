# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "CLI tool and Python library for manipulating SQLite databases"
DESCRIPTION = "CLI tool and Python library for manipulating SQLite databases, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/simonw/sqlite-utils"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://sqlite_utils-4.2.1.dist-info/licenses/LICENSE;md5=86d3f3a95c324c9479bd8986968f4327"

inherit pypi_wheel

PYPI_PACKAGE = "sqlite_utils"
PYPI_WHEEL = "sqlite_utils-4.2.1-py3-none-any.whl"
SRC_URI[sha256sum] = "7fbaee670713b25eceba05779b844f0895efaf680d9a226fa5ba7dfe165721c5"

RDEPENDS:${PN} += "python3-click python3-click-default-group python3-dateutil python3-pluggy python3-sqlite-fts4 python3-tabulate"
