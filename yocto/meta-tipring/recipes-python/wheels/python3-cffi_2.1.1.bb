# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Foreign Function Interface for Python calling C code"
DESCRIPTION = "Foreign Function Interface for Python calling C code, as the wheel that Tipring is tested with."
HOMEPAGE = "https://cffi.readthedocs.io/"
LICENSE = "MIT-0"
LIC_FILES_CHKSUM = "file://cffi-2.1.1.dist-info/licenses/LICENSE;md5=c0158ab9b75875f3bb7fea081d388818"

inherit pypi_wheel

PYPI_PACKAGE = "cffi"
PYPI_WHEEL:x86-64 = "cffi-2.1.1-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
SRC_URI[x86-64.sha256sum] = "c1453022f490d2459a11819d83ad1d586e9ff65a12ac3e705ffebd46d3685dcf"
PYPI_WHEEL:aarch64 = "cffi-2.1.1-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"
SRC_URI[aarch64.sha256sum] = "68e62fe11f30d5ca8289242866f0a5291402d8529ca2178ab8afc5c9694ae890"

RDEPENDS:${PN} += "python3-pycparser"
