"""The nouns of alarms: what a sensor says of a transformer area or of a feeder."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from utility.models import Model
from utility.plans import Moment, Name


class AlarmKind(StrEnum):
    NO_VOLTAGE = "失压"
    OVERCURRENT = "过流"
    SILENT = "通信中断"
    WELL = "恢复"


class Alarm(Model):
    """What a sensor said, and which outage it speaks for."""

    id: int = Field(description="stable key")
    source: str = Field(description="which system")
    external_id: str = Field(description="its own number there")
    kind: AlarmKind = Field(description="失压 过流 通信中断 恢复")
    transformer_area: str | None = Field(default=None, description="台区")
    feeder: str | None = Field(default=None, description="10 kV line")
    at: datetime = Field(description="when the sensor saw it")
    received_at: datetime = Field(description="when it was told")
    drill: bool = Field(description="of an exercise")
    cleared_at: datetime | None = Field(default=None, description="when it was well again; none as long as it is not")
    outage_id: str | None = Field(default=None, description="the incident or plan that it belongs to")


class AlarmReport(Model):
    """A sensor's word on a transformer area or on a feeder. The same number of the same system is the same alarm."""

    source: Name = Field(description="which system")
    external_id: Name = Field(description="its own number there")
    kind: AlarmKind = Field(description="失压 过流 通信中断 恢复")
    transformer_area: Name | None = Field(default=None, description="台区; this or the feeder")
    feeder: Name | None = Field(default=None, description="10 kV line; this or the transformer area")
    at: Moment = Field(description="when the sensor saw it")
    drill: bool = Field(default=False, description="of an exercise")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.transformer_area is None) == (self.feeder is None):
            raise ValueError("a transformer area or a feeder")
        return self
