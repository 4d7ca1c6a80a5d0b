# SPDX-License-Identifier: GPL-2.0-or-later
"""The box as it is delivered: Debian, our package, systemd, the kernel bench's card of line pairs, booted in QEMU."""
