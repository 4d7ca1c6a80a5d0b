# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Python version of Google's common library for parsing, formatting, …"
DESCRIPTION = "Python version of Google's common library for parsing, formatting, storing and validating international phone numbers, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/daviddrysdale/python-phonenumbers"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://phonenumbers-9.0.43.dist-info/licenses/LICENSE;md5=e23fadd6ceef8c618fc1c65191d846fa"

inherit pypi_wheel

PYPI_PACKAGE = "phonenumbers"
PYPI_WHEEL = "phonenumbers-9.0.43-py2.py3-none-any.whl"
SRC_URI[sha256sum] = "349bc799f15e010e35bd2c7d28149950ae74479cb1e11fb054ed9a95ecb4b437"
