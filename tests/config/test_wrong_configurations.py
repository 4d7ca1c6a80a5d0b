# SPDX-License-Identifier: GPL-2.0-or-later
"""Each mistake of an installer is named by its path, with what is allowed; nothing is accepted by halves."""

import pytest

from firmware.config import ConfigInvalid, check, dumps, loads

PORTS = ["fxo1", "fxo2", "fxs1", "fxs2"]

GOOD = """
[site]
country = "us"

[[extension]]
number = "201"
port = "fxs1"

[[line]]
port = "fxo1"

[[trunk]]
name = "lines"
ports = ["fxo1"]

[[agent]]
id = "alice"
extension = "201"
queues = { support = 1 }

[[queue]]
name = "support"
number = "600"

[[route]]
line = "fxo1"
to = "queue:support"

[[outbound]]
pattern = "9."
strip = 1
trunks = ["lines"]
"""

LINE = '[[line]]\nport = "fxo1"\n'
BUSY = "busy_tone = {{ frequencies = {}, cadence_ms = {} }}"


def problems(text: str, ports=PORTS) -> dict[str, str]:
    with pytest.raises(ConfigInvalid) as caught:
        check(loads(text), ports)
    return {problem.path: problem.message for problem in caught.value.errors}


def test_the_example_that_all_mistakes_start_from_is_right():
    assert check(loads(GOOD), PORTS).queues[0].name == "support"


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ('country = "us"', 'country = "xx"', "site.country", '"xx" is not a country this box knows; use one of '),
        ('country = "us"', 'country = "US"', "site.country", "de"),
        ('country = "us"', 'language = "fr"', "site.language", '"fr" is not allowed; use "en" or "zh"'),
        ('country = "us"', 'timezone = "Mars/Olympus"', "site.timezone", "use a name like UTC, Europe/Berlin"),
        ('country = "us"', 'timezone = "../../etc/passwd"', "site.timezone", "is not a time zone"),
        ('country = "us"', 'contry = "us"', "site.contry", "use one of name, country, language, timezone"),
        (
            "[site]",
            "speed = 3\n[site]",
            "speed",
            "use one of site, extension, line, trunk, agent, queue, conference, group, paging, ivr, prompts, mail",
        ),
        ("[site]", "[telephone]\n[site]", "telephone", "is not a setting this box knows"),
        ('port = "fxs1"', "", "extension[0].port", "neither port nor sip"),
        ('port = "fxs1"', 'port = "fxs7"', "extension[0].port", "is not a port of this box; use one of fxs1, fxs2"),
        ('port = "fxs1"', 'port = "fxo2"', "extension[0].port", "of the wrong kind, telephones are on fxs ports"),
        ('port = "fxs1"', "port = 1", "extension[0].port", "must be text in quotes, not 1"),
        ('port = "fxs1"', 'sip = { password = "x", address = "phone" }', "extension[0].sip.address", "HOST:PORT"),
        ("[site]", '[edge]\ntrusted = ["everybody"]\n[site]', "edge.trusted[0]", "192.168.1.0/24"),
        ("[site]", '[edge]\ntrusted = ["0.0.0.0/0"]\n[site]', "edge.trusted[0]", "is no network"),
        ("[site]", "[edge]\nban_after = 1\n[site]", "edge.ban_after", "use at least 3"),
        ('number = "201"', 'number = "20a"', "extension[0].number", "use 1 to 15 digits"),
        ('number = "201"', "number = 201", "extension[0].number", "must be text in quotes, not 201"),
        ('[[line]]\nport = "fxo1"', '[[line]]\nport = "fxs2"', "line[0].port", "lines are on fxo ports"),
        (LINE, LINE + 'caller_id = "morse"', "line[0].caller_id", "use one of bell202, v23"),
        (LINE, LINE + "hangup = { battery_ms = 20 }", "line[0].hangup.battery_ms", "use at least 50"),
        (LINE, LINE + 'hangup = { polarity = "yes" }', "line[0].hangup.polarity", "must be true or false"),
        (LINE, LINE + "hangup = { silence_s = -1 }", "line[0].hangup.silence_s", "use at least 0"),
        (LINE, LINE + "hangup = { voice = true }", "line[0].hangup.voice", "use one of battery_ms, polarity, tones"),
        (LINE, LINE + "hangup = true", "line[0].hangup", "must be a table, not true"),
        (LINE, LINE + "busy_tone = { frequencies = [425] }", "line[0].busy_tone.cadence_ms", "is missing"),
        (LINE, LINE + BUSY.format("[50]", "[500, 500]"), "line[0].busy_tone.frequencies[0]", "use at least 200"),
        (LINE, LINE + BUSY.format("[]", "[500, 500]"), "line[0].busy_tone.frequencies", "is empty"),
        (LINE, LINE + BUSY.format("[425]", "[500]"), "line[0].busy_tone.cadence_ms", "on and off times in pairs"),
        (LINE, LINE + BUSY.format("[425]", "[500, 5]"), "line[0].busy_tone.cadence_ms", "60 to 10000 ms"),
        (LINE, LINE + "rx_gain_db = 40", "line[0].rx_gain_db", "use at most 12"),
        (LINE, LINE + 'fax = "queue:support"', "line[0].fax", "cannot take a fax; use extension:NUMBER or trunk:NAME"),
        (LINE, LINE + 'fax = "extension:7"', "line[0].fax", 'there is no extension "7"; use one of 201'),
        (LINE, LINE + 'fax = "trunk:lines"', "line[0].fax", "fxo1 is in use by the fax itself"),
        (LINE, LINE + 'dialling = "morse"', "line[0].dialling", 'use "tone" or "pulse"'),
        (LINE, LINE + 'fax = "205"', "line[0].fax", "is not a target"),
        (LINE, LINE + "echo_canceller = 1", "line[0].echo_canceller", "must be true or false"),
        ('ports = ["fxo1"]', 'ports = ["fxo1", "fxo9"]', "trunk[0].ports[1]", "is not a port of this box"),
        ('ports = ["fxo1"]', 'ports = ["fxo1", "fxo1"]', "trunk[0].ports[1]", "is taken by trunk[0].ports[0]"),
        ('ports = ["fxo1"]', "ports = []", "trunk[0].ports", "name at least one fxo port"),
        ('ports = ["fxo1"]', 'ports = ["fxo1"]\nsip = {registrar = "a.b"}', "trunk[0]", "give one of the two"),
        ('ports = ["fxo1"]', 'sip = {registrar = "a b"}', "trunk[0].sip.registrar", "HOST or HOST:PORT"),
        ('ports = ["fxo1"]', 'sip = {registrar = "a.b", srtp = "x"}', "trunk[0].sip.srtp", '"off"'),
        ('extension = "201"', 'extension = "999"', "agent[0].extension", 'there is no extension "999"; use one of 201'),
        ("{ support = 1 }", "{ sales = 1 }", "agent[0].queues.sales", 'there is no queue "sales"; use one of support'),
        ("{ support = 1 }", "{ support = 0 }", "agent[0].queues.support", "use at least 1"),
        ('number = "600"', 'number = "201"', "queue[0].number", "is taken by extension[0].number"),
        ('number = "600"', 'strategy = "fastest"', "queue[0].strategy", '"longest_idle"'),
        ('number = "600"', "ring_timeout_s = 0", "queue[0].ring_timeout_s", "0 is out of range; use at least 1"),
        ('number = "600"', "max_wait_s = nan", "queue[0].max_wait_s", "nan"),
        ('number = "600"', 'ring = "loud"', "queue[0].ring", 'use "normal" or "group"'),
        ('port = "fxs1"', 'port = "fxs1"\nmetering = { every_s = 60, hz = 50 }', "extension[0].metering.hz", "16000"),
        ('port = "fxs1"', 'port = "fxs1"\nmetering = { hz = 12000 }', "extension[0].metering.every_s", "is missing"),
        ('port = "fxs1"', 'port = "fxs1"\nflash_max_ms = 20', "extension[0].flash_max_ms", "use at least 150"),
        ('port = "fxs1"', "reversal_on_answer = true", "extension[0].reversal_on_answer", "needs a port"),
        ("[site]", "[phones]\nhowler_s = 900\n[site]", "phones.howler_s", "use at most 600"),
        ('number = "600"', "record = 1", "queue[0].record", "must be true or false, not 1"),
        ('number = "600"', 'overflow = "trunk:cloud"', "queue[0].overflow", 'no trunk "cloud"; use one of lines'),
        (
            'number = "600"',
            'overflow = "voicemail:201"',
            "queue[0].overflow",
            "the extension 201 has no voicemail; give an extension voicemail = true",
        ),
        ('number = "600"', 'overflow = "queue:support"', "queue[0].overflow", "cannot lead into itself"),
        (
            'to = "queue:support"',
            'to = "ivr:main"',
            "route[0].to",
            'there is no ivr "main"; there is no ivr yet, add one',
        ),
        ('to = "queue:support"', 'to = "support"', "route[0].to", "is not a target; use queue:NAME"),
        ('to = "queue:support"', 'to = "queue:sales"', "route[0].to", 'there is no queue "sales"; use one of support'),
        ('to = "queue:support"', 'to = "extension:7"', "route[0].to", 'there is no extension "7"; use one of 201'),
        ('to = "queue:support"', 'to = "external:+1 5"', "route[0].to", "is not a number to dial"),
        ('to = "queue:support"', "", "route[0].to", "is missing"),
        ('line = "fxo1"\nto', 'line = "fxo2"\nto', "route[0].line", 'there is no line "fxo2"; use one of fxo1'),
        ('line = "fxo1"\nto', "to", "route[0]", "exactly one of line, did or trunk; this one has none"),
        ('line = "fxo1"\nto', 'line = "fxo1"\ndid = "5"\nto', "route[0]", "this one has line and did"),
        (
            'line = "fxo1"\nto',
            'line = "fxo1"\nschedule = "day"\nto',
            "route[0].schedule",
            'there is no schedule "day"; there is no schedule yet, add one',
        ),
        ('pattern = "9."', 'pattern = "9.1"', "outbound[0].pattern", '"." cannot stand at place 2'),
        ('pattern = "9."', 'pattern = "[5-1]"', "outbound[0].pattern", "is not a range; write it like [1-5]"),
        ('pattern = "9."', 'pattern = ""', "outbound[0].pattern", "is empty"),
        ("strip = 1", "strip = -1", "outbound[0].strip", "-1 is out of range; use at least 0"),
        ("strip = 1", 'class = "premium"', "outbound[0].class", '"emergency"'),
        (
            'trunks = ["lines"]',
            'trunks = ["cloud"]',
            "outbound[0].trunks[0]",
            'there is no trunk "cloud"; use one of lines',
        ),
        ('trunks = ["lines"]', "trunks = []", "outbound[0].trunks", "is empty; give at least 1"),
        ("[site]", '[cloud]\nurl = "ftp://x"\n[site]', "cloud.url", "is not an http or https address"),
        ("[site]", '[cloud]\nurl = "https://"\n[site]', "cloud.url", "is not an http or https address"),
        ("[site]", '[cloud]\nurl = "https://me:secret@x/"\n[site]', "cloud.url", "leave out user, password"),
        ("[site]", '[cloud]\ntoken = "x"\n[site]', "cloud.url", "is missing"),
    ],
)
def test_a_mistake_is_named(old, new, path, says):
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert path in found
    assert says in found[path]


