# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Composable command line interface toolkit"
DESCRIPTION = "Composable command line interface toolkit, as the wheel that Tipring is tested with."
HOMEPAGE = "https://click.palletsprojects.com/page/changes/"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://click-8.5.1.dist-info/licenses/LICENSE.txt;md5=1fa98232fd645608937a0fdc82e999b8"

inherit pypi_wheel

PYPI_PACKAGE = "click"
PYPI_WHEEL = "click-8.5.1-py3-none-any.whl"
SRC_URI[sha256sum] = "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37"
