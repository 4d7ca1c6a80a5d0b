# SPDX-License-Identifier: GPL-2.0-or-later
"""The model asked about itself: which keys a table of the file has, and in which order."""

from __future__ import annotations

import types
import typing

from pydantic import BaseModel

from firmware.config.model import Config


def model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside a type such as `Site`, `Cloud | None` or `tuple[Line, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (tuple, typing.Union, types.UnionType, typing.Annotated):
        found = (model_in(argument) for argument in typing.get_args(annotation))
        return next((model for model in found if model), None)
    return None


def keys(model: type[BaseModel]) -> dict[str, object]:
    """The keys of a table as the file writes them, with their types."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def model_at(location: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model of the table at a place such as ("extension", 1, "sip"); None when there is no table."""
    model: type[BaseModel] | None = Config
    for part in location:
        if isinstance(part, str) and model:
            model = model_in(keys(model).get(part))
    return model


def in_order(value: object, model: type[BaseModel] | None = Config) -> object:
    """The document with the keys of its tables in the model's order."""
    if isinstance(value, list):
        return [in_order(item, model) for item in value]
    if not isinstance(value, dict) or model is None:
        return value
    known = keys(model)
    order = [*(key for key in known if key in value), *(key for key in value if key not in known)]
    return {key: in_order(value[key], model_in(known.get(key))) for key in order}
