# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "click_default_group"
DESCRIPTION = "click_default_group, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/click-contrib/click-default-group"
LICENSE = "PD"
LIC_FILES_CHKSUM = "file://click_default_group-1.2.4.dist-info/LICENSE;md5=65eba42bf46c44352304fa7df67c632f"

inherit pypi_wheel

PYPI_PACKAGE = "click_default_group"
PYPI_WHEEL = "click_default_group-1.2.4-py2.py3-none-any.whl"
SRC_URI[sha256sum] = "9b60486923720e7fc61731bdb32b617039aba820e22e1c88766b1125592eaa5f"

RDEPENDS:${PN} += "python3-click"
