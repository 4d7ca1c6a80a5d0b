# SPDX-License-Identifier: GPL-2.0-or-later
FILESEXTRAPATHS:prepend:tipring := "${TIPRING_LAYERDIR}/recipes-kernel/linux/files:"
SRC_URI:append:tipring = " file://tipring.cfg"
