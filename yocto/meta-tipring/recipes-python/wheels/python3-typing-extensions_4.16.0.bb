# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Backported and Experimental Type Hints for Python 3.9+"
DESCRIPTION = "Backported and Experimental Type Hints for Python 3.9+, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/python/typing_extensions/issues"
LICENSE = "PSF-2.0"
LIC_FILES_CHKSUM = "file://typing_extensions-4.16.0.dist-info/licenses/LICENSE;md5=fcf6b249c2641540219a727f35d8d2c2"

inherit pypi_wheel

PYPI_PACKAGE = "typing_extensions"
PYPI_WHEEL = "typing_extensions-4.16.0-py3-none-any.whl"
SRC_URI[sha256sum] = "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8"
