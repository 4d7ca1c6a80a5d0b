# SPDX-License-Identifier: GPL-2.0-or-later
"""What other telephone systems know, taken over: docs/importing.md.

`uploads` finds the files, parsers make one `Plan` of them, `merging` makes a document of it and of the one in force.
Nothing here trusts what it reads: everything is bounded, nothing is unpacked to the disk, and the box runs it in a
process of its own.
"""
