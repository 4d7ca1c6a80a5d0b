# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.uplink --state DIR`"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from types import FrameType

from firmware import logs, service
from firmware.errors import TipringError
from firmware.store import damage
from firmware.uplink.alarms import AlarmSender
from firmware.uplink.box_watch import BoxWatch
from firmware.uplink.forwarder import UNREACHABLE_S, Forwarder
from firmware.uplink.mail import Mailer
from firmware.uplink.report_mail import ReportMailer
from firmware.uplink.smdr import SmdrSender
from firmware.uplink.webhooks import WebhookSender

log = logging.getLogger("uplink")


def _stop(number: int, frame: FrameType | None) -> None:
    """Leaves at once, wherever it is: what was not acknowledged is in the outbox and is sent again."""
    raise SystemExit(0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m firmware.uplink", description="Forwards the outbox to the cloud.")
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    parser.add_argument(
        "--unreachable-after",
        metavar="SECONDS",
        type=float,
        default=UNREACHABLE_S,
        help="until a silent cloud is an alarm",
    )
    arguments = parser.parse_args()
    service.log_to_stderr("uplink")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "uplink"):
            logs.keep(state, "uplink")
            forwarder = Forwarder(state, arguments.unreachable_after)
            Mailer(state).start()
            SmdrSender(state).start()
            ReportMailer(state).start()
            WebhookSender(state).start()
            damage.end_when_replaced(state / "history.db")
            AlarmSender(state).start()
            BoxWatch(state).start()
            service.notify("READY=1")
            forwarder.run()
    except TipringError as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
