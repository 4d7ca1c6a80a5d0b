# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Python wrapper module around the OpenSSL library"
DESCRIPTION = "Python wrapper module around the OpenSSL library, as the wheel that Tipring is tested with."
HOMEPAGE = "https://pyopenssl.org/"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://pyopenssl-26.4.0.dist-info/licenses/LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

inherit pypi_wheel

PYPI_PACKAGE = "pyopenssl"
PYPI_WHEEL = "pyopenssl-26.4.0-py3-none-any.whl"
SRC_URI[sha256sum] = "f0eb0cb2d581d3ad2b9c489468485e7f2ab6727d08401bcf9d824c3caddf3c1c"

RDEPENDS:${PN} += "python3-cryptography python3-typing-extensions"
