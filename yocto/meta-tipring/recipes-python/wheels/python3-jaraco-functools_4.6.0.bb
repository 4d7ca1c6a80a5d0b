# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Functools like those found in stdlib"
DESCRIPTION = "Functools like those found in stdlib, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/jaraco/jaraco.functools"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://jaraco_functools-4.6.0.dist-info/licenses/LICENSE;md5=2e21c3f75eb8d9427c8a611a8e83e9d6"

inherit pypi_wheel

PYPI_PACKAGE = "jaraco_functools"
PYPI_WHEEL = "jaraco_functools-4.6.0-py3-none-any.whl"
SRC_URI[sha256sum] = "99e3dc0060c5cbe8fcd1cdb36258e2a65ca40f1566b2033b12abb1bb44dd3c30"

RDEPENDS:${PN} += "python3-more-itertools"
