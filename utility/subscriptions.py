"""The nouns of being told: subscriptions to outages, and whom to call in an emergency."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from utility.models import Model, Words

Conversation = Annotated[Words, StringConstraints(min_length=1, max_length=200)]
Key = Annotated[Words, StringConstraints(min_length=1, max_length=60)]


class TargetKind(StrEnum):
    ACCOUNT = "户号"
    PLACE = "地点"


class SubscriptionRequest(Model):
    """Outages of exactly one account or place, from now on."""

    conversation: Conversation = Field(description="who wants to be told: the opaque conversation id")
    account_no: Key | None = Field(default=None, description="户号; bound to the conversation")
    place_id: Key | None = Field(default=None, description="a community or street of the gazetteer")

    @model_validator(mode="after")
    def _one_target(self) -> "SubscriptionRequest":
        if (self.account_no is None) == (self.place_id is None):
            raise ValueError("exactly one of account_no and place_id")
        return self


class Subscription(Model):
    """What a conversation is told of. It ends with the binding of its account, or when it is taken back."""

    id: int = Field(description="stable key")
    kind: TargetKind = Field(description="an account or a place")
    account_masked: str | None = Field(default=None, description="the last four digits; of an account")
    place_id: str | None = Field(default=None, description="of a place")
    place: str | None = Field(default=None, description="name of the place; an account does not give its away")
    at: datetime = Field(description="since when")


Name = Annotated[Words, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class EmergencyContactWish(Model):
    """Somebody who agreed to be called about an account."""

    name: Name = Field(description="as they are called")
    phone: str = Field(pattern=r"^[0-9]{7,12}$", description="digits only")
    order: int = Field(ge=1, le=99, description="1 is called first")
    consent: Literal[True] = Field(description="they agreed to it; without that nothing is kept")


class EmergencyContactsWish(Model):
    """All of an account's contacts as they are to be; an empty list removes them."""

    contacts: list[EmergencyContactWish] = Field(max_length=99, description="no order twice")


class EmergencyContact(Model):
    order: int = Field(description="1 is called first")
    name_masked: str = Field(description="张*")
    phone_masked: str = Field(description="138****5678")
    consented_at: datetime = Field(description="when they agreed")


class StaffEmergencyContact(Model):
    """In full. That it was asked for, by whom and why, is kept."""

    order: int = Field(description="1 is called first")
    name: str = Field(description="in full")
    phone: str = Field(description="in full")
    consented_at: datetime = Field(description="when they agreed")
