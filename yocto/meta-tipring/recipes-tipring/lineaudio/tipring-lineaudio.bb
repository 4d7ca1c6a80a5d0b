# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "Tipring's native audio: lines, detectors, recorders, the clock"
DESCRIPTION = "The C extension of drivers/lineaudio, on pjmedia and spandsp. No Python runs in the audio path."
SECTION = "libs"

DEPENDS = "alsa-lib libopus pjproject python3-cffi-native spandsp speexdsp"

inherit tipring_release pkgconfig setuptools3-base

do_compile() {
    nativepython3 ${S}/drivers/lineaudio/build.py --emit ${B}/_lineaudio.c
    ${CC} ${CFLAGS} -O3 -std=gnu11 -fPIC -shared ${LDFLAGS} -I${S}/drivers/lineaudio/native \
        -I${STAGING_INCDIR}/${PYTHON_DIR}${PYTHON_ABI} $(pkg-config --cflags libpjproject) \
        ${B}/_lineaudio.c ${S}/drivers/lineaudio/native/*.c -o ${B}/_lineaudio.so \
        -lpjsua -lpjsip -lpjmedia -lpj -lspandsp -lopus -lspeexdsp -lasound -lm -lpthread
}

do_install() {
    install -D -m 0755 ${B}/_lineaudio.so ${D}${TIPRING_HOME}/drivers/lineaudio/_lineaudio.so
}

FILES:${PN} += "${TIPRING_HOME}/drivers/lineaudio/_lineaudio.so"
RDEPENDS:${PN} += "python3-cffi"
