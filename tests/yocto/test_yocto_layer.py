# SPDX-License-Identifier: GPL-2.0-or-later
"""The layer and the product say the same: versions, digests, settings, units, users. bitbake: make image-check."""

from __future__ import annotations

import email
import re
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from hil.recipes import LAYER, RECIPES, ROOT, recipe, value

YOCTO = ROOT / "yocto"
SYSTEM = ROOT / "firmware" / "system"
sys.path[:0] = [str(YOCTO), str(ROOT / "scripts")]

import check  # noqa: E402
import release  # noqa: E402
import wheels  # noqa: E402
from pjproject import cache  # noqa: E402


def test_every_python_package_of_the_product_is_in_the_image() -> None:
    here = {path.name for path in wheels.RECIPES.glob("*.bb")}
    wanted = {wheels.recipe(name, version).name for name, version in wheels.ours().items()}
    assert here == wanted, "requirements/run.txt has changed: .venv/bin/python yocto/wheels.py writes the recipes"
    assert set(wheels.FROM_LAYERS) | set(wheels.NOT_NEEDED) <= set(wheels.pins()), "no longer in requirements/run.txt"


@pytest.mark.parametrize("package", sorted(wheels.ours()))
def test_a_wheel_is_one_that_the_lock_names(package: str) -> None:
    text = wheels.recipe(package, wheels.ours()[package]).read_text()
    used = set(re.findall(r'sha256sum\] = "(\w+)"', text))
    assert used
    assert used <= wheels.digests(package)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_licence_is_an_expression_that_bitbake_takes(path: Path) -> None:
    for said in re.findall(r'^LICENSE = "(.*)"$', path.read_text(), re.MULTILINE):
        assert re.fullmatch(r"[A-Za-z0-9.-]+(?: [&|] [A-Za-z0-9.-]+)*", said)


def test_a_wheel_that_names_two_licences_keeps_both() -> None:
    about = email.message_from_string("Name: x\nLicense: EPL-2.0 OR MIT\nClassifier: License :: OSI Approved\n")
    assert wheels.licence(about) == "EPL-2.0 | MIT"


def test_the_services_need_what_the_product_asks_for() -> None:
    assert wheels.NEEDED.read_text() == wheels.needed(), "requirements/run.in has changed: run yocto/wheels.py"
    assert f"require {wheels.NEEDED.name}" in recipe("tipring-services")


def test_pjproject_is_built_with_the_settings_of_scripts() -> None:
    script = (ROOT / "scripts/pjproject/build.sh").read_text()
    options = set(re.findall(r" (--(?:enable|disable|with)-[a-z0-9-]+)", script))
    wanted = options - {"--with-external-gsm"} | {"--disable-gsm-codec"}
    assert set(value("pjproject", "EXTRA_OECONF").split()) == wanted
    assert f"pjproject_{cache.VERSION}.bb" in {path.name for path in RECIPES}
    assert "#define PJMEDIA_HAS_GSM_CODEC             0" in (ROOT / "scripts/pjproject/config_site.h").read_text()


def test_kamailio_has_the_modules_that_the_edge_loads() -> None:
    template = (ROOT / "firmware/edge/kamailio.cfg.in").read_text()
    assert set(value("kamailio", "KAMAILIO_MODULES").split()) == set(re.findall(r'loadmodule "(\w+)"', template))


def test_every_unit_that_starts_by_itself_says_by_what() -> None:
    """The recipe enables those with [Install]; the others are started by a unit of the same name."""
    units = {path.name: path.read_text() for path in (SYSTEM / "units").iterdir() if path.is_file()}
    for name in (name for name, text in units.items() if "[Install]" not in text):
        assert any(other != name and other.rpartition(".")[0] == name.rpartition(".")[0] for other in units), name


def test_every_file_that_the_recipe_installs_is_there() -> None:
    named = re.findall(r"\$\{SYSTEM\}/([\w.-]+)", recipe("tipring-services"))
    assert set(named) == {path.name for path in SYSTEM.iterdir()}


