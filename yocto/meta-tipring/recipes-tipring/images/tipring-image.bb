# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "The Tipring box: a read-only root, twice, and a partition for what it remembers"
DESCRIPTION = "Telephone system, kernel modules of the cards, updates by RAUC. Nobody can log in but on the pages."
SECTION = "images"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COREBASE}/meta/files/common-licenses/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

inherit core-image

IMAGE_INSTALL = "\
    packagegroup-core-boot \
    ca-certificates \
    dahdi-linux \
    dahdi-tools \
    kernel-image \
    kernel-modules \
    rauc \
    tipring-services \
    tipring-appliance \
    tzdata \
    virtual-rauc-conf \
    ${BOOT_INSTALL} \
"
BOOT_INSTALL = "grub-editenv"
BOOT_INSTALL:rpi = "libubootenv-bin u-boot-env"

# A slot is good when tipring-update-check.service has seen it work, not because it started.
BAD_RECOMMENDATIONS += "rauc-mark-good"

# /etc is the image's, with what was changed on the box above it, from the data partition.
IMAGE_FEATURES += "read-only-rootfs overlayfs-etc"
IMAGE_LINGUAS = ""
OVERLAYFS_ETC_MOUNT_POINT = "/data"
OVERLAYFS_ETC_DEVICE = "PARTLABEL=data"
OVERLAYFS_ETC_DEVICE:rpi = "/dev/mmcblk0p4"
OVERLAYFS_ETC_FSTYPE = "ext4"
OVERLAYFS_ETC_MOUNT_OPTIONS = "noatime,errors=remount-ro"
OVERLAYFS_ETC_CREATE_MOUNT_DIRS = "0"
OVERLAYFS_ETC_INIT_TEMPLATE = "${THISDIR}/preinit.sh.in"

# ext4 goes into the bundle; wic is the whole disk, for the first time.
IMAGE_FSTYPES = "ext4 wic.gz wic.bmap"
IMAGE_ROOTFS_EXTRA_SPACE = "16384"
TIPRING_SLOT_MB ?= "768"
IMAGE_ROOTFS_MAXSIZE = "${@int(d.getVar('TIPRING_SLOT_MB')) * 1024}"
WKS_FILE = "tipring-efi.wks.in"
WKS_FILE:rpi = "tipring-rpi.wks.in"
WKS_FILE_DEPENDS:append = " ${BOOT_FILES_DEPENDS}"
BOOT_FILES_DEPENDS = "grub-efi tipring-grubenv"
BOOT_FILES_DEPENDS:rpi = ""
IMAGE_EFI_BOOT_FILES = "grubenv;EFI/BOOT/grubenv"
IMAGE_EFI_BOOT_FILES:rpi = ""
WICVARS:append = " TIPRING_SLOT_MB"
