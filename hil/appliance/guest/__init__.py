# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs inside the appliance, beside the services."""
