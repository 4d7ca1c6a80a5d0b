# SPDX-License-Identifier: GPL-2.0-or-later
SUMMARY = "Tipring, the telephone system: its services"
DESCRIPTION = "Core, edge, web, uplink, archive, board: rooms, units, users and rules of firmware/system/."
SECTION = "net"

inherit tipring_release systemd useradd

do_configure[noexec] = "1"
do_compile[noexec] = "1"

SYSTEM = "${S}/firmware/system"

do_install() {
    install -d ${D}${TIPRING_HOME} ${D}${localstatedir}/lib/tipring ${D}${systemd_system_unitdir} ${D}${bindir}
    for room in firmware drivers board webui build; do
        cp -r --no-preserve=ownership ${S}/$room ${D}${TIPRING_HOME}/
    done
    rm -rf ${D}${TIPRING_HOME}/firmware/system ${D}${TIPRING_HOME}/webui/static
    rm -rf ${D}${TIPRING_HOME}/drivers/lineaudio/native ${D}${TIPRING_HOME}/drivers/lineaudio/build.py

    cp -r --no-preserve=ownership ${SYSTEM}/units/. ${D}${systemd_system_unitdir}/
    install -m 0644 ${SYSTEM}/environment ${SYSTEM}/nftables.conf ${D}${TIPRING_HOME}/
    install -D -m 0644 ${SYSTEM}/default ${D}${sysconfdir}/default/tipring
    install -D -m 0644 ${SYSTEM}/sysusers.conf ${D}${nonarch_libdir}/sysusers.d/tipring.conf
    install -D -m 0644 ${SYSTEM}/tmpfiles.conf ${D}${nonarch_libdir}/tmpfiles.d/tipring.conf
    install -D -m 0644 ${SYSTEM}/udev.rules ${D}${nonarch_base_libdir}/udev/rules.d/60-tipring.rules
    install -D -m 0644 ${SYSTEM}/journald.conf ${D}${nonarch_libdir}/systemd/journald.conf.d/tipring.conf
    install -m 0755 ${S}/scripts/debian/tipring ${D}${bindir}/tipring
    install -d -m 0750 ${D}${sysconfdir}/tipring/firewall.d
    chgrp -R tipring ${D}${sysconfdir}/tipring
}

def tipring_units(d):
    """Units of the product that something starts by itself."""
    import pathlib
    units = pathlib.Path(d.getVar('TIPRING_LAYERDIR')).parent.parent / 'firmware' / 'system' / 'units'
    files = sorted(path for path in units.iterdir() if path.is_file())
    return ' '.join(path.name for path in files if '[Install]' in path.read_text())

SYSTEMD_SERVICE:${PN} = "${@tipring_units(d)}"

# By number, so that what is on the data partition belongs to the same user after an update.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "\
    --system --gid 700 tipring; \
    --system --gid 701 tipring-core; --system --gid 702 tipring-edge; --system --gid 703 tipring-web; \
    --system --gid 704 tipring-uplink; --system --gid 705 tipring-archive; --system --gid 706 tipring-board; \
    --system --gid 707 tipring-gpio \
"
TIPRING_USER = "--system --no-create-home --home-dir ${localstatedir}/lib/tipring --shell /sbin/nologin"
USERADD_PARAM:${PN} = "\
    ${TIPRING_USER} --uid 701 --gid tipring-core tipring-core; \
    ${TIPRING_USER} --uid 702 --gid tipring-edge tipring-edge; \
    ${TIPRING_USER} --uid 703 --gid tipring-web tipring-web; \
    ${TIPRING_USER} --uid 704 --gid tipring-uplink tipring-uplink; \
    ${TIPRING_USER} --uid 705 --gid tipring-archive tipring-archive; \
    ${TIPRING_USER} --uid 706 --gid tipring-board tipring-board \
"

FILES:${PN} += "${TIPRING_HOME} ${systemd_system_unitdir} ${nonarch_libdir} ${nonarch_base_libdir}/udev"
CONFFILES:${PN} = "${sysconfdir}/default/tipring"

# Programs that services start, and that the diagnostics bundle asks; Python packages: requirements/run.in.
RDEPENDS:${PN} += "\
    dahdi-tools \
    iproute2-ip \
    iproute2-ss \
    kamailio \
    libogg \
    libopus \
    nftables \
    openssl-bin \
    procps-ps \
    python3-modules \
    python3-pjsua2 \
    tipring-lineaudio \
"

require python-packages.inc
