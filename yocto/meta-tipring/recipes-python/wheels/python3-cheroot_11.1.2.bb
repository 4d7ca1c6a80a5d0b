# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Highly-optimized, pure-python HTTP server"
DESCRIPTION = "Highly-optimized, pure-python HTTP server, as the wheel that Tipring is tested with."
HOMEPAGE = "https://cheroot.cherrypy.dev"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://cheroot-11.1.2.dist-info/LICENSE.md;md5=c4e17b64eab9c128f786f44f0dfb570a"

inherit pypi_wheel

PYPI_PACKAGE = "cheroot"
PYPI_WHEEL = "cheroot-11.1.2-py3-none-any.whl"
SRC_URI[sha256sum] = "0f6c0ba05c00fbc869fb46b1de4ec2384e1d85418ae963d3bc10ae83b688dbfa"

RDEPENDS:${PN} += "python3-jaraco-functools python3-more-itertools"
