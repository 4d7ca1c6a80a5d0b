# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "GRUB's first environment: both slots good, A first"
DESCRIPTION = "An environment block (1024 bytes) for the EFI partition, which GRUB and RAUC change afterwards."
SECTION = "bootloaders"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COREBASE}/meta/files/common-licenses/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

inherit deploy nopackages

INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"
do_configure[noexec] = "1"
do_install[noexec] = "1"

GRUBENV = "# GRUB Environment Block\nORDER=A B\nA_OK=1\nA_TRY=0\nB_OK=1\nB_TRY=0\n"

do_compile() {
    { printf '${GRUBENV}'; head -c 1024 /dev/zero | tr '\0' '#'; } | head -c 1024 > ${B}/grubenv
}

do_deploy() {
    install -m 0644 ${B}/grubenv ${DEPLOYDIR}/grubenv
}

addtask deploy after do_compile before do_build
