# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "A Python library for SNMP"
DESCRIPTION = "A Python library for SNMP, as the wheel that Tipring is tested with."
HOMEPAGE = "https://pysnmp.com"
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://pysnmp-7.1.30.dist-info/licenses/LICENSE.rst;md5=57ee828406c11080ad9bd7eabdc5ae1b"

inherit pypi_wheel

PYPI_PACKAGE = "pysnmp"
PYPI_WHEEL = "pysnmp-7.1.30-py3-none-any.whl"
SRC_URI[sha256sum] = "1f648b7e38fc400e63b493a45d06581d837d07cddd901e6dc9c45be03e9ed685"

RDEPENDS:${PN} += "python3-pyasn1"
