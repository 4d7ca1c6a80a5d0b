# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Fast and simple WSGI-framework for small web-applications"
DESCRIPTION = "Fast and simple WSGI-framework for small web-applications, as the wheel that Tipring is tested with."
HOMEPAGE = "http://bottlepy.org/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://bottle-0.13.4.dist-info/licenses/LICENSE;md5=8740fee0ffaa1364bffd091f9d316bbf"

inherit pypi_wheel

PYPI_PACKAGE = "bottle"
PYPI_WHEEL = "bottle-0.13.4-py2.py3-none-any.whl"
SRC_URI[sha256sum] = "045684fbd2764eac9cdeb824861d1551d113e8b683d8d26e296898d3dd99a12e"
