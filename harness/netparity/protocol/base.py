"""What all formats share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

DataFormat = Literal["channels_last", "channels_first"]
InputKind = Literal["shared", "native"]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]

INPUTS: tuple[InputKind, ...] = ("shared", "native")
PHASES = ("startup", "load", "preprocess", "predict_first", "predict")


class Frozen(BaseModel):
    """An immutable model that rejects unknown keys, so that a misspelled key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
