# SPDX-License-Identifier: GPL-2.0-or-later
"""The `tipring-web` service: pages, REST API, live events. It knows the box through its API and its store only."""