def test_a_port_named_twice_is_said_where_it_is_named_again():
    found = problems(GOOD + '[[extension]]\nnumber = "202"\nport = "fxs1"\n')
    assert found == {"extension[1].port": 'port "fxs1" is taken by extension[0].port; use each port once'}


def test_two_extensions_cannot_have_one_number():
    found = problems(GOOD + '[[extension]]\nnumber = "201"\nport = "fxs2"\n')
    assert found == {
        "extension[1].number": 'number "201" is taken by extension[0].number; '
        "everything that is dialled inside needs a number of its own"
    }


def test_a_line_cannot_be_routed_twice():
    found = problems(GOOD + '[[route]]\nline = "fxo1"\nto = "extension:201"\n')
    says = (
        'line "fxo1" is routed by route[0].line already, at all times; keep one of the two, or give that one a schedule'
    )
    assert found == {"route[1].line": says}


def test_an_extension_without_anything_that_rings_says_both_ways_to_mend_it():
    found = problems(GOOD + '[[extension]]\nnumber = "203"\n')
    assert found == {
        "extension[1].port": 'the extension has neither port nor sip; give port = "fxs1" or sip = { password = "…" }'
    }


def test_one_run_names_all_mistakes_of_every_kind():
    text = (
        GOOD.replace('"us"', '"xx"').replace("strip = 1", 'strip = "1"')
        + '[[extension]]\nnumber = "202"\nport = "fxs1"\ncolour = "red"\n[[extension]]\nnumber = "203"\n'
    )
    assert set(problems(text)) == {
        "site.country",
        "outbound[0].strip",
        "extension[1].port",
        "extension[1].colour",
        "extension[2].port",
    }


