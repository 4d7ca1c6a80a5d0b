# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Low-level CFFI bindings for Argon2"
DESCRIPTION = "Low-level CFFI bindings for Argon2, as the wheel that Tipring is tested with."
HOMEPAGE = "https://tidelift.com/?utm_source=lifter&utm_medium=referral&utm_campaign=hynek"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://argon2_cffi_bindings-26.2.0.dist-info/licenses/LICENSE;md5=3ee3eeb863160c2e6cece695dc3bb188"

inherit pypi_wheel

PYPI_PACKAGE = "argon2_cffi_bindings"
PYPI_WHEEL:x86-64 = "argon2_cffi_bindings-26.2.0-cp310-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl"
SRC_URI[x86-64.sha256sum] = "2d475baecbcb506e40ab1cb05a84c9cc913a8950061a4045fd0ec0eb54aa7fa2"
PYPI_WHEEL:aarch64 = "argon2_cffi_bindings-26.2.0-cp310-abi3-manylinux_2_26_aarch64.manylinux_2_28_aarch64.whl"
SRC_URI[aarch64.sha256sum] = "92d65a0831e78294e19d7297d101eaa871033825ad2aa7cb87af2f706062acd7"

RDEPENDS:${PN} += "python3-cffi"
