# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "cryptography is a package which provides cryptographic recipes and …"
DESCRIPTION = "cryptography is a package which provides cryptographic recipes and primitives to Python developers, as the wheel that Tipring is tested with."
HOMEPAGE = "https://cryptography.io/en/latest/changelog/"
LICENSE = "Apache-2.0 | BSD-3-Clause"
LIC_FILES_CHKSUM = "file://cryptography-50.0.2.dist-info/licenses/LICENSE;md5=8c3617db4fb6fae01f1d253ab91511e4 file://cryptography-50.0.2.dist-info/licenses/LICENSE.APACHE;md5=4e168cce331e5c827d4c2b68a6200e1b file://cryptography-50.0.2.dist-info/licenses/LICENSE.BSD;md5=5ae30ba4123bc4f2fa49aa0b0dce887b"

inherit pypi_wheel

PYPI_PACKAGE = "cryptography"
PYPI_WHEEL:x86-64 = "cryptography-50.0.2-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
SRC_URI[x86-64.sha256sum] = "630ebfea3bf689d075f82316324ff7433dc447fe6bc1bfc76524b74b4a9567d2"
PYPI_WHEEL:aarch64 = "cryptography-50.0.2-cp311-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"
SRC_URI[aarch64.sha256sum] = "79def8d059362e7831389ed3be0ecdf58a89386e1271e35dd9f5af84e81bffd0"

RDEPENDS:${PN} += "python3-cffi"
