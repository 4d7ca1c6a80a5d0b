# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "QR Code and Micro QR Code generator for Python"
DESCRIPTION = "QR Code and Micro QR Code generator for Python, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/heuer/segno/blob/master/CHANGES.rst"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://segno-1.6.6.dist-info/licenses/LICENSE;md5=5d59d1644383230a2e3a4dd6bdd05676"

inherit pypi_wheel

PYPI_PACKAGE = "segno"
PYPI_WHEEL = "segno-1.6.6-py3-none-any.whl"
SRC_URI[sha256sum] = "28c7d081ed0cf935e0411293a465efd4d500704072cdb039778a2ab8736190c7"