def test_every_user_of_the_product_has_a_number() -> None:
    declared = (SYSTEM / "sysusers.conf").read_text()
    users = set(re.findall(r"^u (\S+)", declared, re.MULTILINE))
    given = re.findall(r"--uid (\d+) --gid ([\w-]+) ([\w-]+)", value("tipring-services", "USERADD_PARAM:${PN}"))
    assert {name for _, _, name in given} == users
    assert len({number for number, _, _ in given}) == len(users)
    groups = set(re.findall(r"--gid \d+ ([\w-]+)", value("tipring-services", "GROUPADD_PARAM:${PN}")))
    assert groups == users | set(re.findall(r"^g (\S+)", declared, re.MULTILINE))


def test_the_slots_are_those_of_the_documentation() -> None:
    told = (ROOT / "docs/update.md").read_text()
    config = (LAYER / "recipes-tipring/rauc-conf/files/system.conf.in").read_text()
    assert re.findall(r"\[slot\.(.+)\]", config) == re.findall(r"^\| `(rootfs\.\d)` \|", told, re.MULTILINE)
    assert re.findall(r"^bootname=(.)", config, re.MULTILINE) == ["A", "B"]
    assert re.findall(r"statusfile=\S+", told)[0].rstrip("`") in config
    for machine in check.machines():
        assert f"`tipring-{machine}`" in told


@pytest.mark.parametrize("machine", check.machines())
def test_a_kas_file_names_what_there_is(machine: str) -> None:
    file = yaml.safe_load((check.KAS / f"{machine}.yml").read_text())
    assert file["machine"] == machine
    for included in file["header"]["includes"]:
        assert (ROOT / included).is_file()
    base = yaml.safe_load((check.KAS / "base.yml").read_text())
    assert (LAYER / "conf" / "distro" / f"{base['distro']}.conf").is_file()
    assert all((ROOT / layer / "conf" / "layer.conf").is_file() for layer in base["repos"]["tipring"]["layers"])
    assert set(base["target"]) == set(check.TARGETS) <= {path.stem for path in RECIPES}
    for name in {**base["repos"], **file.get("repos", {})}.keys() - {"tipring"}:
        described = {**base["repos"].get(name, {}), **file.get("repos", {}).get(name, {})}
        assert re.fullmatch(r"[0-9a-f]{40}", described["commit"])
        assert described["url"].startswith("https://")


def test_the_newest_commits_are_taken_of_every_repository() -> None:
    newest = yaml.safe_load((check.KAS / "newest.yml").read_text())
    assert newest["overrides"]["repos"] == {name: {"commit": None} for name in check.repositories()}


def test_the_layer_is_checked_beside_another_distribution_and_not_yet_added() -> None:
    files = [Path(name) for name in check.shell("qemux86-64", "true", "layer")[2].split(":")]
    assert all(file.is_file() for file in files)
    layer, base = (yaml.safe_load(file.read_text()) for file in (files[-1], check.KAS / "base.yml"))
    assert layer["distro"] != base["distro"]
    assert layer["repos"]["tipring"]["layers"] == dict.fromkeys(base["repos"]["tipring"]["layers"], "disabled")


def test_the_archive_has_what_the_services_run_with(tmp_path: Path) -> None:
    with tarfile.open(release.pack(ROOT, tmp_path)) as archive:
        names = {name.removeprefix("tipring/") for name in archive.getnames()}
        assert all(member.mtime == 0 and member.uid == 0 for member in archive)
    assert {"build/static/manifest.json", "build/sounds/music.wav", "webui/locale/zh/LC_MESSAGES/tipring.mo"} <= names
    assert {f"firmware/system/{path.name}" for path in SYSTEM.iterdir() if path.is_file()} <= names
    assert not any(name.endswith((".pyc", ".po")) or name.startswith("tests/") for name in names)


def test_without_what_the_setup_makes_the_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / "firmware").mkdir()
    release.subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(release.NotMade, match="make setup"):
        release.pack(tmp_path, tmp_path / "out")
