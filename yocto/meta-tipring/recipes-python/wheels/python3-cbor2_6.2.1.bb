# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "CBOR (de)serializer with extensive tag support"
DESCRIPTION = "CBOR (de)serializer with extensive tag support, as the wheel that Tipring is tested with."
HOMEPAGE = "https://cbor2.readthedocs.io/en/latest/versionhistory.html"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://cbor2-6.2.1.dist-info/licenses/LICENSE.txt;md5=a79e64179819c7ce293372c059f1dbd8"

inherit pypi_wheel

PYPI_PACKAGE = "cbor2"
PYPI_WHEEL:x86-64 = "cbor2-6.2.1-cp312-cp312-manylinux_2_28_x86_64.whl"
SRC_URI[x86-64.sha256sum] = "6a66bf0322d40534b3e8ff838cdaed345a6a707cabc447c8e4266d2b4f69d572"
PYPI_WHEEL:aarch64 = "cbor2-6.2.1-cp312-cp312-manylinux_2_28_aarch64.whl"
SRC_URI[aarch64.sha256sum] = "830c54f5d6581bce628e0c9970f22f1b94069d123ba3c051192e9f3fd5154400"
