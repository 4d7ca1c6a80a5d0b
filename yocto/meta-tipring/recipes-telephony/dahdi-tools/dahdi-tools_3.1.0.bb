# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "Tools that configure and test telephony cards"
DESCRIPTION = "dahdi_cfg, dahdi_scan, dahdi_test, fxotune and libtonezone."
HOMEPAGE = "https://github.com/asterisk/dahdi-tools"
SECTION = "console/network"
LICENSE = "GPL-2.0-only & LGPL-2.1-only"
LIC_FILES_CHKSUM = "\
    file://LICENSE;md5=ea5bed2f60d357618ca161ad539f7c0a \
    file://LICENSE.LGPL;md5=fb504b67c50331fc78734fed90fb0e09 \
"

DEPENDS = "dahdi-linux"

SRC_URI = "${DEBIAN_MIRROR}/main/d/dahdi-tools/dahdi-tools_${PV}.orig.tar.gz"
SRC_URI[sha256sum] = "ea852ebd274ee1cc90ff5e4ac84261b0b787b1a74e8b76ad659bc9ec4f77e67e"
UPSTREAM_CHECK_URI = "https://github.com/asterisk/dahdi-tools/tags"

inherit autotools-brokensep pkgconfig

EXTRA_OECONF = "\
    --with-dahdi=${STAGING_DIR_TARGET}${prefix} --with-udevrules=${nonarch_base_libdir}/udev/rules.d \
    --without-newt --without-pcap --without-usb --without-ppp --without-selinux \
"

# Scripts for Perl and bash are of no use to the box: it reads /sys itself.
do_install:append() {
    rm -rf ${D}${datadir}/perl5 ${D}${libdir}/perl5 ${D}${datadir}/dahdi ${D}${sysconfdir}/bash_completion.d
    rm -f ${D}${sbindir}/dahdi_span_* ${D}${sbindir}/dahdi_waitfor_* ${D}${sbindir}/dahdi_hardware ${D}${sbindir}/dahdi_genconf
    rm -f ${D}${sbindir}/lsdahdi ${D}${sbindir}/xpp_* ${D}${sbindir}/twinstar ${D}${sbindir}/dahdi_registration
}

PACKAGES =+ "libtonezone"
FILES:libtonezone += "${libdir}/libtonezone.so.*"
FILES:${PN} += "${nonarch_base_libdir}/udev"
