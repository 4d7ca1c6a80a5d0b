# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentences of the services in the reader's language.

The API speaks English, and a sentence is whole there. Pages, mails and calls know each by its template; what is not
among them is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from firmware.language import N_

TEMPLATES = (
    # text messages and cellular modems (firmware.sms; drivers.modem)
    N_('"{number}" is no number that a text message can be sent to.'),
    N_("{number} is an emergency number: nobody reads text messages there. Call it."),
    N_("Write a text of 1 to {count} characters."),
    N_("The text takes {count} short messages, {most} are allowed. Shorten it."),
    N_('There is no cellular modem "{name}".'),
    N_("This box has no cellular modem. Add one under Settings."),
    N_("Modem {name} has sent {count} messages within an hour, {most} are allowed."),
    N_("Write a code such as *100#, or the answer to the network."),
    N_("The network has not answered the code before yet."),
    N_("The network did not answer the code in time."),
    N_("The network does not know this code."),
    N_("The network refused the message ({said})."),
    N_("The network could not deliver it."),
    N_("The box restarted while it was sent."),
    N_("There is no modem {name} any more."),
    N_("Modem {name} has no SIM card. Put one in."),
    N_("The SIM card of modem {name} is locked: it needs its PUK. Enter it in a telephone, with a new PIN."),
    N_("The SIM card of modem {name} refused the PIN. It is not tried again by itself: enter the right one."),
    N_("The SIM card of modem {name} asks for its PIN. Enter it in the settings of the modem."),
    N_("The memory of modem {name} is full, and the box cannot keep its messages: nothing more comes in."),
    N_("No network takes the SIM card of modem {name}. Ask its provider whether it is active."),
    N_("Modem {name} has no network. Look at its aerial, or give it another place."),
    N_("{device} is gone: {why}. Plug the modem in again."),
    N_("{device} is gone. Plug the modem in again."),
    N_("There is no {device}: the modem is not plugged in. Look at /dev/serial/by-id."),
    N_("{device} is in use by another program (ModemManager, or another card of this box). End it."),
    N_("{device} may not be opened by the user {user}. Allow it (usermod -aG {group}), and start the box again."),
    N_("{device} is held by ModemManager. Switch it off (systemctl mask --now ModemManager): nothing here needs it."),
    N_("{device} is in use by {program}. End that program, or take another device."),
    N_("{device} is in use already: {name}."),
    N_("There is no voice modem at {device}. {why}"),
    N_("There is no voice modem at {device}."),
    N_("There is no port left for a modem."),
    N_("No modem was taken as {port}."),
    N_("{device} is no line of this box any more."),
    N_("{device} was not opened yet."),
    N_("{device} cannot be opened: {why}."),
    N_("The modem at {device} does not answer. Switch it off and on."),
    N_("The modem did not answer {command} within {seconds} s."),
    N_("The modem has not answered yet."),
    N_("It answers no AT commands: another interface of a modem, or no modem."),
    N_("It is no voice modem: +FCLASS=8 is not among its modes."),
    N_("It has no sound of 8 bits at 8000 Hz: G.711 or 8-bit PCM is needed."),
    N_("This modem carries sound one way at a time (it has no +VTR): fit for announcements and messages only."),
    # imports (firmware.importing)
    N_("extension"),
    N_("trunk"),
    N_("queue"),
    N_("agent"),
    N_("group"),
    N_("ivr"),
    N_("schedule"),
    N_("outbound"),
    N_("route"),
    N_("conference"),
    N_("paging"),
    N_("survey"),
    N_("{why} {name} is there already: it stays as it is."),
    N_("{why} {name} is there already: it takes over what is new."),
    N_("{kind} {name}: {other} {owner} has this number; it stays, the new one is left out."),
    N_("What was imported does not go together with {table} as it is now; nothing was changed."),
    N_("The module {module} is not taken over."),
    N_('Trunk "{title}" is switched off there; it is not taken over.'),
    N_('Trunk "{title}" has no server.'),
    N_('Trunk "{title}" is of the kind {tech}; lines of a card are set up by their ports.'),
    N_('Route "{title}": none of its trunks was taken over; add it by hand.'),
    N_('Route "{title}" is for emergency calls, which go out here by every way there is; see Settings.'),
    N_('Route "{title}" has {why}, which outbound routes do not have here.'),
    N_("a PIN"),
    N_("a caller ID"),
    N_("times"),
    N_('The pattern "{pattern}" is for certain callers only; that is not taken over.'),
    N_("This is no JSON that can be read: {error}."),
    N_('Time group "{title}": {why}'),
    N_('"{text}": days of the month and months can only be holidays here; set them by hand.'),
    N_("It has no times."),
    N_("Extension {number} is a {tech} device; choose a phone port, or a SIP phone, for it."),
    N_('Extension {number}: {why} ("{value}") is not taken over.'),
    N_("the number shown outside"),
    N_("where calls go that nobody takes"),
    N_("where calls go while it is busy"),
    N_("where calls go without a phone"),
    N_('"{destination}" leads to what is not taken over; set it by hand.'),
    N_('"{strategy}" is no strategy here; the caller goes to whoever is free longest.'),
    N_('Queue "{name}" has {why}; prompts and keys are not taken over.'),
    N_("an announcement"),
    N_("a menu for those who wait"),
    N_('The member "{text}" of queue "{queue}" is no extension.'),
    N_('Group "{name}": {list} are no extensions; they are left out.'),
    N_('Group "{name}": "{strategy}" is no strategy here; all phones ring together.'),
    N_('Menu "{name}": record or upload what it says (Settings, Prompts), and choose it there.'),
    N_("The route for the caller {number} is not taken over: routes go by what was dialled."),
    N_('"{did}" is no number; a route here is for one number, a line or a trunk.'),
    N_('Time condition "{title}" has no times that can be taken over; calls go its other way.'),
    N_('Time condition "{title}" leads to another one while it holds; set it by hand.'),
    N_("Its time conditions lead from one to the next without an end."),
    N_("Its first line names no columns that are known; see docs/importing.md."),
    N_("This is not CSV: {error}."),
    N_('"{number}" is no extension: use 1 to 15 digits.'),
    N_("A route here is for one number, whoever calls it; this one is not taken over."),
    N_("This file is not known; see docs/importing.md."),
    N_('"{name}" is neither a phone (a number) nor a trunk with a server.'),
    N_('"{name}" is neither a phone (a number) nor a trunk with remote_hosts.'),
    N_('"{name}" is no number: a phone here registers with its extension.'),
    N_("The rest of this file is not read: it is too long."),
    N_('"{text}": files that are included must be given too; this line is passed over.'),
    N_('"{text}" is no setting.'),
    N_('There is no template "{template}" before it.'),
    N_("The password of extension {number} can be guessed; the box makes a new one for its phone."),
    N_("The PIN of the mailbox is no number of 4 to 12 digits; it has none now."),
    N_('"{email}" is not one e-mail address; messages are not sent there.'),
    N_("Only the first {count} rows of calls are taken over."),
    N_("This is no row of a call: a time such as 2026-03-01 09:00:00 and whole seconds are missing."),
    N_("{name} is no whole {kind} archive: {error}."),
    N_("{why} is larger than an import takes ({sum} MiB, a file {file} MiB)."),
    N_("The archive"),
    N_("All of it together"),
    N_("Reading it takes too much time or memory. Give fewer files at a time, and lists of calls alone."),
    N_("No file of another system waits to be imported. Upload one first."),
    N_("Files of another system are being read or imported already; wait for it."),
    N_("Calls of the last import are not all in the history yet; wait for them, or leave them out."),
    N_("The import failed; the log says why."),
    N_("The upload is larger than {count} MiB."),
    # dial plans of Asterisk (firmware.importing.asterisk.dialplan)
    N_('Not understood: "{text}"'),
    N_("{text} is said to callers: record or upload it (Settings, Prompts), and choose it there."),
    N_("Without pjsip.conf or sip.conf nobody knows who comes into which context: give them too."),
    N_("{number} leads to {name} already; a second number is not taken over."),
    # backups (firmware.backup)
    N_("The passphrase is not that of this backup."),
    N_("This file is no backup: it does not begin as one. Was another one chosen?"),
    N_("The backup is cut off, or was changed at its end. Copy it again."),
    N_("The beginning of the backup was changed."),
    N_("The backup was changed or damaged, about {place} MB after its beginning."),
    N_("There is no passphrase for backups yet. Set one first, and keep it in another place."),
    N_("A backup is being made, tested or restored already; wait for it."),
    N_("Choose a file."),
    N_("The USB stick {name} is not plugged in. Those that are: {others}."),
    N_("The backup to {name} failed: {why} It is tried again."),
    N_("The last backup at {name} could not be restored in the test: {why}"),
    N_("There is no backup at {name} to test."),
    N_("There is no place {name} for backups."),
    N_("There is no folder {folder}. Mount the disk, or make the folder."),
    N_("{folder} is not what it was at the last backup. Is the disk mounted?"),
    N_("{folder} cannot be used: {reason}."),
    N_("The USB stick {name} is plugged in and not mounted. Take one with FAT or exFAT, or mount it."),
    N_("The USB stick {name} cannot be written: {reason}."),
    N_("There is no bucket {name}. Make it, or check its name and region."),
    N_("The bucket {name} refuses: {reason}"),
    N_("The bucket {name} cannot be reached: {reason}"),
    N_(
        "{host} has another key than at the first backup. If the server was replaced, forget its key; if not, somebody "
        "stands between."
    ),
    N_("{name} was refused. Check the password, or give the server the box's key."),
    N_("{host} shows no key."),
    N_("There is no room: {needed} MB are needed on the box's disk, {left} MB are free."),
    N_("This backup was made by a newer Tipring ({version}; this one is {ours}). Update this box first, then restore."),
    N_("This file is encrypted as a backup is, and has no backup of a box in it."),
    N_("This file is encrypted for a key and not with a passphrase: no box has made it."),
    N_("The backup is cut off after its first octets. Copy it again."),
    N_("The backup has a file with an impossible name ({name})."),
    N_("The backup has something that is no file ({name})."),
    N_("The files of the backup are not those of its list."),
    N_("This backup has no list of its files at its end."),
    N_("{file} of the backup is damaged: {reason}."),
    N_("There is no configuration in this backup."),
    # alarms (firmware.uplink.alarms, firmware.store.notices)
    N_("Nobody could be told of alarms by {channel}. They are kept and told later; look at it under Alarms."),
    N_("This is only a test. Nothing is wrong."),
    N_(
        "Calls over the trunk {name} sound bad: {why}. See what else uses the internet connection, then call the "
        "provider."
    ),
    N_("Calls over the line {name} sound bad: {why}. Look at its cable, and test the line."),
    N_("they are too loud and clipped"),
    N_("their echo is not cancelled"),
    N_("packets are lost or late"),
    N_("The diagnostics are being collected already. Try again in a minute."),
    N_("The diagnostics could not be collected. The log says more."),
    N_('"{area}" is no area; use the beginning of one such as firmware.calls.'),
    N_('"{level}" is no level; use one of {known}.'),
    N_("`area` and `level` must be texts."),
    N_("Call control is not running yet, or not any more."),
    N_(
        "A service of the box does not run: {why}. It should come back by itself; if it does not, restart the box, and "
        "send the diagnostics to your installer."
    ),
    N_("A service of the box starts again and again: {why}. Send the diagnostics to your installer."),
    N_("call control"),
    N_("the web pages"),
    N_("the archive of recordings"),
    N_("the uplink"),
    N_("The disk is nearly full. Keep recordings for a shorter time, or use a larger disk."),
    N_(
        "The disk is full: soon nothing can be recorded or remembered. Keep recordings for a shorter time, or use a "
        "larger disk."
    ),
    N_(
        "The box is short of memory: services may be ended by the system. Restart it when nobody calls, and send the "
        "diagnostics to your installer if it comes again."
    ),
    N_(
        "The clock of the box is not synchronised: times of calls and opening hours may be wrong. See that it "
        "reaches a time server."
    ),
    N_(
        "The clock of the box was put right by more than half a minute: times of calls before and after do not fit "
        "together. If it comes again, see that the box reaches a time server."
    ),
    N_(
        "The line {line} has no current: nobody can call or be called over it. Check its cable; if it is plugged in, "
        "call the telephone company."
    ),
    N_(
        "Many addresses are kept out now, since they guess passwords or flood the box. Look at them, and see that the "
        "box cannot be reached from the internet more than it must be."
    ),
    N_("needs one of {ways}, and only one"),
    N_("says nobody who is to be told"),
    N_("needs a community (SNMPv2c), or a user (SNMPv3), and not both"),
    N_("is needed where there is a privacy_password"),
    N_("is needed where there is a password"),
    N_('"{text}" are no hours; use two different times such as 22:00-07:00'),
    N_('"{text}" is no area; use one of {known}'),
    N_("`{name}` must be a list of texts."),
    N_("`by` must be text: who knows of them."),
    N_("The box is calling somebody about alarms just now."),
    # webhooks (firmware.uplink.webhooks; webui.webhooks)
    N_("The webhook {name} is switched off: {reason}. Mend its receiver, then enable it again."),
    N_("The webhook {name} is switched off. Enable it first; what waits is sent then, too."),
    N_("it answered 410 Gone"),
    N_("it has failed for {days} days"),
    # accounts (firmware.store.access, second_factors; webui)
    N_("The code is not right. Is the clock of the phone right?"),
    N_("The passkey could not be checked. Try again."),
    N_("This passkey is not known here (any more). Log in with the password."),
    N_("This took too long. Begin again."),
    N_('There is a user "{name}" already.'),
    N_("A user name has letters, digits, - _ . @ (at most 64)."),
    N_('"{name}" is the last admin; make another one first.'),
    N_("Too many wrong passwords. Wait a minute, then try again."),
    # checks of the acceptance (firmware.acceptance)
    N_("Owner's password"),
    N_("An owner has set a password."),
    N_("Nobody has set a password yet."),
    N_("Open the set-up link that the box printed."),
    N_("Language, country and time zone"),
    N_("Look at them and save them."),
    N_("They were looked at."),
    N_("Port {port}"),
    N_("It works."),
    N_("See that the card sits firmly; then replace it."),
    N_("There is no current on the line."),
    N_("Check the cable to the telephone company's socket; if there is no line, leave it out."),
    N_("Telephone on {port}"),
    N_("Lift it once."),
    N_("It was lifted."),
    N_("Line {line} examined"),
    N_("Test the line: the Line Doctor says how."),
    N_("Test the line again."),
    N_("Dial tone, ring, caller and hang-up were looked at."),
    N_("Number of line {line}"),
    N_("Its number is {number}."),
    N_("Enter the number under which this line is called."),
    # what would happen to a call (firmware.routing.simulate): what people have set
    N_("{number} does not want to be disturbed."),
    N_("{number} sends its calls on to {to}."),
    N_("If {number} is busy, it goes to {to}."),
    N_("If {number} is not answered, it goes to {to}."),
    N_("Refused: {number} has no voicemail."),
    N_("Refused: the call goes round, the last one to send it on is {number}."),
    # SIP phones that are tried (firmware.core.phone_checks)
    N_("SIP phone {number}"),
    N_("It is not registered. Scan its QR code, or enter its settings."),
    N_("Ring it, and speak there: it plays back what was heard."),
    N_("It rang, was answered, and what was said there was played back and heard."),
    N_("Nobody answered. Ring it again, and lift it."),
    N_("It was answered, but nobody pressed 1 for what was played back. Ring it again, and speak after the tone."),
    # a line's own number (firmware.core.number_learning)
    N_("{line} cannot call out now: {why}."),
    N_("No other line has a number yet that {line} could call. Type one, or call the box from a mobile."),
    N_("The box calls itself already. Wait until it is done."),
    N_("{line} called {number}, and {other} did not ring. Is {dialled} its number?"),
    N_("Somebody else called on {other} at the same time. Try again."),
    N_("{other} rang, but showed no number: {why}. Order caller display for {which}, or call the box from a mobile."),
    N_("it was withheld"),
    N_("none came"),
    N_("Give the number that you call, in digits."),
    N_("Opening hours"),
    N_("Calls follow {schedules}."),
    N_("Give the opening hours, or leave them out: then calls are taken at all hours."),
    N_("Greeting"),
    N_("There is no sound {name}."),
    N_("Record the greeting, or type it."),
    N_("Callers hear {names}."),
    N_("Record a greeting, or type it."),
    N_("Who answers"),
    N_("Nobody answers the queue {queue}."),
    N_("Choose who answers it."),
    N_("{count} people answer."),
    N_("Choose who answers."),
    N_("Calls on {line} by day and night"),
    N_("At {moment} nobody would get a call."),
    N_("See where calls go."),
    N_("At every hour of the week somebody or something answers."),
    N_("Emergency calls"),
    N_("{number} cannot be called."),
    N_("See where calls go: there is no way out."),
    N_("{numbers} have a way out."),
    N_("Provider {name}"),
    N_("The provider answers."),
    N_("The provider does not answer."),
    N_("Compare with the provider's letter."),
    N_("Cloud"),
    N_("Compare address and token with those of the cloud."),
    N_("Calls are told to the cloud."),
    N_("Test call in"),
    N_("Call the box from outside, talk, and hang up."),
    N_("Test call out"),
    N_("Call somebody outside from the box, talk, and hang up."),
    N_("It rang, was answered, both were heard, and it was recorded."),
    N_("Nothing rang. Is the telephone on the hook? See where calls go, and try again."),
    N_("Nobody answered. Try again, and lift the telephone that rings."),
    N_("Nothing was heard from outside. Try again, and say a few words there; then test the line."),
    N_("Nothing was heard from the telephone here. Try again, and say a few words; then try another."),
    N_("It was not recorded. See that there is room on the disk, and try again."),
    N_("Alarms"),
    N_("None stands."),
    N_("See to it, then run the checks again."),
    N_("Disk"),
    N_("{percent} % of the disk is free."),
    N_("Make room: recordings have a limit in the settings."),
    N_("The reason must have 1 to {most} characters, on one line."),
    N_("Say where the screen is, in at most {most} characters."),
    N_("Choose at least one queue."),
    N_("There are {most} links; revoke one that is not used."),
    N_("must be at least {key} ({value}): a figure is amber before it is red"),
    N_("must be at most service_level_goal ({value}): below the goal the figure is amber, below this red"),
    # why an agent is not offered a call (firmware.acd), and why a phone cannot ring (firmware.calls)
    N_("is on another call"),
    N_("chosen by hand"),
    N_("somebody else was chosen by hand"),
    N_("a supervisor chose otherwise"),
    N_("the caller was sent to another queue"),
    N_("somebody else took the caller"),
    N_("There is no call {id} now."),
    N_("This caller waits in no queue now."),
    N_("Nobody is on the line: this is a call-back."),
    N_("The caller waits in {queue} already."),
    N_("{queue} takes no more callers: {why}."),
    N_("A phone is being rung for this caller."),
    N_("There is no queue {queue}."),
    N_("Nobody talks in this call yet."),
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
    N_("Recordings cannot be archived: the disk is full. They are kept as they are; make room on it."),
    N_(
        "Recordings cannot be archived: {library} is missing ({reason}). They are kept as they are; install it again, "
        "or set recordings.format to wav."
    ),
    N_(
        "Recordings cannot be archived ({reason}). They are kept as they are; see whether the disk is mounted, and can "
        "be written."
    ),
    N_(
        "The configuration on the disk is damaged ({why}). The box goes on with what it has in memory; restart it when "
        "it suits, then the last good copy is used. Changes cannot be kept until then."
    ),
    N_(
        "The configuration was damaged ({why}). The last good copy, of {day}, is in force: look whether later changes "
        "are missing. The damaged file is kept as {file}."
    ),
    N_(
        "The configuration was damaged ({why}). The last good copy, of {day}, is in force: look whether later changes "
        "are missing."
    ),
    N_("it is missing"),
    N_("it is empty"),
    N_("a damaged page was met"),
    N_(
        "The call history was damaged. It was put aside, and a fresh one is written; what can be read of the old one "
        "is being saved."
    ),
    N_(
        "The call history was damaged. A fresh one is written since, and {count} entries of the old one were saved; "
        "what lay on damaged pages is lost. The old one is kept as {file}."
    ),
    N_("{path} cannot be written: the disk is full. Free some space."),
    N_("{path} cannot be used now: {reason}."),
    N_("{path} cannot be written: {reason}."),
    N_("{why} Recordings wait unencrypted until then."),
    # the card and its ports (firmware.core.card_watch, drivers)
    N_("Port {port}: {why} Something is wrong with {count} more ports, too."),
    N_("Port {port}: {why}"),
    N_(
        "There is no DAHDI here: the kernel module is not loaded. Load it with the card's driver (modprobe dahdi; "
        "modprobe wctdm24xxp, or the driver of your card), and look at dmesg if that fails."
    ),
    N_(
        "DAHDI is loaded, but it has no analog port. Is the card's driver loaded (lsdahdi shows the cards), and does "
        "/etc/dahdi/system.conf have a line for it? dahdi_genconf writes one, then run dahdi_cfg."
    ),
    N_("No permission for {file}. Let the user that runs Tipring into the group dahdi, and restart."),
    N_("DAHDI does not answer ({reason}). Look at dmesg."),
    N_("DAHDI channel {number} does not answer ({reason}). Look at dmesg."),
    N_("DAHDI channel {number} gives no sound any more ({reason}). Look at dmesg."),
    N_(
        "DAHDI channel {number} is in use by another program. Is Asterisk, FreeSWITCH or another Tipring running? Stop "
        "it: systemctl stop asterisk."
    ),
    N_(
        "DAHDI channel {number} is not configured. Put {setting} into /etc/dahdi/system.conf (dahdi_genconf writes the "
        "file for all channels), then run dahdi_cfg."
    ),
    N_("The card with DAHDI channel {number} was removed. Plug it in again, or load its driver."),
    N_(
        "DAHDI channel {number} cannot ring without a tone zone. Put loadzone = us and defaultzone = us (or your "
        "country) into /etc/dahdi/system.conf, then run dahdi_cfg."
    ),
    N_(
        "DAHDI channel {number} is an {kind} port, but its signalling is {name}: put {setting} into "
        "/etc/dahdi/system.conf in its place, then run dahdi_cfg. (DAHDI names the far end's side.)"
    ),
    N_(
        "The card “{name}” is in {kinds} alarm. Check its power and its seat in the slot, and look at dmesg; the port "
        "comes back by itself."
    ),
    N_("The key {file} can be read by everybody; chmod 640 it."),
    N_("The key {file} lies with the data that it encrypts. Keep it elsewhere."),
    N_("The key {file} cannot be read ({reason}). tipring recordings key FILE makes one."),
    N_("The audio of recording {id} is not there any more; the cloud will not get it."),
    N_("Messages cannot be sent by e-mail now. They are kept and tried again. Check [mail]."),
    N_("The report {name} cannot be sent by e-mail. Check its addresses and [mail]."),
    N_("The serial port of SMDR cannot be used. Calls are kept and told later; check its cable and [smdr]."),
    N_("The file of recording {id} is not on the disk any more."),
    N_(
        "The key {file} cannot be read ({why}). tipring recordings key FILE makes one. Recordings wait unencrypted "
        "until then."
    ),
    N_(
        "The key {file} lies with the data that it encrypts. Keep it elsewhere. Recordings wait unencrypted until then."
    ),
    N_("The key {file} can be read by everybody; chmod 640 it. Recordings wait unencrypted until then."),
    N_(
        "There is room for less than a week of recordings at today's rate. Set recordings.keep_days or "
        "recordings.max_gb, or add a disk."
    ),
    N_("This call is recorded by rule ({rule}); pause the recording instead."),
    N_("The caller does not want to be recorded."),
    N_("Recording {id} is held ({why}). Release it first."),
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
    N_("The certificate that SIP phones see expires on {date}, and could not be renewed by itself: {why}"),
    N_("The certificate that SIP phones see expires on {date}. Install a new one (tipring certificate install)."),
    N_("The SIP edge (Kamailio) does not answer: SIP phones cannot register or call until it is back."),
    N_(
        "Kamailio is not installed, so SIP phones cannot register: {numbers}. Analog phones and trunks work. "
        "Install it (make run names the packages), then start the box again."
    ),
    N_("The cloud cannot be reached. Everything is kept and sent later; check the internet and cloud.url."),
    N_("The cloud refuses {what} (status {status}). Check cloud.url and cloud.token."),
    N_("The phone {phone} was left off the hook. It rings again once it is put down."),
    N_("{port}: this card lights no message lamp so. Leave out extension.lamp for this port."),
    N_("{port}: this card makes no metering pulses. Leave out extension.metering for this port."),
    # SLICs (drivers.slic, firmware.core.slics)
    N_("The codec {device} cannot be used: {why}. `aplay -l` and `arecord -l` list the sound cards."),
    # clock and disk (firmware.core.clock_watch, firmware.read_only)
    N_(
        "The clock of the box is not set: it counts on from when it was last known. Calls work, and get their right "
        "times once it is set. Check the network, or set it by hand."
    ),
    N_(
        "The data of the box cannot be written: it works with a copy of its settings in memory. Calls, messages, "
        "recordings and changes from now on are lost at its next start. Make a backup, and have the disk or card "
        "replaced."
    ),
    # the board (board, firmware.board, firmware.core.board_office)
    N_("The board service does not answer: nobody looks after LEDs, button, watchdog and lifeline until it is back."),
    N_(
        "The lifeline relay did not let go in the drill: without power the phone at {station} would be dead. Have the "
        "relay replaced."
    ),
    N_(
        "The lifeline relay did not come back after the drill: the phone at {station} is on the line, past the box. "
        "Have the relay replaced."
    ),
    N_(
        "No dial tone on {line} in the drill of the lifeline: without power the phone at {station} could not call for "
        "help. Check the line."
    ),
    N_("The lifeline relay is stuck: the phone at {station} is on the line, past the box. Have the relay replaced."),
    N_(
        "The lifeline relay is stuck: the phone at {station} is on the card and would be dead without power. Have the "
        "relay replaced."
    ),
    N_("The button has been pressed for a minute: it is stuck, or something leans on it. It is not listened to."),
    N_("The box is too hot: {celsius} °C. Let air to it, and see whether its fan turns."),
    N_("The box is so hot that it may stop: {celsius} °C. Let air to it now, and see whether its fan turns."),
    N_("The supply voltage is too low: {volts} V instead of {low} V or more. Check the power supply and its cable."),
    N_("The supply voltage is too high: {volts} V instead of {high} V at most. Replace the power supply."),
    N_("The {part} cannot be used: GPIO line {pin} of {chip} is not there. Is it the right board profile?"),
    N_("The {part} cannot be used: GPIO line {pin} of {chip} is in use by something else; gpioinfo tells by what."),
    N_("There is no GPIO chip {chip} (there are: {others}). Is it the right board profile?"),
    N_("The {part} cannot be used: there is no LED {name} in {folder}."),
    N_("The {part} does not obey: {why}."),
    N_("The {part} cannot be read: {why}."),
    N_("The {part} cannot be measured: {why}."),
    N_(
        "There is no watchdog {device}: a box that hangs does not restart by itself. Load its driver (on PCs: iTCO_wdt "
        "or sp5100_tco)."
    ),
    N_("The watchdog {device} cannot be used: {why}."),
    N_("The watchdog {device} cannot be fed: {why}."),
    N_("The front panel at {port} cannot be used: {why}."),
    N_("The lifeline cannot be drilled now: the box is in use."),
    N_("This board has no lifeline relay, so there is nothing to drill."),
    N_("There is no board here, or its service does not answer."),
    N_("phone is on the lifeline"),
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
    N_("there is no trunk and no line"),
    # why a change is refused (firmware.rehearsal.emergency)
    N_("With this change a call to {numbers} from {extensions} would not reach help. {why}"),
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
    N_("A call comes in on {line} at {time} from somebody unknown."),
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
    N_("no answer within {seconds} s"),
    # what feature codes do (firmware.config.features)
    N_("park the call that waits; the box says where"),
    N_("take a parked call"),
    N_("take a call that rings at another phone"),
    N_("listen to the messages of this phone's own box"),
    N_("listen to the messages of any box, by its PIN"),
    N_("record a prompt"),
    N_("take the call that rings at this phone"),
    N_("forward every call of this phone to the number that follows"),
    N_("every call rings here again"),
    N_("forward calls to the number that follows while this phone is busy"),
    N_("calls are no longer forwarded while this phone is busy"),
    N_("forward calls that this phone does not answer"),
    N_("calls that this phone does not answer are no longer forwarded"),
    N_("forward calls while no phone of this extension is there"),
    N_("calls are no longer forwarded while no phone is there"),
    N_("do not disturb: this phone does not ring"),
    N_("this phone rings again"),
    N_("a second call is told by a tone while this phone is in use"),
    N_("a second caller hears busy tone"),
    N_("ring back as soon as the phone that was busy is free"),
    N_("do not ring back any more"),
    N_("call without showing who calls"),
    N_("call and show who calls, on a phone that withholds it"),
    N_("call a SIP phone that answers by itself"),
    N_("keep the change of the configuration that is on trial"),
    N_("0: open and closed by the schedules; 1: open; 2: closed"),
    N_("an agent logs in at this phone, for all his queues"),
    N_("the agent at this phone logs out"),
    N_("an agent logs in at this phone for one queue more"),
    N_("the agent at this phone logs out of one queue"),
    N_("the agent at this phone takes a pause; the key of the reason may follow"),
    N_("the agent at this phone is ready, also before wrap-up is over"),
    N_("how the agent at this phone stands, or the one whose number follows"),
    N_("what came of the last call; the key of the code may follow"),
    N_("after the PIN, one call beyond the class of this phone"),
    # what is wrong with the configuration (firmware.config)
    N_("is missing; it must be given"),
    N_("must be a whole number, not {value}"),
    N_("must be a number, not {value}"),
    N_("{value} is out of range; use at least {limit}"),
    N_("{value} is out of range; use at most {limit}"),
    N_("is empty; give at least {count}"),
    N_('"{text}" cannot be used; use {why}'),
    N_("letters, digits, - _ and . (at most 64)"),
    N_("letters, digits, - and _ (at most 63)"),
    N_("up to 80 characters without line breaks"),
    N_("1 to 256 characters without line breaks"),
    N_("1 to 15 digits"),
    N_("4 to 12 digits, or nothing"),
    N_("6 to 12 digits"),
    N_("digits, * and #, with + in front or not"),
    N_("1 to 4 of the keys 0 to 9, * and #"),
    N_("* or # and up to 5 more, or nothing to switch it off"),
    N_("HOST or HOST:PORT, e.g. sip.example.com:5060"),
    N_("an address like anna@example.com"),
    N_('"{value}" is not a number to dial; use digits, * and #, with + in front or not'),
    N_('"{value}" is not a number to dial; use digits, * and #, with + in front or not; or {choices}'),
    N_('"{text}" is not a target; use {choices}'),
    N_('number "{number}" is taken by {path}; everything that is dialled inside needs a number of its own'),
    N_('name "{name}" is taken by {path}; give each {what} its own'),
    N_('name "{name}" is taken by {path}; give each its own'),
    N_('port "{port}" is taken by {path}; use each port once'),
    N_('"{code}" is taken by {feature}; use another code'),
    N_('there is no {kind} "{name}"; use one of {names}'),
    N_('there is no {kind} "{name}"; there is no {kind2} yet, add one'),
    N_("the extension {number} has no voicemail; use one of {names}"),
    N_("the extension {number} has no voicemail; give an extension voicemail = true"),
    N_("callers would go round for ever ({way}); lead one of these menus somewhere else"),
    N_("calls would go round for ever: {way}; let one of them overflow to something else"),
    N_('{kind} "{name}" is routed by {path} already, at all times; keep one of the two, or give that one a schedule'),
    N_('{kind} "{name}" is routed by {path} already in the same hours; keep one of the two'),
    N_("a route has exactly one of line, did or trunk; this one has {given}"),
    N_('"{text}" is no time of the day; use from and to like 08:00-12:30, 22:00-06:00 or 00:00-24:00'),
    N_('"{text}" is no date; use 2026-12-24, each year 12-25, or from and to 2026-12-24/2027-01-01'),
    N_('"{text}": the second day must follow the first, both with a year or both without'),
    N_('this extension may call everything without it; give it a narrower class, e.g. class = "national"'),
    N_('pattern "{pattern}" is taken by {path}; put all trunks there, or give one of the two a higher cost'),
    N_('"{number}" is an emergency number here; use another one'),
    N_("the extension has neither port nor sip; give {example}"),
    N_("a trunk is either {example}; give one of the two"),
    N_('"{number}" has no SIP phone, and others cannot answer by themselves; leave it out'),
    N_("a {kind} cannot lead into itself; name another target"),
    N_('"{target}" needs a way out, and there is none; add an [[outbound]] table'),
    N_("The configuration was changed meanwhile by {author}. Load it again and repeat your change."),
    N_(
        "The configuration was changed meanwhile (revision {last}, yours is made from {expected}). Load it again and "
        "repeat your change."
    ),
    # a change on trial (firmware.config.trial, firmware.core.trial_office, firmware.store.config_db)
    N_("A change by {author} is on trial, of {setting} too. Keep it or go back first."),
    N_("A change by {author} is on trial, and yours needs it ({reason}). Keep it or go back first."),
    N_("A change by {author} is on trial. Keep it or go back first, then try the next one."),
    N_("Nothing is on trial: what is in force stays."),
    N_("A change by {author} was on trial, and nobody confirmed it: what was before is in force again."),
    N_("A change by {author} was on trial and cannot be taken back: {reason}"),
    # the address of the box (firmware.config.lan)
    N_('"{text}" is no address of a machine; use one with its prefix such as {example}'),
    N_('"{text}" is no address; use one such as {example}'),
    N_("comes by DHCP with the address; give both, or neither"),
    N_('"{gateway}" is not in the network {network}; use the router there'),
    # updates (firmware.update, firmware.core.update_office)
    N_("The update to version {version} failed: {why}"),
    N_("The update was taken back, version {version} runs as before: {why}"),
    N_("This box was started by hand from a checkout: bring that up to date, and start it anew."),
    N_("An update is under way. Wait until it has ended."),
    N_("Say where the update is: give an address or a file, or configure update.url."),
    N_('"{source}" is neither an address (https://…) nor the whole path of a file.'),
    N_("This update is for {theirs}, and this box is a {ours}. Take the right one."),
    N_("Version {version} is not newer than {ours}. Ask for the older one expressly."),
    N_("Version {version} is the newest one."),
    N_("Version {version} did not start, or did not work."),
    N_("Version {version} was on trial, and nobody confirmed it."),
    N_("Version {version} was on trial, and sent back by {who}."),
    N_("{text} Version {version} could not be installed again: {reason}"),
    N_("It was called off by {who}. Nothing has changed."),
    N_(
        "Somebody still called after {minutes} minutes. Nothing has changed; start it again when there are fewer "
        "calls, or let it wait longer."
    ),
    N_("No archive has version {version} any more, so there would be no way back. Install without a trial."),
    N_("No update is under way."),
    N_("It is too late: the new version is being started."),
    N_("No update is on trial."),
    N_("apt refuses it: {reason}. Nothing was changed."),
    N_("The update was interrupted by a restart. Nothing has changed; start it again."),
    N_("{file} is not signed by a maker that this box trusts: {reason}. Nothing was changed."),
    N_("{file} is damaged, or no update: {reason}. Download it again."),
    N_("It could not be installed: {reason}. Try again."),
    N_("RAUC does not answer: {reason}."),
    N_("{address} cannot be downloaded: {reason}. Try again."),
    N_("The download ended after {done} of {size} bytes. Try again."),
    N_("The update takes {size} MiB, and there is room for {room} MiB. Free some space."),
    # prompts
    N_('"{name}" cannot be a prompt\'s name; use letters, digits, - and _ (at most 63).'),
    N_("The sound cannot be used: {reason}."),
    N_("The sound is larger than {size} MiB."),
    N_("Choose a sound file."),
    N_("The text must have 1 to {most} characters."),
    N_("There are {count} prompts; delete one first."),
    N_("espeak-ng is not installed: apt-get install espeak-ng"),
    # certificates and networks
    N_(
        "{certificate} and {key} are no certificate with its key ({why}); give both as PEM, the chain in one file, the "
        "key without a password."
    ),
    N_("The certificate expired on {day}; get a new one."),
    # a certificate by itself (firmware.acme, firmware.config.checks.acme)
    N_("The order was cut short; another one is begun later."),
    N_("[acme] is not switched on. Set enabled, names and agreed_terms first."),
    N_("A certificate is being ordered already; wait for it."),
    N_(
        "The authority could not see that {names} is this box ({why}). {name} must lead here from the internet, and "
        "its port 80 to port {port} of the box."
    ),
    N_(
        "The authority at {directory} cannot be reached, or is none ({why}). Check the box's way to the internet, and "
        "the address."
    ),
    N_("The authority did not sign in time; it is asked again."),
    N_("The authority was asked too often ({why}). It is asked again later."),
    N_("The authority wants its terms of service agreed to ({why})."),
    N_("The authority does not prove {name} by http-01."),
    N_("The authority signs nothing for {names} ({why})."),
    N_("The authority's certificate is not for {names}; the old one stays."),
    N_("The authority's token is none (RFC 8555, section 8.1)."),
    N_(
        "Port {port} cannot be had for the authority's question ({why}). Choose another one ([acme] port), and let the "
        "router lead port 80 there."
    ),
    N_("name the box as it is reached from the internet, such as pbx.example.com"),
    N_("no authority signs before its terms of service are agreed to"),
    N_("The certificate counts from {day} on only."),
    N_('"{name}" is neither a name like pbx.example.com nor an address.'),
    N_("Give at least one name, such as pbx.example.com."),
    N_('"{text}" is no network; use an IPv4 one such as 192.168.1.0/24 or 203.0.113.7'),
    N_('"{text}" is no network; use one such as 203.0.113.7, 198.51.100.0/24 or 2001:db8::/48'),
    # what cannot be done now
    N_("There is no extension {number}."),
    N_("Call control is not running. It is started again by itself; try in a few seconds."),
    N_("This box runs without Kamailio, so SIP phones cannot register."),
    N_("Give a line (or a trunk) on which a call comes in, or a number that is dialled."),
    N_("more than {limit} {what} to {kind} numbers within an hour"),
    N_("more than {limit} {what} to {kind} numbers within a day"),
    # forms: what keys may hold; the desk, call-backs, the phone book
    N_('"{text}": a range must allow something; write it like [1-5]'),
    N_("the pattern is empty; write it like 9. or 0NXXXXXX"),
    N_('"{text}": "[{range}]" is not a range; write it like [1-5] or [13-58]'),
    N_(
        '"{text}": "{sign}" cannot stand at place {place}; use digits, *, #, +, X (0-9), Z (1-9), N '
        "(2-9), [1-5], and one . at the very end"
    ),
    N_("{tier} is no tier; use at least {least} and at most {most}"),
    N_('"{number}" cannot be called; use a number as it is dialled, or a target such as queue:support'),
    N_('"{day}" is no day; use {days}, or from and to like mon-fri'),
    N_("give on and off times in pairs, at most four of 60 to 10000 ms each, e.g. [500, 500]; or [0]"),
    N_('"{name}" is no feature; use one of {known}'),
    N_('"{url}" is not an http or https address; {hint}'),
    N_('"{url}": leave out user, password and #; {hint}'),
    N_('"{url}": leave out user, password, ? and #; {hint}, and put the secret into cloud.token'),
    N_('"{name}" is no event; use one of {known}'),
    N_("must be true or false, not {value}"),
    N_('"{share}" is no share of calls; use true, false, or a percentage such as "20%"'),
    N_('"{choice}" is nothing a menu can do; use {known}, or a target such as queue:support'),
    N_("{seconds} cannot be used; use 90 to 86400 s (RFC 4028), or 0 for none"),
    N_('"{kind}" is no kind of caller ID; use one of {known}'),
    N_("must be text such as queue:support"),
    N_("must be text such as queue:support or repeat"),
    N_("each can be there once"),
    N_("must be text such as call_back or voicemail:201"),
    N_("There is no agent {id}."),
    N_("{number} is being called back now."),
    N_("{count} of {queue} wait to be called back."),
    N_("There is no call-back {id} to be kept."),
    N_("{number} is being called back now: end that call."),
    N_("{agent} has taken this call-back."),
    N_("{number} cannot be called back: {why}."),
    N_("Somebody else is being asked already; come back first."),
    N_("{number} has not answered yet."),
    N_("{number} cannot be had; come back."),
    N_("Nobody else is being asked."),
    N_("Nothing in the dial plan matches {number}."),
    N_("Extension {number} does not talk in this call."),
    N_('"{number}" is no telephone number; use digits, with + in front or not.'),
    N_("A name has 1 to {most} characters."),
    N_("A phone book has at most {most} entries."),
    N_("{number} is not in the phone book."),
    N_("Entry {place}: {why}"),
    N_("A note has at most {most} characters."),
    N_("There is no call {id}."),
    N_("No agent has your name."),
    N_("You sit at no telephone. Log in at an extension first."),
    N_("Agents see and set what is their own only."),
    N_("The file is larger than {size} MiB."),
    N_("The file is empty."),
    N_("Each line needs a number and a name."),
    N_("Choose a file."),
    N_('"{name}" is no party; use caller or callee.'),
    N_('"{mode}" is not a way to supervise; use {known}.'),
    N_('"{action}" is no action; use one of {known}.'),
    N_('"{date}" is no date; {hint}'),
    N_("what follows whsec_ is not Base64; use a key in Base64, or leave whsec_ out"),
)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The one that says most without its facts wins."""
    ordered = sorted(TEMPLATES, key=lambda text: len(re.sub(r"{\w+}", "", text)), reverse=True)
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), re.S), text) for text in ordered]


def translated(sentence: str, gettext: Callable[[str], str]) -> str:
    """The sentence in the language of `gettext`, by its template or as a message of the catalog; else as it came."""
    for pattern, template in _patterns():
        if found := pattern.fullmatch(sentence):
            facts = {
                name: translated(fact, gettext) if name == "why" else fact for name, fact in found.groupdict().items()
            }
            return gettext(template).format_map(facts)
    return gettext(sentence) if sentence else ""
