# SPDX-License-Identifier: GPL-2.0-or-later
"""What the history comes to: figures over any span, and records in the forms that other tools read.

docs/reports.md defines every figure by its formula.
"""
