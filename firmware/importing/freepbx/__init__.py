# SPDX-License-Identifier: GPL-2.0-or-later
"""FreePBX: its backups (15 and later: one JSON file for each module, `modulejson/*.json`) and CSV of its Bulk Handler.

What stands in them was read in the sources of its modules core, queues, ivr, ringgroups, timeconditions, voicemail, cdr
and bulkhandler (release 16 and 17).
"""
