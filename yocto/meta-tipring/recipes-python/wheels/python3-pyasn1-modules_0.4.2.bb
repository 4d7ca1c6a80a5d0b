# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "A collection of ASN.1-based protocols modules"
DESCRIPTION = "A collection of ASN.1-based protocols modules, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/pyasn1/pyasn1-modules"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://pyasn1_modules-0.4.2.dist-info/licenses/LICENSE.txt;md5=190f79253908c986e6cacf380c3a5f6d"

inherit pypi_wheel

PYPI_PACKAGE = "pyasn1_modules"
PYPI_WHEEL = "pyasn1_modules-0.4.2-py3-none-any.whl"
SRC_URI[sha256sum] = "29253a9207ce32b64c3ac6600edc75368f98473906e8fd1043bd6b5b1de2c14a"

RDEPENDS:${PN} += "python3-pyasn1"
