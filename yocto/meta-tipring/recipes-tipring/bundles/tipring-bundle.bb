# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "An update of the Tipring box, signed"
DESCRIPTION = "The root file system of tipring-image, signed with RAUC_KEY_FILE and RAUC_CERT_FILE: docs/image.md."
SECTION = "images"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COREBASE}/meta/files/common-licenses/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

inherit bundle

RAUC_BUNDLE_COMPATIBLE = "tipring-${MACHINE}"
RAUC_BUNDLE_VERSION = "${DISTRO_VERSION}"
RAUC_BUNDLE_DESCRIPTION = "Tipring ${DISTRO_VERSION}"
RAUC_BUNDLE_FORMAT = "verity"
RAUC_BUNDLE_SLOTS = "rootfs"
RAUC_SLOT_rootfs = "tipring-image"
RAUC_SLOT_rootfs[fstype] = "ext4"
