# SPDX-License-Identifier: GPL-2.0-or-later
"""The `tipring` command as a user meets it: what it says, where, and its exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from firmware import records
from firmware.config import default_document, dumps
from firmware.ids import uuid7
from firmware.store import history
from firmware.store.access import Access, Role
from firmware.store.config_db import ConfigDb
from firmware.store.writer import HistoryWriter
from firmware.times import parse

GOOD = dumps(default_document(["fxo1", "fxs1"]))


@pytest.fixture
def good(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD)
    return str(file)


@pytest.fixture
def bad(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text(GOOD.replace('"us"', '"xx"') + '\n[[extension]]\nnumber = "202"\nport = "fxs1"\nspeed = 1\n')
    return str(file)


@pytest.mark.parametrize("action", ["check", "apply"])
def test_every_error_of_a_file_is_a_line_with_its_path(tipring, tmp_path, bad, action):
    status, out, err = tipring("config", action, bad)
    assert (status, out) == (1, "")
    lines = err.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["extension[1].speed", "site.country", "extension[1].port"]
    assert lines[1].startswith('site.country: "xx" is not a country this box knows; use one of ae, ar, at, ')
    assert not (tmp_path / "config.db").exists()


def test_errors_as_json_for_scripts(tipring, bad):
    status, out, _ = tipring("config", "check", bad, "--json")
    assert status == 1
    error = json.loads(out)["error"]
    assert error["code"] == "config_invalid"
    assert error["errors"][1]["path"] == "site.country"


def test_numbers_of_a_file_are_kept_as_they_are_dialled(tipring, tmp_path, good):
    with Path(good).open("a") as file:
        file.write('\n[[route]]\ndid = "(201) 555-0123"\nto = "external:9 555 0199"\n')
    assert tipring("config", "apply", good)[0] == 0
    assert ConfigDb(tmp_path).current().document["route"][-1] == {"did": "2015550123", "to": "external:95550199"}


def test_a_good_file_is_applied_without_a_core_and_shown(tipring, tmp_path, good):
    assert tipring("config", "check", good)[:2] == (0, f"{good}: no errors\n")
    assert tipring("config", "apply", good)[:2] == (0, "revision 1 is in force\n")
    assert ConfigDb(tmp_path).current().author.startswith("cli:")
    assert tipring("config", "show")[:2] == (0, GOOD)
    status, out, _ = tipring("config", "show", "--json")
    assert (status, json.loads(out)["document"]) == (0, default_document(["fxo1", "fxs1"]))


def test_the_ports_of_the_last_run_are_checked_against_without_a_core(tipring, tmp_path, good):
    ConfigDb(tmp_path).remember_ports(["fxs1"])
    status, _, err = tipring("config", "apply", good)
    assert status == 1
    assert 'line[0].port: "fxo1" is not a port of this box; this box has no fxo port' in err


def test_with_a_core_it_applies(tipring, core, tmp_path, good):
    assert tipring("config", "apply", good)[:2] == (0, "revision 1 is in force\n")
    assert ConfigDb(tmp_path).current().id == 1


def test_a_file_that_is_not_there_or_no_text_is_told(tipring, tmp_path):
    assert tipring("config", "check", str(tmp_path / "none"))[2].endswith(
        "none cannot be read: No such file or directory.\n"
    )
    (tmp_path / "binary").write_bytes(b"\xff\xfe\0")
    status, _, err = tipring("config", "check", str(tmp_path / "binary"))
    assert status == 1
    assert "is not UTF-8 text" in err


def test_before_any_configuration_show_says_what_to_do(tipring):
    status, _, err = tipring("config", "show")
    assert (status, err) == (1, "tipring: No configuration has been applied yet; use tipring config apply FILE.\n")


def test_a_token_is_printed_once_and_works(tipring, tmp_path):
    status, out, _ = tipring("token", "create", "--role", "supervisor", "--name", "wallboard")
    assert status == 0
    assert Access(tmp_path).role_of(out.strip()) is Role.SUPERVISOR
    (listed,) = json.loads(tipring("token", "list", "--json")[1])
    assert (listed["role"], listed["name"]) == ("supervisor", "wallboard")
    assert out.strip() not in tipring("token", "list")[1]
    assert tipring("token", "revoke", listed["id"])[0] == 0
    assert Access(tmp_path).role_of(out.strip()) is None


@pytest.mark.parametrize(
    "arguments",
    [(), ("nonsense",), ("token", "create"), ("token", "create", "--role", "root"), ("call", "list", "--since", "x")],
)
def test_wrong_usage_is_2(tipring, arguments):
    assert tipring(*arguments)[0] == 2


def test_status_with_nothing_running(tipring):
    status, out, _ = tipring("status")
    assert status == 0
    assert "core down  web down  uplink down" in out
    found = json.loads(tipring("status", "--json")[1])
    assert found["services"]["core"] == "down"
    assert found["degraded"] == ["Call control is not running; tipring up starts it."]


def test_status_of_a_running_box(tipring, core):
    status, out, _ = tipring("status")
    assert status == 0
    assert "core up" in out
    assert "fxs1  in_use" in out
    assert json.loads(tipring("status", "--json")[1])["ports"][0]["id"] == "fxo1"


def test_ports_agents_and_calls_of_a_running_box(tipring, core):
    assert tipring("ports")[1].splitlines()[1].split()[:3] == ["fxo1", "fxo", "idle"]
    assert "alice" in tipring("agent", "list")[1]
    assert tipring("agent", "set", "alice", "paused", "--reason", "lunch")[:2] == (0, "alice is paused\n")
    assert tipring("call", "make", "201", "95550100")[:2] == (0, "201-95550100\n")
    assert tipring("call", "hangup", "1")[0] == 0
    assert core.hung_up == ["1"]


def test_settings_of_an_extension_are_given_as_words(tipring, core):
    words = ("forward_busy=202", "forward_always=", "do_not_disturb=on", "call_waiting=default")
    status, out, _ = tipring("extension", "201", *words, "--json")
    chosen = {"forward_busy": "202", "forward_always": "", "do_not_disturb": True, "call_waiting": None}
    assert (status, json.loads(out)) == (0, {"extension": "201", "name": "Alice", "lamp": "idle", **chosen})
    assert tipring("extension", "201", "nonsense")[0] == 1


def test_an_error_of_the_core_is_one_line(tipring, core):
    assert tipring("call", "hangup", "nothing") == (1, "", "tipring: There is no call nothing.\n")


def test_without_a_core_its_commands_say_what_to_do(tipring):
    status, out, err = tipring("ports")
    assert (status, out) == (1, "")
    assert err.startswith("tipring: Call control does not answer")


def test_calls_recordings_and_alarms_are_told_without_a_core(tipring, tmp_path):
    at = parse("2026-11-22T08:00:00Z")
    cdr = records.Cdr(
        uuid7(), records.Direction.INBOUND, "5550100", "Ann", "600", at, ended_at=at,
        disposition=records.Disposition.ABANDONED,
    )  # fmt: skip
    writer = HistoryWriter(tmp_path / "history.db")
    writer.submit(history.call_ended, cdr, True)
    writer.submit(history.trail, [records.TrailEvent(cdr.id, at, "ringing", {"line": "fxo1"})])
    writer.submit(history.recording_failed, records.Recording(uuid7(), cdr.id, "a.wav", at))
    alarm = records.Alarm(uuid7(), "cloud_refused", records.Severity.ERROR, "The cloud refused it.", at)
    writer.submit(history.alarm_raised, alarm, True)
    writer.close()

    assert "abandoned" in tipring("call", "list")[1]
    assert json.loads(tipring("call", "list", "--number", "5550100", "--json")[1])["items"] == [
        json.loads(json.dumps(cdr.as_json() | {"recordings": [item["id"] for item in recordings(tipring)]}))
    ]
    assert tipring("call", "list", "--since", "2027-01-01")[1] == "No calls.\n"
    shown = json.loads(tipring("call", "show", cdr.id, "--json")[1])
    assert (shown["id"], shown["trail"][0]["event"]) == (cdr.id, "ringing")
    assert "ringing" in tipring("call", "show", cdr.id)[1]
    assert tipring("call", "show", "nothing")[0] == 1
    assert "The cloud refused it." in tipring("alarms")[1]
    out = tipring("status")[1]
    assert "! error: The cloud refused it." in out
    assert "outbox: 2 waiting, 0 parked" in out


def recordings(tipring) -> list[dict]:
    return json.loads(tipring("record", "list", "--json")[1])["items"]


def test_a_limit_that_cannot_be_is_told(tipring):
    assert tipring("call", "list", "--limit", "0") == (1, "", "tipring: 0 cannot be a limit; use 1 to 1000.\n")


def test_the_state_may_stand_before_the_command(tmp_path, capsys):
    from firmware.cli import main

    assert main(["--state", str(tmp_path), "--json", "status"]) == 0
    assert json.loads(capsys.readouterr().out)["state_dir"] == str(tmp_path)


def test_status_loads_nothing_that_it_does_not_need(tmp_path):
    program = "import sys; from firmware.cli import main; main(['status', '--state', sys.argv[1]]); "
    program += "print([m for m in ('pydantic', 'sqlite_utils', 'argon2', 'pjsua2', 'asyncio') if m in sys.modules])"
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    command = f"{sys.executable} -m firmware.cli token list --json --state {tmp_path} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=False)
    assert "Traceback" not in done.stderr


def test_help_names_every_command_without_loading_any(capsys):
    from firmware.cli import main

    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    for command in ("status", "config", "ports", "call", "queue", "agent", "record", "alarms", "token"):
        assert f"    {command} " in out


def test_the_history_tells_who_changed_what_and_a_former_revision_comes_back(tipring, tmp_path, good):
    tipring("config", "apply", good)
    other = tmp_path / "other.toml"
    other.write_text(GOOD.replace('"Tipring"', '"Office"').replace('"Line 1"', '"Main"'))
    status, out, _ = tipring("config", "diff", str(other))
    assert (status, ConfigDb(tmp_path).current().id) == (0, 1)
    assert out == '~ site.name: "Tipring" -> "Office"\n~ line[fxo1].name: "Line 1" -> "Main"\n'
    status, said, err = tipring("config", "apply", str(other))
    assert (said, err.endswith(out)) == ("revision 2 is in force\n", True)
    status, listed, _ = tipring("config", "history", "--json")
    newest, _ = json.loads(listed)
    assert (newest["revision"], newest["author"]) == (2, ConfigDb(tmp_path).current().author)
    assert newest["changes"][0] == {"path": "site.name", "before": "Tipring", "after": "Office"}
    assert tipring("config", "rollback", "1")[:2] == (0, "revision 3 is in force\n")
    assert tipring("config", "show")[1] == GOOD
    assert tipring("config", "show", "--revision", "2")[1] == other.read_text()
    assert tipring("config", "rollback", "9")[2] == "tipring: There is no configuration revision 9.\n"


def test_a_caller_who_waits_is_moved_and_taken_from_the_shell(tipring, core):
    assert "5550100" in tipring("queue", "move", "c1", "sales", "--anew")[1]
    assert json.loads(tipring("queue", "priority", "c1", "2", "--json")[1])[0]["call"] == "c1"
    assert tipring("queue", "pick", "c1", "205")[0] == 0
    assert all(params.pop("by").startswith("cli:") for params in core.ordered)
    assert core.ordered == [
        {"id": "c1", "queue": "sales", "keep_wait": False},
        {"id": "c1", "priority": 2},
        {"id": "c1", "extension": "205"},
    ]
    assert tipring("queue")[0] == tipring("queue", "list")[0] == 0
    assert "Nobody waits" in tipring("queue", "callers")[1]


def test_a_file_is_rehearsed_and_what_would_silence_calls_for_help_is_refused(tipring, tmp_path):
    file = tmp_path / "box.toml"
    extension = '[[extension]]\nnumber = "201"\nsip = {}\n'
    file.write_text(extension + '[[trunk]]\nname = "cloud"\nsip = { registrar = "sip.example.com" }\n')
    assert tipring("config", "apply", str(file))[0] == 0
    file.write_text(extension)
    status, said, refused = tipring("config", "apply", "--rehearse", str(file))
    assert (status, said.splitlines()[0]) == (
        1,
        '- trunk[cloud]: {"name": "cloud", "sip": {"registrar": "sip.example.com"}}',
    )
    assert "911" in refused
    status, _, refused = tipring("config", "apply", str(file))
    assert (status, "would not reach help" in refused) == (1, True)
    assert tipring("config", "apply", "--without-emergency", str(file))[0] == 0


def test_a_supervisor_and_a_token_are_limited_from_the_shell(tipring, tmp_path):
    queue = "support"
    ConfigDb(tmp_path).apply({"site": {"country": "us"}, "queue": [{"name": queue, "number": "600"}]}, "test")
    access = Access(tmp_path)
    access.create_user("owner", "lantern mussel pier", "admin")
    access.create_user("sue", "lantern mussel pier", "supervisor")
    assert json.loads(tipring("user", "limit", "sue", queue, "--json")[1])[0]["queues"] == [queue]
    assert tipring("user", "limit", "sue", "nowhere")[0] == 1
    assert queue in tipring("user", "list")[1]
    assert tipring("user", "limit", "sue")[0] == 0
    assert access.user("sue").queues == ()
    secret = tipring("token", "create", "--role", "readonly", "--queue", queue)[1].strip()
    assert access.check_token(secret).queues == (queue,)
    assert tipring("token", "create", "--role", "admin", "--queue", queue)[0] == 1


def test_a_change_on_trial_without_a_core(tipring, tmp_path, good):
    tipring("config", "apply", good)
    other = tmp_path / "other.toml"
    other.write_text(GOOD + '\n[board]\ndrill = "never"\n')
    assert tipring("config", "trial")[1] == "nothing is on trial\n"
    said = tipring("config", "apply", str(other), "--trial", "5m")
    assert said[:2] == (0, "revision 2 is in force for 300 s; `tipring config keep` confirms it\n")
    assert "then revision 1 comes back" in tipring("config", "trial")[1]
    assert json.loads(tipring("config", "trial", "--json")[1])["trial"]["former"] == 1
    third = tmp_path / "third.toml"
    third.write_text(GOOD + '\n[board]\ndrill = "month"\n')
    status, _, err = tipring("config", "apply", str(third))
    assert (status, "Keep it or go back first" in err) == (1, True)
    assert tipring("config", "back")[0] == 0
    assert tipring("config", "show")[1] == GOOD
    assert tipring("config", "back")[0] == 1
    tipring("config", "apply", str(other), "--trial", "40")
    assert tipring("config", "keep")[:2] == (0, "revision 4 stays\n")
    assert tipring("config", "show")[1] != GOOD


@pytest.mark.parametrize("time", ["5", "2d", "soon", "-1m", "25h"])
def test_a_trial_of_no_use_is_refused(tipring, good, time):
    status, _, err = tipring("config", "apply", good, f"--trial={time}")
    assert (status, "use 30s to 24h" in err) == (2, True)
