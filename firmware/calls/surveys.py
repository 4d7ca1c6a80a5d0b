# SPDX-License-Identifier: GPL-2.0-or-later
"""Surveys at the end of calls: offered, heard, kept."""

from __future__ import annotations

import contextlib

from firmware import times
from firmware.calls.call import Call, CallState
from firmware.calls.host import Host
from firmware.calls.leg import Leg, existing
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.scope import Gone, while_present
from firmware.calls.surveying import Surveying
from firmware.config import Queue
from firmware.records import SurveyAnswer
from firmware.store import call_backs as store


async def afterwards(host: Host, call: Call, customer: Leg, queue: Queue) -> None:
    """The agent is gone and the customer still there: the queue's survey, if it has one. Whoever hangs up is done."""
    if queue.survey and host.config.survey(queue.survey) and not customer.gone.done():
        with contextlib.suppress(Gone):
            await hold(host, call, customer, queue.survey)


async def hold(host: Host, call: Call, customer: Leg, name: str) -> None:
    """One survey, once in a call. Gone when the customer hangs up; what was answered until then is kept."""
    survey = existing(host.config.survey(name), f"survey {name}")
    if call.surveyed:
        return
    call.surveyed = True
    call.talk_over()
    async with while_present(customer):
        await customer.answer()
        customer.hear_digits()
        call.became(CallState.SURVEY, "survey_began", survey=name)
        with contextlib.closing(PhoneDialogue(host, customer)) as dialogue:
            asked = Surveying(survey, dialogue)
            try:
                await asked.run()
            finally:
                _keep(host, call, name, asked.scores)


def _keep(host: Host, call: Call, survey: str, scores: dict[str, int | None]) -> None:
    call.note("survey_ended", survey=survey, scores=scores)
    at, cdr = times.now(), call.cdr
    answers = [SurveyAnswer(cdr.id, survey, name, score, at, cdr.queue, cdr.agent) for name, score in scores.items()]
    if answers:
        host.journal.write(store.surveyed, answers, host.config.cloud is not None)
