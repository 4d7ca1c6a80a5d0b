# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "SIP server: first contact of SIP phones"
DESCRIPTION = "Kamailio with the modules that firmware/edge/kamailio.cfg.in loads, in the version that Tipring is tested with."
HOMEPAGE = "https://www.kamailio.org"
SECTION = "console/network"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=54668ca1c6d150bfd789dc41826880c4"

DEPENDS = "bison-native curl flex-native libunistring libxml2 openssl sqlite3"

SRC_URI = "${DEBIAN_MIRROR}/main/k/kamailio/kamailio_${PV}.orig.tar.gz"
SRC_URI[sha256sum] = "2a45e561895f38e933993662dd67f60c6821efc1ba6e50b4559e152c22ff4526"
UPSTREAM_CHECK_URI = "https://www.kamailio.org/pub/kamailio/"

inherit pkgconfig

KAMAILIO_MODULES = "\
    auth auth_db cfgutils corex db_sqlite htable jsonrpcs kex maxfwd nathelper permissions pike presence \
    presence_dialoginfo presence_mwi pv registrar rr sanity siputils sl textops tls tm tmx usrloc websocket xhttp xlog \
"
EXTRA_OEMAKE = "\
    CROSS_COMPILE=${TARGET_PREFIX} ARCH=${TARGET_ARCH} OS=linux 'CC=${CC}' 'LD=${CC}' 'CC_EXTRA_OPTS=${CFLAGS}' \
    'LD_EXTRA_OPTS=${LDFLAGS}' PREFIX=${prefix} LIBDIR=${baselib} cfg_target=${sysconfdir}/kamailio/ \
    BASEDIR=${D} RUNBASEDIR= quiet=verbose \
    XML2CFG=true LOCALBASE=${STAGING_DIR_TARGET}${prefix} SYSBASE=${STAGING_DIR_TARGET}${prefix} \
"

do_configure() {
    oe_runmake 'include_modules=${KAMAILIO_MODULES}' \
        'modules=${@' '.join('modules/' + name for name in d.getVar('KAMAILIO_MODULES').split())}' cfg
}

do_compile() {
    oe_runmake all
}

do_install() {
    oe_runmake install-bin install-every-module
    install -d ${D}${datadir}/kamailio/db_sqlite
    install -m 0644 ${S}/utils/kamctl/db_sqlite/standard-create.sql \
        ${S}/utils/kamctl/db_sqlite/presence-create.sql ${D}${datadir}/kamailio/db_sqlite
}
