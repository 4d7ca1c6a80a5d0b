# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIP edge: Kamailio as registrar and first contact of phones, in front of the core.

`python -m firmware.edge` writes Kamailio's configuration from ours and becomes Kamailio. The core meets it by SIP on
loopback, by RPC over a datagram socket (`rpc.py`), and by datagrams that say whose registrations changed (`news.py`).
Which traps were met on the way is told in docs/sip-edge.md.
"""
