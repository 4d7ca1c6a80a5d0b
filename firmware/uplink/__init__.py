# SPDX-License-Identifier: GPL-2.0-or-later
"""The `tipring-uplink` service: forwards the outbox to the cloud, in order, until the cloud has everything."""
