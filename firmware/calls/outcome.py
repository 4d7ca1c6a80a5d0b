# SPDX-License-Identifier: GPL-2.0-or-later
"""However a call's coroutine ends, its party is let go and its record is concluded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.leg import Failed, Leg
from firmware.calls.scope import Gone, while_present
from firmware.records import Direction, Disposition

log = logging.getLogger(__name__)

_BY_CAUSE = {
    Cause.BUSY: Disposition.BUSY,
    Cause.NO_ANSWER: Disposition.NO_ANSWER,
    Cause.NO_RESPONSE: Disposition.NO_ANSWER,
}


class Overflowed(Exception):
    """The caller waited in vain, and there was nowhere else to go."""


@contextlib.asynccontextmanager
async def concluding(call: Call, caller: Leg) -> AsyncIterator[None]:
    """Turns what ends the block into a disposition and a cause; releases the caller."""
    disposition, cause, by = Disposition.FAILED, Cause.TEMPORARY_FAILURE, "system"
    try:
        yield
        disposition, cause = _disposition(call, Disposition.FAILED), Cause.NORMAL
    except Gone as gone:
        by = "caller" if gone.leg is caller else "callee"
        cause = gone.cause
        if cause is Cause.PREEMPTED:
            by = "system"
        disposition = _disposition(call, _unanswered(call, cause, by))
        if by == "callee" and not call.cdr.answered_at:
            await _tell(caller, cause)
    except Failed as failed:
        cause, disposition = failed.cause, _disposition(call, _BY_CAUSE.get(failed.cause, Disposition.FAILED))
        call.note("failed", cause=int(cause), reason=str(failed))
        log.warning("%s: %s", call.id, failed)
        await _tell(caller, cause)
    except Overflowed:
        cause, disposition = Cause.TIMER_EXPIRED, Disposition.OVERFLOWED
        await _tell(caller, cause)
    except asyncio.CancelledError:
        disposition = _disposition(call, Disposition.FAILED)
        raise
    except Exception as error:
        log.exception("%s: a fault in the box ended this call", call.id)
        call.note("fault", reason=str(error))
    finally:
        call.release(caller, cause)
        call.ended(disposition, cause, by)


def _disposition(call: Call, otherwise: Disposition) -> Disposition:
    if call.outcome:
        return call.outcome
    if call.overflowed:
        return Disposition.OVERFLOWED
    return Disposition.ANSWERED if call.cdr.answered_at else otherwise


def _unanswered(call: Call, cause: Cause, by: str) -> Disposition:
    if by == "callee":
        return _BY_CAUSE.get(cause, Disposition.FAILED)
    if call.cdr.direction == Direction.INBOUND:
        return Disposition.ABANDONED
    return Disposition.NO_ANSWER


async def _tell(caller: Leg, cause: Cause) -> None:
    """A tone or a response: never silence."""
    with contextlib.suppress(Gone, Failed):
        async with while_present(caller):
            await caller.refuse(cause)
