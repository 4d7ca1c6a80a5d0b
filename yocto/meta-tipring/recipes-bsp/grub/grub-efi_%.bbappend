# SPDX-License-Identifier: GPL-2.0-or-later
# What wic/tipring-grub.cfg uses beyond the usual.
GRUB_BUILDIN:append:tipring = " regexp gzio"
