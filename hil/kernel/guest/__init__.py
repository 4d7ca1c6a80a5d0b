# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs in the guest: tests of drivers.dahdi on the real DAHDI core. Only `make hil` collects them."""
