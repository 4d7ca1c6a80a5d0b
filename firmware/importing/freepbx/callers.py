# SPDX-License-Identifier: GPL-2.0-or-later
"""Where callers go in FreePBX: queues, ring groups, menus, times, inbound routes."""

from __future__ import annotations

import re

from firmware.importing.freepbx import hours
from firmware.importing.freepbx.destinations import Known, is_end
from firmware.importing.freepbx.tables import Backup
from firmware.importing.plan import Json, Names, Plan, text_of

Row = dict[str, str]
STRATEGIES = {
    "ringall": "ring_all", "leastrecent": "longest_idle", "fewestcalls": "fewest_calls", "random": "random",
    "wrandom": "random", "rrmemory": "round_robin", "rrordered": "round_robin", "linear": "linear",
}  # fmt: skip
GROUP_STRATEGIES = {"ringall": "together", "hunt": "in_turn", "random": "round_robin"}
_MEMBER = re.compile(r"(?:Local|PJSIP|SIP|Agent)?/?([0-9]{1,15})(?:@[\w-]+)?(?:/n)?(?:,(\d{1,2}))?", re.IGNORECASE)
DEEPEST = 20  # conditions that lead from one to the next


def names(backup: Backup, known: Known) -> None:
    """What there is, before anything leads to it."""
    new = Names()
    for _, row in backup.rows("Queues", "tables", "queues_config"):
        known.queues[row.get("extension", "")] = new.new(row.get("descr", ""), f"queue{row.get('extension')}")
    new = Names()
    for _, row in backup.rows("Ringgroups", "groups"):
        known.groups[row.get("grpnum", "")] = new.new(row.get("description", ""), f"group{row.get('grpnum')}")
    new = Names()
    for row in menu_rows(backup):
        known.menus[row.get("id", "")] = new.new(row.get("name", ""), f"menu{row.get('id')}")
    for _, row in backup.rows("Timeconditions", "tables", "timeconditions"):
        known.conditions[row.get("timeconditions_id", "")] = row


def menu_rows(backup: Backup) -> list[Row]:
    """Each is a list of one row."""
    found = backup.of("Ivr", "ivrs")
    listed = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    rows = [row for item in listed for row in (item if isinstance(item, list) else [item]) if isinstance(row, dict)]
    return [{key: str(value if value is not None else "") for key, value in row.items()} for row in rows]


def where_to(plan: Plan, known: Known, where: str, destination: str) -> str | None:
    """A target, or a note of what could not be followed."""
    if not destination or is_end(destination):
        return None
    target = known.target(destination)
    if target is None:
        plan.note(where, f'"{destination[:80]}" leads to what is not taken over; set it by hand.')
    return target


# ---- queues ------------------------------------------------------------------------------------------------


def queues(backup: Backup, plan: Plan, known: Known) -> None:
    """With their members as agents, in tiers of their penalties."""
    details: dict[str, list[Row]] = {}
    for _, row in backup.rows("Queues", "tables", "queues_details"):
        details.setdefault(row.get("id", ""), []).append(row)
    agents: dict[str, dict[str, int]] = {}
    for where, row in backup.rows("Queues", "tables", "queues_config"):
        number = row.get("extension", "")
        said = {item.get("keyword", ""): item.get("data", "") for item in details.get(number, ())}
        members = [item.get("data", "") for item in details.get(number, ()) if item.get("keyword") == "member"]
        plan.add("queue", where, queue(plan, known, where, known.queues[number], row | said))
        for text in members:
            member(plan, known, where, agents, known.queues[number], text)
    _dynamic(backup, known, agents)
    for number, parts in agents.items():
        plan.add("agent", f"Queues.json: {number}", {"id": number, "extension": number, "queues": parts})


