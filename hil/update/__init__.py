# SPDX-License-Identifier: GPL-2.0-or-later
"""An image box as RAUC sees it: two slots in plain files, a bootloader that counts, the real rauc on its own bus."""
