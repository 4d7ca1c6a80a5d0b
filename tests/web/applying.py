# SPDX-License-Identifier: GPL-2.0-or-later
"""A core that checks and keeps configurations as the real one does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fake_core import CoreError, FakeCore

from firmware.config import ConfigInvalid, check
from firmware.config.trial import go_back
from firmware.config.written import as_dialled
from firmware.errors import TipringError
from firmware.rehearsal.emergency import guard
from firmware.rehearsal.preview import preview
from firmware.store.config_db import ConfigDb
from firmware.store.config_history import steps


def applies(core: FakeCore, state: Path) -> None:
    """From now on `config.apply`, `config.preview`, `config.history`, `config.rollback` and trials work."""
    core.answers["config.preview"] = lambda params: _preview(ConfigDb(state), params)
    core.answers["config.history"] = lambda params: [
        step.as_json() for step in steps(ConfigDb(state), params["before"])
    ]
    core.answers["config.rollback"] = lambda params: _rollback(ConfigDb(state), params)
    core.answers["config.apply"] = lambda params: _apply(ConfigDb(state), params)
    core.answers["config.trial.confirm"] = lambda params: {"revision": ConfigDb(state).confirm().revision}
    core.answers["config.trial.end"] = lambda params: _end_trial(ConfigDb(state), params)


def _apply(configs: ConfigDb, params: dict[str, Any]) -> dict[str, Any]:
    document = as_dialled(params["document"])
    try:
        if not params.get("without_emergency"):
            guard(check(configs.current().document), check(document), ())
        trial_s = params.get("trial_s")
        return {"revision": configs.apply(document, params["author"], params.get("revision"), trial_s=trial_s).id}
    except ConfigInvalid as error:
        raise CoreError(error.code, error.message, errors=error.as_json()) from None
    except TipringError as error:
        raise CoreError(error.code, error.message, field=error.field) from None


def _end_trial(configs: ConfigDb, params: dict[str, Any]) -> dict[str, Any]:
    trial = configs.trial()
    assert trial
    return {"revision": go_back(configs, trial, params["author"], None).id}


def _preview(configs: ConfigDb, params: dict[str, Any]) -> dict[str, Any]:
    now = configs.current()
    try:
        told = preview(now.document, as_dialled(params["document"]), None, configs.path.with_name("history.db"), {})
    except ConfigInvalid as error:
        raise CoreError(error.code, error.message, errors=error.as_json()) from None
    return {"revision": now.id} | told


def _rollback(configs: ConfigDb, params: dict[str, Any]) -> dict[str, Any]:
    return _apply(configs, params | {"document": configs.revision(params["to"]).document})
