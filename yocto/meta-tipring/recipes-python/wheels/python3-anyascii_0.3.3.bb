# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Unicode to ASCII transliteration"
DESCRIPTION = "Unicode to ASCII transliteration, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/anyascii/anyascii/blob/master/CHANGELOG.md"
LICENSE = "ISC"
LIC_FILES_CHKSUM = "file://anyascii-0.3.3.dist-info/licenses/LICENSE;md5=d8867c59251ee3f93af362590e23a2c6"

inherit pypi_wheel

PYPI_PACKAGE = "anyascii"
PYPI_WHEEL = "anyascii-0.3.3-py3-none-any.whl"
SRC_URI[sha256sum] = "f5ab5e53c8781a36b5a40e1296a0eeda2f48c649ef10c3921c1381b1d00dee7a"
