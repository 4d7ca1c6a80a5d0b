# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor in the core: it collects what `firmware.doctor` judges, from examinations and from every call."""
