# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Argon2 for Python"
DESCRIPTION = "Argon2 for Python, as the wheel that Tipring is tested with."
HOMEPAGE = "https://argon2-cffi.readthedocs.io/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://argon2_cffi-25.1.0.dist-info/licenses/LICENSE;md5=e91e96ef55f45fe9caf7fc3e73672c4b"

inherit pypi_wheel

PYPI_PACKAGE = "argon2_cffi"
PYPI_WHEEL = "argon2_cffi-25.1.0-py3-none-any.whl"
SRC_URI[sha256sum] = "fdc8b074db390fccb6eb4a3604ae7231f219aa669a2652e0f20e16ba513d5741"

RDEPENDS:${PN} += "python3-argon2-cffi-bindings"