def queue(plan: Plan, known: Known, where: str, name: str, row: Row) -> Json:
    """Of the words of queues.conf, and of FreePBX's own for what happens before and after."""
    made: Json = {"name": name, "number": row.get("extension", "")}
    strategy = row.get("strategy", "ringall")
    if strategy not in STRATEGIES:
        plan.note(where, f'"{strategy}" is no strategy here; the caller goes to whoever is free longest.')
    made["strategy"] = STRATEGIES.get(strategy, "longest_idle")
    for key, ours, least, most in (
        ("timeout", "ring_timeout_s", 1, 300), ("wrapuptime", "wrap_up_s", 0, 3600),
        ("maxwait", "max_wait_s", 1, 86400), ("maxlen", "max_callers", 0, 1000),
        ("servicelevel", "service_level_s", 1, 3600),
    ):  # fmt: skip
        text = row.get(key, "")
        if text.isdigit() and least <= int(text) <= most:
            made[ours] = int(text)
    waiting = {
        "position": True if row.get("announce-position") == "yes" else None,
        "estimate": True if row.get("announce-holdtime") == "yes" else None,
        "every_s": _every(row.get("announce-frequency", "")),
    }  # fmt: skip
    made |= {"waiting": {key: value for key, value in waiting.items() if value is not None}}
    made["overflow"] = where_to(plan, known, where, row.get("dest", ""))
    for key, what in (("joinannounce_id", "an announcement"), ("ivr_id", "a menu for those who wait")):
        if row.get(key, "") not in ("", "0", "none"):
            plan.note(where, f'Queue "{name}" has {what}; prompts and keys are not taken over.')
    return made if made["waiting"] else {key: value for key, value in made.items() if key != "waiting"}


def _every(text: str) -> int | None:
    return int(text) if text.isdigit() and 5 <= int(text) <= 3600 else None


def member(plan: Plan, known: Known, where: str, agents: dict[str, dict[str, int]], queue: str, text: str) -> None:
    """`Local/201@from-queue/n,0`: an extension and its penalty."""
    found = _MEMBER.match(text)
    if not found or found[1] not in known.extensions:
        plan.note(where, f'The member "{text[:80]}" of queue "{queue}" is no extension.')
        return
    agents.setdefault(found[1], {})[queue] = min(99, int(found[2] or 0) + 1)


def _dynamic(backup: Backup, known: Known, agents: dict[str, dict[str, int]]) -> None:
    """Those who may log in to a queue: `600/agents/201`, with their penalty."""
    listed = backup.of("Queues", "astdb")
    for entry in listed if isinstance(listed, list) else ():
        for key, value in (entry.get("QPENALTY") or {}).items() if isinstance(entry, dict) else ():
            number, _, agent = str(key).partition("/agents/")
            if number in known.queues and agent in known.extensions and str(value).isdigit():
                agents.setdefault(agent, {}).setdefault(known.queues[number], min(99, int(value) + 1))


# ---- groups and menus --------------------------------------------------------------------------------------


def groups(backup: Backup, plan: Plan, known: Known) -> None:
    for where, row in backup.rows("Ringgroups", "groups"):
        members, outside = list[str](), list[str]()
        for text in filter(None, row.get("grplist", "").split("-")):
            (members if text in known.extensions else outside).append(text)
        name = known.groups[row.get("grpnum", "")]
        if outside:
            plan.note(where, f'Group "{name}": {", ".join(outside)[:120]} are no extensions; they are left out.')
        strategy = GROUP_STRATEGIES.get(row.get("strategy", "").removesuffix("-prim"))
        if strategy is None:
            plan.note(where, f'Group "{name}": "{row.get("strategy")}" is no strategy here; all phones ring together.')
        time = row.get("grptime", "")
        plan.add("group", where, {
            "name": name, "number": row.get("grpnum", ""), "members": members, "strategy": strategy or "together",
            "timeout_s": max(3, int(time)) if time.isdigit() and int(time) <= 600 else None,
            "then": where_to(plan, known, where, row.get("postdest", "")),
        })  # fmt: skip


