# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "JOSE protocol implementation in Python"
DESCRIPTION = "JOSE protocol implementation in Python, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/certbot/josepy"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://josepy-2.2.0.dist-info/licenses/LICENSE.txt;md5=d2c2a5517cd7fd190a1aa6dfa23abb7a"

inherit pypi_wheel

PYPI_PACKAGE = "josepy"
PYPI_WHEEL = "josepy-2.2.0-py3-none-any.whl"
SRC_URI[sha256sum] = "63e9dd116d4078778c25ca88f880cc5d95f1cab0099bebe3a34c2e299f65d10b"

RDEPENDS:${PN} += "python3-cryptography"
