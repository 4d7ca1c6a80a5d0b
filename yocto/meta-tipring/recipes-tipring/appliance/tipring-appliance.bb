# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "What makes the image an appliance: the data partition and the boot partition"
DESCRIPTION = "Grows the data partition at the first start, mounts the box's memory from it, and the boot partition for RAUC."
SECTION = "base"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COREBASE}/meta/files/common-licenses/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

SRC_URI = "\
    file://boot-efi.mount \
    file://boot.mount \
    file://tipring-check-data \
    file://tipring-data \
    file://tipring-data.service \
    file://var-lib-tipring.mount \
    file://var-log-journal.mount \
    file://80-tipring.network \
"

S = "${WORKDIR}"

inherit systemd

PACKAGE_ARCH = "${MACHINE_ARCH}"

BOOT_MOUNT = "boot-efi.mount"
BOOT_MOUNT:rpi = "boot.mount"
SYSTEMD_SERVICE:${PN} = "tipring-data.service var-lib-tipring.mount var-log-journal.mount ${BOOT_MOUNT}"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}/data ${D}${systemd_system_unitdir} ${D}${systemd_unitdir}/network
    install -D -m 0755 -t ${D}${libexecdir} ${WORKDIR}/tipring-check-data ${WORKDIR}/tipring-data
    for unit in ${SYSTEMD_SERVICE:${PN}}; do
        install -m 0644 ${WORKDIR}/$unit ${D}${systemd_system_unitdir}
    done
    install -m 0644 ${WORKDIR}/80-tipring.network ${D}${systemd_unitdir}/network
}

FILES:${PN} += "/data ${systemd_unitdir}"
RDEPENDS:${PN} += "e2fsprogs-e2fsck e2fsprogs-resize2fs util-linux-findmnt util-linux-lsblk util-linux-mount util-linux-partx util-linux-sfdisk"
