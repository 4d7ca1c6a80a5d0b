# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Pythonic WebAuthn"
DESCRIPTION = "Pythonic WebAuthn, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/duo-labs/py_webauthn"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://webauthn-3.0.1.dist-info/licenses/LICENSE;md5=0b1f4aae6c06aac1ca1fd33b0eadbbc8"

inherit pypi_wheel

PYPI_PACKAGE = "webauthn"
PYPI_WHEEL = "webauthn-3.0.1-py3-none-any.whl"
SRC_URI[sha256sum] = "9927b2f530773bd1d7f8194cd643a2e634a20995ea31f2d8f7a3e70b11c93e31"

RDEPENDS:${PN} += "python3-cbor2 python3-cryptography python3-pyasn1 python3-pyasn1-modules python3-pyopenssl"
