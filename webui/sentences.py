# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentences of the core and the uplink in the reader's language.

The API speaks English, and a sentence is whole there. Pages know each by its template; what is not among them is shown
as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from webui.i18n import N_

TEMPLATES = (
    # accounts (firmware.store.access, second_factors; webui)
    N_("The code is not right. Is the clock of the phone right?"),
    N_("The passkey could not be checked. Try again."),
    N_("This passkey is not known here (any more). Log in with the password."),
    N_("This took too long. Begin again."),
    N_('There is a user "{name}" already.'),
    N_("A user name has letters, digits, - _ . @ (at most 64)."),
    N_('"{name}" is the last admin; make another one first.'),
    N_("Too many wrong passwords. Wait a minute, then try again."),
    # why an agent is not offered a call (firmware.acd), and why a phone cannot ring (firmware.calls)
    N_("is on another call"),
    N_("is being offered another call"),
    N_("is paused"),
    N_("is paused ({reason})"),
    N_("is logged out"),
    N_("is in wrap-up for {seconds} s more"),
    N_("is being offered this call"),
    N_("is logged out of this queue"),
    N_("did not answer the last offer"),
    N_("rejected the last offer"),
    N_("was busy at the last offer"),
    N_("could not be rung at the last offer"),
    N_("tier {tier} is asked after {seconds} s more"),
    N_("{skill} at level {level}, this caller needs {needed}"),
    N_("rings with all others of tier {tier}"),
    N_("later in line: tier {tier}"),
    N_("next in turn: tier {tier}"),
    N_("later in turn: tier {tier}"),
    N_("fewest calls: {calls} today, tier {tier}"),
    N_("later in line: {calls} calls today, tier {tier}"),
    N_("least talk time: {seconds} s today, tier {tier}"),
    N_("later in line: {seconds} s of talk today, tier {tier}"),
    N_("first in order: place {place}, tier {tier}"),
    N_("later in order: place {place}, tier {tier}"),
    N_("drawn by lot: weight {weight}, tier {tier}"),
    N_("not drawn: weight {weight}, tier {tier}"),
    N_("fits best: {points} points, tier {tier}"),
    N_("fits less: {points} points, tier {tier}"),
    # why a call left its queue, and why a phone was to stop ringing (firmware.acd)
    N_("waited for as long as the queue allows"),
    N_("the queue was full"),
    N_("no agent was there to wait for"),
    N_("the queue was deleted"),
    N_("the agent was deleted"),
    N_("the caller left"),
    N_("the caller is called back"),
    N_("another agent answered"),
    N_("somebody was faster, or the caller left"),
    N_("the agent went on a pause or logged out"),
    N_("longest idle: idle for {seconds} s, tier {tier}"),
    N_("later in line: idle for {seconds} s, tier {tier}"),
    N_("phone port is faulty"),
    N_("phone is off hook"),
    N_("phone was left off the hook"),
    N_("phone was left off the hook; it rests until it is put down"),
    N_("phone is ringing for another call"),
    N_("has no phone that could ring"),
    N_("sits at no phone"),
    N_("phone is in use"),
    N_("does not want to be disturbed"),
    # why caller ID was not read (firmware.calls.line)
    N_("its checksum is wrong"),
    N_("its octets are broken"),
    N_("its end is missing"),
    N_("its contents make no sense"),
    # alarms
    N_("The call history cannot be written: {why} Calls go on and are kept in memory until it can."),
    N_("Recordings cannot be written ({why}). Calls go on unrecorded; make room on the disk."),
    N_("The trunk {trunk} cannot register ({why}). Check its registrar and password."),
    N_("The certificate of the trunk {trunk} at {registrar} is not accepted: {why}"),
    N_(
        "The trunk {trunk} does not answer at {registrar} ({why}). Calls try other trunks first. Check the network and "
        "the provider."
    ),
    N_(
        "The certificate that SIP phones see expired on {date}: phones that check it cannot register over TLS or "
        "secure WebSocket. Install a new one (tipring certificate install)."
    ),
    N_("The certificate that SIP phones see expires on {date}. Install a new one (tipring certificate install)."),
    N_("The SIP edge (Kamailio) does not answer: SIP phones cannot register or call until it is back."),
    N_(
        "Kamailio is not installed, so SIP phones cannot register: {numbers}. Analog phones and trunks work. "
        "Install it (make run names the packages), then start the box again."
    ),
    N_("The cloud cannot be reached. Everything is kept and sent later; check the internet and cloud.url."),
    N_("The cloud refuses {what} (status {status}). Check cloud.url and cloud.token."),
    N_("The phone {phone} was left off the hook. It rings again once it is put down."),
    N_("{port}: this card makes no metering pulses. Leave out extension.metering for this port."),
    # what the telephone company changed on a line (firmware.doctor.baseline)
    N_("The line {line} no longer takes battery away at a hang-up (it did, for {ms} ms). Try: tipring doctor {port}"),
    N_("The line {line} now takes battery away for {ms} ms at a hang-up. Try: tipring doctor {port}"),
    N_(
        "The line {line} takes battery away for {ms} ms at a hang-up, no longer for {before} ms. Try: tipring doctor "
        "{port}"
    ),
    N_("The line {line} now reverses the polarity at a hang-up. Try: tipring doctor {port}"),
    N_("The line {line} no longer reverses the polarity at a hang-up. Try: tipring doctor {port}"),
    N_("The line {line} no longer plays a tone at a hang-up (it was {before}). Try: tipring doctor {port}"),
    N_("The line {line} plays {tone} at a hang-up. Try: tipring doctor {port}"),
    N_("The line {line} plays {tone} at a hang-up instead of {before}. Try: tipring doctor {port}"),
    N_("The line {line} no longer sends caller ID (it was {before}). Try: tipring doctor {port}"),
    N_("The line {line} sends caller ID as {kind}. Try: tipring doctor {port}"),
    N_("The line {line} sends caller ID as {kind} instead of {before}. Try: tipring doctor {port}"),
    N_("The line {line} has {tone} as dial tone instead of {before}. Try: tipring doctor {port}"),
    N_(
        "The line {line} is louder: {what} is at {level} dBm0, it used to be at {before} dBm0. Try: tipring doctor "
        "{port}"
    ),
    N_(
        "The line {line} is softer: {what} is at {level} dBm0, it used to be at {before} dBm0. Try: tipring doctor "
        "{port}"
    ),
    N_(
        "The line {line} gave no sign of a hang-up in the last {calls} calls, as it used to. Try: tipring doctor {port}"
    ),
    N_("Somebody tried wrong PINs for the mailbox {box}. It is locked for 15 minutes; choose a longer PIN."),
    N_("The mail server refuses messages of the mailbox {box}. Check its address."),
    N_("Messages cannot be sent by e-mail now. They are kept and tried again; check [mail]."),
    N_("Somebody tried wrong PINs for the agent {agent}. The log-in is locked for 15 minutes."),
    # what agents and supervisors cannot choose (firmware.calls.agent_desk)
    N_("Say first what came of the last call: its disposition code is missing."),
    N_("{agent} has a call at another phone; end it first."),
    N_("{agent} has a call at this phone."),
    N_("{agent} has no phone of his own; say at which extension he logs in."),
    N_("{agent} does not serve the queue {queue}."),
    N_('"{reason}" is no reason for a pause here; use one of {reasons}.'),
    N_("{agent} is not in wrap-up."),
    N_("This is not the last call of {agent}."),
    # how a call failed
    N_("the mailbox {box} is locked after wrong PINs"),
    N_("the PIN of the mailbox {box} was wrong"),
    N_("the PIN for recording prompts was wrong"),
    N_("{number} has no voicemail"),
    N_("no trunk"),
    N_("{number} does not want to be disturbed"),
    N_("{number} has no phone that could ring"),
    N_("{number} is forwarded to {to}, which is no number here"),
    N_("the call went round: {count} extensions sent it on, the last one to {to}"),
    N_("the group {group} was deleted"),
    N_("the paging group {group} was deleted"),
    N_("nobody of the group {group} can be rung"),
    N_("the group {group} did not answer within {seconds} s"),
    N_("nobody at {number} took the call"),
    N_("{number} did not answer"),
    N_("the number outside did not answer"),
    N_("{number} did not answer by itself within {seconds} s"),
    N_("no phone answered by itself"),
    N_("{number} cannot be forwarded to itself"),
    N_("no phone that {number} called was busy"),
    N_("no call rings at {number}"),
    N_("no call is parked in slot {slot}"),
    N_("every parking slot is taken"),
    N_("nobody took the call from slot {slot}"),
    N_("only one party can be taken there"),
    N_("{number} cannot be dialled while somebody waits"),
    N_("there is nobody to do this with"),
    N_("{phone} hung up while another waited"),
    N_("every line of {trunk} is in use or dead"),
    N_("{line} failed while dialling"),
    N_("no dial tone on {line} within {seconds} s"),
    N_("{trunk} refused"),
    N_("{trunk} did not answer within {seconds} s"),
    N_("{port} is in use"),
    N_("the queue {queue} was deleted"),
    N_("the conference {name} was deleted"),
    N_("the trunk {name} was deleted"),
    N_("the extension {number} was deleted"),
    N_("there is no extension {number}"),
    N_("there is no outbound route"),
    N_("{address} cannot be called: {why}"),
    N_("{number} did not answer within {seconds} s"),
    N_("nobody answered"),
    N_("{number} has no SIP phone"),
    N_("{port} has no route: a call came in and nobody is to answer it"),
    N_("nothing here has the number {number}"),
    N_("nothing in the dial plan matches {number}"),
    N_("no route for {origin} is open at this time"),
    # why nobody was called back (firmware.calls.calling_back)
    N_("the customer did not answer"),
    N_("the agent hung up before the customer was called"),
    N_("the agent hung up before the customer answered"),
    N_("customers are not called at this time"),
    N_("the queue {queue} gave up"),
    N_("asked for again"),
    N_("cancelled by {who}"),
    N_("{who} may not make {kind} calls, only {service} ones"),
    N_("{number} is on the list of callers who are refused"),
    N_("{number} is on the list of numbers that are not called"),
    N_("the caller withholds the number, and such calls are refused"),
    N_("calls to {kind} numbers are stopped ({why})"),
    N_("the call goes round: {hops} places sent it on, the last to {target}"),
    N_("{line} carries an emergency call"),
    N_("the access {name} was deleted"),
    N_("the access {name} is closed: its PIN was guessed at"),
    N_("the PIN of the access {name} was wrong"),
    # what would happen to a call (firmware.routing.simulate)
    N_("A call comes in on {line} at {time} from {caller}."),
    N_("The night switch stands at {mode}: every schedule is {state}."),
    N_("The route to {target} is taken: it has no schedule."),
    N_("The route to {target} is taken: {schedule} is open."),
    N_("The route to {target} is taken: {schedule} is open (a holiday)."),
    N_("The route to {target} is passed over: {schedule} is closed."),
    N_("The route to {target} is passed over: {schedule} is closed (a holiday)."),
    N_("It goes to {target}."),
    N_("If nobody takes it there within {seconds} s, it goes to {target}."),
    N_("{caller} dials {number}."),
    N_("It is the feature {feature}."),
    N_("It is the emergency number {number}: everybody may call it."),
    N_("It is a premium call, by the pattern {pattern}."),
    N_("It is a {kind} call, by the pattern {pattern}."),
    N_("It is an international call, by the pattern {pattern}."),
    N_("It is a {kind} call, and no pattern matches it."),
    N_("It is an international call, and no pattern matches it."),
    N_("Way out {place}: {number} over the trunk {trunk}."),
    N_("If none of them takes it, over any line; if all are in use, one of their calls is cut."),
    N_("Refused: {why}."),
    N_("no route is open at this time"),
    N_("{line} has no route"),
    N_("calls to {kind} numbers are stopped"),
    # alarms of the dial plan
    N_("Emergency call: {who} called {number}."),
    N_("Calls to {kind} numbers are stopped: {why}. If this is no fraud, lift it: tipring tolls lift {same}"),
    N_("Somebody guesses the PIN of the access {name}. It is closed for an hour; change its PIN."),
    N_("the address of {registrar} is not known"),
)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Longest first: the one that says most wins."""
    ordered = sorted(TEMPLATES, key=len, reverse=True)
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(text)), re.S), text) for text in ordered]


def translated(sentence: str, gettext: Callable[[str], str]) -> str:
    """The sentence in the language of `gettext`."""
    for pattern, template in _patterns():
        if found := pattern.fullmatch(sentence):
            facts = {
                name: translated(fact, gettext) if name == "why" else fact for name, fact in found.groupdict().items()
            }
            return gettext(template).format_map(facts)
    return sentence
