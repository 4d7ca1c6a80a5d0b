# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "SIP, media and NAT traversal library, with Tipring's settings"
DESCRIPTION = "Shared libraries without video and sound devices, and the pjsua2 module for Python."
HOMEPAGE = "https://www.pjsip.org"
SECTION = "libs"
LICENSE = "GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://COPYING;md5=b234ee4d69f5fce4486a80fdaf4a4263"

DEPENDS = "libopus libsrtp openssl speex speexdsp swig-native util-linux-libuuid"

# The source is the component of Debian's source package of asterisk that scripts/pjproject/cache.py takes as well.
DEBIAN_ASTERISK = "asterisk_22.10.1+dfsg+~cs6.17.60671434"
# The settings are the product's own file: there is no second one.
FILESEXTRAPATHS:prepend := "${THISDIR}/../../../../scripts/pjproject:"
# nooelint: oelint.vars.downloadfilename
SRC_URI = "\
    ${DEBIAN_MIRROR}/main/a/asterisk/${DEBIAN_ASTERISK}.orig-Xpjproject.tar.xz \
    file://config_site.h \
    file://edits.sh \
"
SRC_URI[sha256sum] = "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa"
UPSTREAM_CHECK_URI = "https://github.com/pjsip/pjproject/tags"

S = "${WORKDIR}/pjsip-pjproject-6852b24"
B = "${S}"

inherit pkgconfig setuptools3-base

# Those of scripts/pjproject/build.sh; gsm differs: no layer has libgsm, and config_site.h turns the codec off.
EXTRA_OECONF = "\
    --enable-shared --enable-epoll \
    --disable-gsm-codec --with-external-speex --with-external-srtp --enable-speex-resample \
    --disable-speex-aec --disable-ilbc-codec --disable-g7221-codec --disable-libwebrtc --disable-libwebrtc-aec3 \
    --disable-upnp --disable-video --disable-sound --disable-bcg729 --disable-silk --disable-opencore-amr \
"

CFLAGS += "-DNDEBUG -fno-omit-frame-pointer"
CXXFLAGS += "-DNDEBUG"
PARTS = "pjlib pjlib-util pjmedia pjsip pjnath"

do_configure() {
    cp ${WORKDIR}/config_site.h ${S}/pjlib/include/pj/config_site.h
    cd ${S} && sh ${WORKDIR}/edits.sh
    ./configure --build=${BUILD_SYS} --host=${HOST_SYS} --prefix=${prefix} --libdir=${libdir} \
        --includedir=${includedir} ${EXTRA_OECONF}
}

do_compile() {
    oe_runmake -j1 dep
    oe_runmake lib

    cd ${S}/pjsip-apps/src/swig/python
    includes=""
    for part in ${PARTS}; do includes="$includes -I${S}/$part/include"; done
    swig $includes -c++ -w312 -threads -builtin -python -o pjsua2_wrap.cpp ../pjsua2.i
    libraries=""
    for part in ${PARTS}; do libraries="$libraries -L${S}/$part/lib"; done
    ${CXX} ${CXXFLAGS} -Os -w -fPIC -shared ${LDFLAGS} -DPJ_AUTOCONF=1 $includes \
        -I${STAGING_INCDIR}/${PYTHON_DIR}${PYTHON_ABI} pjsua2_wrap.cpp -o _pjsua2.so $libraries \
        -lpjsua2 -lpjsua -lpjsip-ua -lpjsip-simple -lpjsip -lpjmedia -lpjnath -lpjlib-util -lpj
}

do_install() {
    oe_runmake install DESTDIR=${D}
    rm -f ${D}${libdir}/*.a
    install -d ${D}${PYTHON_SITEPACKAGES_DIR}
    install -m 0755 ${S}/pjsip-apps/src/swig/python/_pjsua2.so ${D}${PYTHON_SITEPACKAGES_DIR}
    install -m 0644 ${S}/pjsip-apps/src/swig/python/pjsua2.py ${D}${PYTHON_SITEPACKAGES_DIR}
}

PACKAGES =+ "python3-pjsua2"
FILES:python3-pjsua2 += "${PYTHON_SITEPACKAGES_DIR}"
RDEPENDS:python3-pjsua2 = "python3-core"
RDEPENDS:${PN}:remove = "python3-core"
