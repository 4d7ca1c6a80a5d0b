# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "Kernel modules of analog and digital telephony cards"
DESCRIPTION = "DAHDI's core, drivers and software echo cancellers. Firmware of single cards is not free and not in here."
HOMEPAGE = "https://github.com/asterisk/dahdi-linux"
SECTION = "kernel"
LICENSE = "GPL-2.0-only & LGPL-2.1-only"
LIC_FILES_CHKSUM = "\
    file://LICENSE;md5=ea5bed2f60d357618ca161ad539f7c0a \
    file://LICENSE.LGPL;md5=fb504b67c50331fc78734fed90fb0e09 \
"

SRC_URI = "${DEBIAN_MIRROR}/main/d/dahdi-linux/dahdi-linux_${PV}~dfsg.orig.tar.xz"
SRC_URI[sha256sum] = "9b0749b3d2ed694707d907db2204f06aa909cdddea078c68e209f7a932084835"
UPSTREAM_CHECK_URI = "https://github.com/asterisk/dahdi-linux/tags"

S = "${WORKDIR}/dahdi-linux-${PV}"

inherit module

EXTRA_OEMAKE = "\
    KSRC=${STAGING_KERNEL_BUILDDIR} KVERS=${KERNEL_VERSION} HOTPLUG_FIRMWARE=no DAHDI_BUILD_ALL=m DESTDIR=${D} \
"
MODULES_INSTALL_TARGET = "install-modules"

do_install:append() {
    oe_runmake install-include
}

# Cards answer at boot; the modules that a card needs are loaded by its PCI identifier.
KERNEL_MODULE_AUTOLOAD += "dahdi"
FILES:${PN}-dev += "${includedir}/dahdi"
