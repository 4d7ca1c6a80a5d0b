# SPDX-License-Identifier: GPL-2.0-or-later
FILESEXTRAPATHS:prepend:tipring := "${THISDIR}/files:"
