# SPDX-License-Identifier: GPL-2.0-or-later
#
# The product, as yocto/release.py packed it: rooms, pages, prompts, catalogs and units in one archive.

LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COREBASE}/meta/files/common-licenses/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

PV = "${DISTRO_VERSION}"

FILESEXTRAPATHS:prepend := "${TIPRING_RELEASE}:"
SRC_URI = "file://tipring.tar.gz"
S = "${WORKDIR}/tipring"

TIPRING_HOME = "${nonarch_libdir}/tipring"
