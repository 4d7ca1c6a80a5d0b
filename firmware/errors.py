# SPDX-License-Identifier: GPL-2.0-or-later
"""Domain errors. Each has a stable code; HTTP and CLI text is made at the edge only."""

from __future__ import annotations


class TipringError(Exception):
    """What went wrong as a sentence that says what to do, under a stable `code`.

    `field` is the path of the input that is wrong, if one is.
    """

    code = "internal_error"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field

    @property
    def kind(self) -> str:
        """Which of `KINDS` it is, whatever its code; "" for none of them."""
        return next((name for name, kind in KINDS.items() if isinstance(self, kind)), "")


class Invalid(TipringError):
    """The input is wrong."""

    code = "invalid"


class NotFound(TipringError):
    """What the input names does not exist."""

    code = "not_found"


class Conflict(TipringError):
    """It cannot be done in the present state."""

    code = "conflict"


class Denied(TipringError):
    """The caller may not do this."""

    code = "denied"


class Unavailable(TipringError):
    """A service that is needed does not answer."""

    code = "unavailable"


KINDS = {kind.code: kind for kind in (Invalid, NotFound, Conflict, Denied, Unavailable)}
"""By the names under which errors travel from service to service."""


def told(error: TipringError) -> dict[str, str | None]:
    """As JSON, from process to process."""
    return {"kind": error.kind, "code": error.code, "message": error.message, "field": error.field}


def of_told(given: dict[str, str]) -> TipringError:
    """The error that `told` made this of. KeyError."""
    return KINDS.get(given["kind"], TipringError)(given["message"], code=given["code"], field=given["field"])
