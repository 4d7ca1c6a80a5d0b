# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Pure-Python implementation of ASN.1 types and DER/BER/CER codecs (X.208)"
DESCRIPTION = "Pure-Python implementation of ASN.1 types and DER/BER/CER codecs (X.208), as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/pyasn1/pyasn1"
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://pyasn1-0.6.5.dist-info/licenses/LICENSE.rst;md5=190f79253908c986e6cacf380c3a5f6d"

inherit pypi_wheel

PYPI_PACKAGE = "pyasn1"
PYPI_WHEEL = "pyasn1-0.6.5-py3-none-any.whl"
SRC_URI[sha256sum] = "4017b0fce125096b8573b39c989fdb1a4b19cf761e683398184550fea0e66587"
