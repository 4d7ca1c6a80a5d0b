# SPDX-License-Identifier: GPL-2.0-or-later
"""A core that checks and keeps configurations as the real one does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fake_core import CoreError, FakeCore

from firmware.config import ConfigInvalid, check
from firmware.errors import TipringError
from firmware.store.config_db import ConfigDb


def applies(core: FakeCore, state: Path) -> None:
    """From now on `config.apply` works."""
    core.answers["config.apply"] = lambda params: _apply(ConfigDb(state), params)


def _apply(configs: ConfigDb, params: dict[str, Any]) -> dict[str, Any]:
    try:
        check(params["document"], None)
        return {"revision": configs.apply(params["document"], params["author"], params.get("revision")).id}
    except ConfigInvalid as error:
        raise CoreError(error.code, error.message, errors=error.as_json()) from None
    except TipringError as error:
        raise CoreError(error.code, error.message, field=error.field) from None
