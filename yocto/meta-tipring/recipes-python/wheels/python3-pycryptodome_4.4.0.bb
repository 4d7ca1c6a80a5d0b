# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Cryptographic library for Python"
DESCRIPTION = "Cryptographic library for Python, as the wheel that Tipring is tested with."
HOMEPAGE = "https://www.pycryptodome.org"
LICENSE = "BSD-2-Clause & Unlicense & MIT"
LIC_FILES_CHKSUM = "file://pycryptodome-4.4.0.dist-info/licenses/LICENSE.rst;md5=a514b4a7ad24677ae50f3becb03404e3 file://pycryptodome-4.4.0.dist-info/licenses/src/mldsa-native/LICENSE;md5=57d860d354e65e10bbeba94c134183ec file://pycryptodome-4.4.0.dist-info/licenses/src/mlkem-native/LICENSE;md5=dbb448df1f0e5005fc53ae44fbac578e"

inherit pypi_wheel

PYPI_PACKAGE = "pycryptodome"
PYPI_WHEEL:x86-64 = "pycryptodome-4.4.0-cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
SRC_URI[x86-64.sha256sum] = "32c1a3d98c93d92c2f2a45d6cc9c79fb8d7552aca1bd9a764209a3309bf6a7b1"
PYPI_WHEEL:aarch64 = "pycryptodome-4.4.0-cp39-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"
SRC_URI[aarch64.sha256sum] = "33e69ac53f745e5d1c8f06dc9b0d43a8236d2026f6de7a19e1a160aa307d933b"
