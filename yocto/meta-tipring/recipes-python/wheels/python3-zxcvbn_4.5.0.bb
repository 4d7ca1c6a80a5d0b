# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "zxcvbn"
DESCRIPTION = "zxcvbn, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/dwolfhub/zxcvbn-python"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://zxcvbn-4.5.0.dist-info/LICENSE.txt;md5=3bcfaef208b2324b170691f910ed3f40"

inherit pypi_wheel

PYPI_PACKAGE = "zxcvbn"
PYPI_WHEEL = "zxcvbn-4.5.0-py2.py3-none-any.whl"
SRC_URI[sha256sum] = "2b6eed621612ce6d65e6e4c7455b966acee87d0280e257956b1f06ccc66bd5ff"
