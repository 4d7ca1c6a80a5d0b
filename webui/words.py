# SPDX-License-Identifier: GPL-2.0-or-later
"""The box's states, causes and codes in words people read. The codes are those of docs/reference."""

from __future__ import annotations

from webui.i18n import N_

WORDS: dict[str, dict[str, str]] = {
    "direction": {"inbound": N_("Inbound"), "outbound": N_("Outbound"), "internal": N_("Internal")},
    "port": {
        "idle": N_("Idle"),
        "ringing": N_("Ringing"),
        "in_use": N_("In use"),
        "no_battery": N_("No line"),
        "fault": N_("Fault"),
        "unplugged": N_("Unplugged"),
    },
    "call": {
        "ringing": N_("Ringing"),
        "greeting": N_("Greeting"),
        "waiting": N_("Waiting"),
        "offered": N_("Offered"),
        "talking": N_("Talking"),
        "dialling": N_("Dialling"),
        "ending": N_("Ending"),
    },
    "agent": {
        "available": N_("Available"),
        "offered": N_("Being rung"),
        "on_call": N_("On a call"),
        "wrap_up": N_("Wrap-up"),
        "paused": N_("Paused"),
        "logged_out": N_("Logged out"),
        "unavailable": N_("Phone not reachable"),
    },
    "disposition": {
        "answered": N_("Answered"),
        "abandoned": N_("Abandoned"),
        "no_answer": N_("No answer"),
        "busy": N_("Busy"),
        "failed": N_("Failed"),
        "voicemail": N_("Voicemail"),
        "overflowed": N_("Overflowed"),
        "going_on": N_("Going on"),
    },
    "recording": {"recording": N_("Recording"), "ready": N_("Ready"), "failed": N_("Cut short")},
    "party": {"caller": N_("Caller"), "callee": N_("Called party"), "system": N_("The box")},
    "hearing": {
        "silence": N_("Silence"),
        "speech": N_("Speech or music"),
        "dial_tone": N_("Dial tone"),
        "dial": N_("Dial tone"),
        "stutter": N_("Special dial tone"),
        "ringback": N_("Ringing tone"),
        "busy": N_("Busy tone"),
        "congestion": N_("Congestion tone"),
        "call_waiting": N_("Call-waiting tone"),
        "unobtainable": N_("Number-unobtainable tone"),
    },
    "trail": {
        "ringing": N_("Line rang"),
        "caller_id": N_("Caller ID read"),
        "caller_id_damaged": N_("Caller ID came damaged"),
        "call_waiting": N_("Another caller waits"),
        "greeting": N_("Greeting played"),
        "dialling": N_("Dialled"),
        "queued": N_("Entered the queue"),
        "offered": N_("Offered to an agent"),
        "not_answered": N_("Not taken by the agent"),
        "answered": N_("Answered"),
        "recording_began": N_("Recording began"),
        "trunk_tried": N_("Way out tried"),
        "trunk_failed": N_("Way out failed"),
        "trunk_skipped": N_("Way out is down, tried last"),
        "provider_failed": N_("Address of the provider failed"),
        "redirected": N_("Sent on by the provider"),
        "redirection_refused": N_("Sending on refused"),
        "sound_lost": N_("Nothing heard any more"),
        "fax_passed_through": N_("Changed to G.711 for fax"),
        "identity": N_("What the provider says of the number"),
        "overflowed": N_("Overflowed"),
        "failed": N_("Failed"),
        "fault": N_("Fault"),
        "recovered": N_("Cut short by a restart; the record was saved"),
        "progress": N_("Heard from the line"),
        "hung_up": N_("The line told that the far end hung up"),
        "ended": N_("Ended"),
        "held": N_("Put on hold"),
        "resumed": N_("Taken off hold"),
        "consulted": N_("Somebody else consulted"),
        "consultation_failed": N_("Somebody else could not be reached"),
        "conference": N_("All brought together"),
        "transfer_began": N_("Hand-over began"),
        "transferred": N_("Handed over"),
        "recalled": N_("Called back"),
        "came_back": N_("Came back"),
        "parked": N_("Parked"),
        "retrieved": N_("Taken from parking"),
        "merged": N_("Merged into another call"),
        "supervised": N_("Supervised"),
        "emergency": N_("Emergency call"),
        "cut_for_emergency": N_("Cut: the line was needed for an emergency call"),
        "line_taken": N_("Line taken from another call"),
        "line_failed": N_("Line failed"),
        "desk_told": N_("Desk told"),
        "desk_not_told": N_("Desk not told"),
        "unlocked": N_("Allowed by PIN"),
        "disa": N_("Called on from outside"),
        "cut_by_limit": N_("Cut by a limit against toll fraud"),
    },
    "sign": {
        "battery": N_("Battery drop"),
        "polarity": N_("Polarity reversal"),
        "busy": N_("Busy tone"),
        "congestion": N_("Congestion tone"),
        "dial_tone": N_("Dial tone"),
        "silence": N_("Silence"),
    },
    "key": {
        "leg": N_("port"),
        "sign": N_("sign"),
        "tone": N_("tone"),
        "line": N_("line"),
        "number": N_("number"),
        "name": N_("name"),
        "to": N_("to"),
        "queue": N_("queue"),
        "agent": N_("agent"),
        "extension": N_("extension"),
        "trunk": N_("trunk"),
        "registrar": N_("address"),
        "seconds": N_("seconds"),
        "attestation": N_("attestation"),
        "verstat": N_("verification"),
        "orig": N_("attested number"),
        "origid": N_("origin"),
        "verified": N_("verified here"),
        "cause": N_("cause"),
        "reason": N_("reason"),
        "disposition": N_("outcome"),
        "by": N_("by"),
        "considered": N_("considered"),
        "slot": N_("slot"),
        "mode": N_("mode"),
        "callback": N_("call-back number"),
        "service": N_("class"),
    },
}

_TONES = {
    "good": {"talking", "in_use", "available", "answered", "ready"},
    "busy": {"on_call", "greeting", "dialling", "offered", "recording", "going_on", "overflowed", "voicemail"},
    "wait": {"ringing", "waiting", "wrap_up", "paused", "no_answer", "busy"},
    "bad": {"no_battery", "fault", "unavailable", "abandoned", "failed", "unplugged"},
}
_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states}


def tone(state: str) -> str:
    """The colour a state is shown in: good, busy, wait, bad, or none."""
    return _TONE_OF.get(state, "")


def english(kind: str, code: str) -> str:
    """The words for a code; a code that is new is shown as it is, readable."""
    return WORDS.get(kind, {}).get(code) or code.replace("_", " ").capitalize()


TITLES: dict[int, tuple[str, str]] = {
    400: (N_("That could not be read"), N_("The request was not complete. Go back and try again.")),
    403: (N_("Not allowed"), N_("Your role does not allow this, or the page was open for too long. Load it again.")),
    404: (N_("Nothing is here"), N_("The address is wrong, or what it showed is gone.")),
    405: (N_("That does not work here"), N_("The address exists, but not for this kind of request.")),
    409: (N_("Not in this state"), N_("Something changed meanwhile. Load the page again.")),
    413: (N_("Too large"), N_("The box does not take that much at once.")),
    429: (N_("Too many attempts"), N_("Wait a minute, then try again.")),
    500: (
        N_("The box made a mistake"),
        N_("It is written in the log of the web service. Calls are not touched by it."),
    ),
    503: (N_("Not available now"), N_("A part of the box is starting or full. Try again in a few seconds.")),
}
