# SPDX-License-Identifier: GPL-2.0-or-later
"""A running box: what a change would do is told, it is done, and it is taken back."""

from __future__ import annotations

import urllib.error
from typing import Any

import pytest

from hil.box import Box
from tests.sip.conftest import IN_ONE_LOOP

pytestmark = IN_ONE_LOOP


async def post(box: Box, path: str, body: Any) -> Any:
    return await box.request("POST", f"/api/v1/config/{path}", body)


async def test_a_change_is_previewed_kept_with_its_author_and_taken_back(box: Box) -> None:
    shown = await box.get("/config")
    before = shown["document"]
    after = before | {"site": before.get("site", {}) | {"name": "New office"}}
    preview = await post(box, "preview", {"document": after})
    assert [change["path"] for change in preview["changes"]] == ["site.name"]
    assert (await box.get("/config"))["document"] == before
    await box.request("PUT", "/api/v1/config", {"document": after, "revision": preview["revision"]})
    newest = (await box.get("/config/history"))["items"][0]
    assert (newest["changes"], newest["author"].partition(":")[0]) == (preview["changes"], "api")
    with pytest.raises(urllib.error.HTTPError, match="409"):
        await post(box, "rollback", {"to": shown["revision"], "revision": shown["revision"]})
    back = await post(box, "rollback", {"to": shown["revision"], "revision": newest["revision"]})
    assert await box.get("/config") == {"revision": back["revision"], "document": before}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        await post(box, "rollback", {"to": 999})