def test_a_section_written_as_one_table_is_told_from_a_list():
    assert problems('[queue]\nname = "a"\n') == {
        "queue": "must be a list of tables; write [[queue]] above each of them"
    }


def test_without_knowing_the_ports_only_their_existence_goes_unchecked():
    check(loads(GOOD.replace("fxs1", "fxs9")), None)
    assert "extension[0].port" in problems(GOOD.replace('port = "fxs1"', 'port = "fxo2"'), None)


@pytest.mark.parametrize(
    ("text", "path"),
    [("a = 1\n\nb = = 5\n", "line 3, column 5"), ("[site]\ncountry = 'us", "end of document"), ("a = 1\na = 2", None)],
)
def test_a_file_that_is_not_toml_is_told_by_line_and_column(text, path):
    with pytest.raises(ConfigInvalid) as caught:
        loads(text)
    (problem,) = caught.value.errors
    assert problem.message.startswith("this is not TOML: ")
    assert path is None or path in str(problem)


def test_an_external_target_needs_a_way_out():
    text = GOOD.split("[[outbound]]")[0].replace('to = "queue:support"', 'to = "external:+15550100"')
    assert "needs a way out" in problems(text)["route[0].to"]


def test_the_error_reads_as_one_sentence_with_every_path():
    with pytest.raises(ConfigInvalid, match=r"has 2 errors: a: .*; b: ") as caught:
        check({"a": 1, "b": 2})
    assert caught.value.code == "config_invalid"
    assert [error["path"] for error in caught.value.as_json()] == ["a", "b"]


def test_a_line_takes_all_that_was_learnt_about_it():
    learnt = """caller_id = "none"
hangup = { battery_ms = 250, polarity = true, tones = true, dial_tone = false, silence_s = 600 }
busy_tone = { frequencies = [480, 619.5], cadence_ms = [500, 510] }
rx_gain_db = 3
tx_gain_db = -2.5
echo_canceller = false
"""
    document = loads(GOOD.replace(LINE, LINE + learnt))
    line = check(document, PORTS).lines[0]
    assert (line.caller_id, line.hangup.battery_ms, line.hangup.silence_s) == ("none", 250, 600)
    assert line.busy_tone
    assert line.busy_tone.frequencies == (480, 619.5)
    assert line.busy_tone.cadence_ms == (500, 510)
    assert loads(dumps(document)) == document


def test_what_is_left_out_of_a_line_is_for_the_country_to_say():
    line = check(loads(GOOD), PORTS).lines[0]
    assert line.caller_id is None
    assert line.busy_tone is None
    assert (line.hangup.battery_ms, line.hangup.polarity, line.hangup.tones, line.hangup.dial_tone) == (None,) * 4
