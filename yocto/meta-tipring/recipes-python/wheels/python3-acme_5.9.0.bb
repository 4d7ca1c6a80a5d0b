# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "ACME protocol implementation in Python"
DESCRIPTION = "ACME protocol implementation in Python, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/certbot/certbot"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://acme-5.9.0.dist-info/licenses/LICENSE.txt;md5=d2c2a5517cd7fd190a1aa6dfa23abb7a"

inherit pypi_wheel

PYPI_PACKAGE = "acme"
PYPI_WHEEL = "acme-5.9.0-py3-none-any.whl"
SRC_URI[sha256sum] = "a646011d6c7c843d89c91a901a2bf450752621f6431f19851bec1222c94446bd"

RDEPENDS:${PN} += "python3-cryptography python3-josepy python3-pyopenssl python3-pyrfc3339 python3-requests"
