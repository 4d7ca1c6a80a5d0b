# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Python One Time Password Library"
DESCRIPTION = "Python One Time Password Library, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/pyauth/pyotp"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://pyotp-2.12.0.dist-info/licenses/LICENSE;md5=e62bbb2d7cf099a5e9f5c470865e1ed8"

inherit pypi_wheel

PYPI_PACKAGE = "pyotp"
PYPI_WHEEL = "pyotp-2.12.0-py3-none-any.whl"
SRC_URI[sha256sum] = "d66830ab614e857c1e1b810b80384bcf7d437972f1e96625686e128e2e17ff83"
