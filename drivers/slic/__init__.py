# SPDX-License-Identifier: GPL-2.0-or-later
"""FXS ports made of a SLIC on GPIO lines, and a channel of an ALSA codec for the sound."""