def menus(backup: Backup, plan: Plan, known: Known) -> None:
    """Their keys. What they say must be recorded, or uploaded, again."""
    entries = backup.of("Ivr", "entries")
    entries = entries if isinstance(entries, dict) else {}
    for row in menu_rows(backup):
        id = row.get("id", "")
        where, name = f"Ivr.json: ivrs.{id}", known.menus[id]
        plan.note(where, f'Menu "{name}": record or upload what it says (Settings, Prompts), and choose it there.')
        listed = entries.get(id)
        keys = _keys(plan, known, where, listed if isinstance(listed, list) else [])
        time, loops = row.get("timeout_time", ""), row.get("timeout_loops", "")
        plan.add("ivr", where, {
            "name": name, "digits": keys,
            "timeout_s": int(time) if time.isdigit() and 1 <= int(time) <= 60 else None,
            "retries": int(loops) if loops.isdigit() and int(loops) <= 9 else None,
            "timeout": where_to(plan, known, where, row.get("timeout_destination", "")),
            "invalid": where_to(plan, known, where, row.get("invalid_destination", "")),
            "extensions": row.get("directdial", "").lower() not in ("", "0", "disabled") or None,
        })  # fmt: skip


def _keys(plan: Plan, known: Known, where: str, entries: list[object]) -> dict[str, str]:
    found = {}
    for entry in entries:
        if isinstance(entry, dict):
            key, destination = str(entry.get("selection") or ""), str(entry.get("dest") or "")
            target = "hangup" if is_end(destination) else where_to(plan, known, f"{where} key {key}", destination)
            if target:
                found[key] = target
    return found


# ---- times and inbound routes ------------------------------------------------------------------------------


def schedules(backup: Backup, plan: Plan, known: Known) -> dict[str, str]:
    """Names of schedules, by the ids of time groups."""
    times: dict[str, list[str]] = {}
    for _, row in backup.rows("Timeconditions", "tables", "timegroups_details"):
        times.setdefault(row.get("timegroupid", ""), []).append(row.get("time", ""))
    names, found = Names(), {}
    for where, row in backup.rows("Timeconditions", "tables", "timegroups_groups"):
        id, title = row.get("id", ""), text_of(row.get("description"))
        days = hours.holidays(times.get(id, []))
        try:
            made = {"holidays": days, "holiday_hours": ["00:00-24:00"]} if days else hours.schedule(times.get(id, []))
        except hours.NotOurs as error:
            plan.note(where, f'Time group "{title}": {error}')
            continue
        found[id] = names.new(title, f"times{id}")
        plan.add("schedule", where, {"name": found[id]} | made)
    return found


def inbound(backup: Backup, plan: Plan, known: Known, open_at: dict[str, str]) -> None:
    """A time condition on the way becomes the schedule of a route, and what is otherwise the next route."""
    for where, row in backup.rows("Core", "Did"):
        did = row.get("extension", "")
        if row.get("cidnum"):
            plan.note(
                where, f"The route for the caller {row['cidnum']} is not taken over: routes go by what was dialled."
            )
            continue
        if did and not re.fullmatch(r"\+?[0-9*#]{1,32}", did):
            plan.note(where, f'"{did}" is no number; a route here is for one number, a line or a trunk.')
            continue
        origins = [{"did": did}] if did else [{"trunk": name} for name in known.trunks.values()]
        ways = _ways(plan, known, where, row.get("destination", ""), open_at)
        for origin in origins:
            for schedule, target in ways:
                plan.add("route", where, origin | {"schedule": schedule, "to": target})


def _ways(
    plan: Plan, known: Known, where: str, destination: str, open_at: dict[str, str]
) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = []
    for _ in range(DEEPEST):
        context, _, rest = destination.partition(",")
        if context != "timeconditions":
            target = where_to(plan, known, where, destination)
            return found + ([(None, target)] if target else [])
        condition = known.conditions.get(rest.partition(",")[0], {})
        title, schedule = condition.get("displayname", ""), open_at.get(condition.get("time", ""))
        if schedule is None:
            plan.note(where, f'Time condition "{title}" has no times that can be taken over; calls go its other way.')
        elif target := _open(plan, known, where, condition):
            found.append((schedule, target))
        destination = condition.get("falsegoto", "")
    plan.note(where, "Its time conditions lead from one to the next without an end.")
    return found


def _open(plan: Plan, known: Known, where: str, condition: Row) -> str | None:
    destination = condition.get("truegoto", "")
    if destination.startswith("timeconditions,"):
        plan.note(
            where,
            f'Time condition "{condition.get("displayname")}" leads to another one while it holds; set it by hand.',
        )
        return None
    return where_to(plan, known, where, destination)
