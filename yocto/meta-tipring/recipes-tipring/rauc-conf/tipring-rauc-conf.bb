# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "RAUC's slots on this machine, and whose bundles it takes"
DESCRIPTION = "system.conf with the slots of docs/update.md, and the keyring given as RAUC_KEYRING_FILE."
SECTION = "base"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COREBASE}/meta/files/common-licenses/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

SRC_URI = "file://system.conf.in"

S = "${WORKDIR}"
B = "${WORKDIR}/build"

PACKAGE_ARCH = "${MACHINE_ARCH}"
RPROVIDES:${PN} += "virtual-rauc-conf"

RAUC_KEYRING_FILE ??= ""
do_install[file-checksums] += "${@d.getVar('RAUC_KEYRING_FILE') + ':True' if d.getVar('RAUC_KEYRING_FILE') else ''}"

BOOTLOADER = "bootloader=grub\ngrubenv=/boot/efi/EFI/BOOT/grubenv"
BOOTLOADER:rpi = "bootloader=uboot"
SLOT_A = "/dev/disk/by-partlabel/rootfs.0"
SLOT_B = "/dev/disk/by-partlabel/rootfs.1"
SLOT_A:rpi = "/dev/mmcblk0p2"
SLOT_B:rpi = "/dev/mmcblk0p3"

do_compile() {
    sed -e 's#@COMPATIBLE@#tipring-${MACHINE}#' -e 's#@BOOTLOADER@#${BOOTLOADER}#' \
        -e 's#@SLOT_A@#${SLOT_A}#' -e 's#@SLOT_B@#${SLOT_B}#' ${WORKDIR}/system.conf.in > ${B}/system.conf
}

do_install() {
    if [ -z "${RAUC_KEYRING_FILE}" ]; then
        bbfatal "RAUC_KEYRING_FILE names no keyring: the certificate of who may sign updates. See docs/image.md."
    fi
    install -d ${D}${sysconfdir}/rauc
    install -m 0644 ${B}/system.conf ${D}${sysconfdir}/rauc/
    install -m 0644 ${RAUC_KEYRING_FILE} ${D}${sysconfdir}/rauc/keyring.pem
}
