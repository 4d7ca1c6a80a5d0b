# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring-core: call control, media, ACD and recording in one process. The only real-time one."""
