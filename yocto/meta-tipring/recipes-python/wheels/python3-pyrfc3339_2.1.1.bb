# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Generate and parse RFC 3339 timestamps"
DESCRIPTION = "Generate and parse RFC 3339 timestamps, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/kurtraschke/pyrfc3339"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://pyrfc3339-2.1.1.dist-info/licenses/LICENSE.txt;md5=d6df9397fb02a3af16cc225b8371d80c"

inherit pypi_wheel

PYPI_PACKAGE = "pyrfc3339"
PYPI_WHEEL = "pyrfc3339-2.1.1-py3-none-any.whl"
SRC_URI[sha256sum] = "4973172cb8b29c14caca7f76e6a52890d9e59ec2722dd5eb29b7fdd9fda2232f"
