"""The shapes of what web chat answers, for the OpenAPI document; answers themselves are written as bytes."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from desk.model import Author, Kind


class SessionOut(BaseModel):
    """Who the visitor is from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "token": "k2v0X3…:8f14e45f.aSGy6w.2hVQ…",
                "conversation": "8f14e45f",
                "expires_at": "2026-11-23T02:00:00+00:00",
            }
        }
    )

    token: str = Field(description="Sent as `Authorization: Bearer …` with every request.")
    conversation: str
    expires_at: datetime = Field(description="From then on the token only serves to ask for a new one.")


class AcceptedOut(BaseModel):
    """The message is stored and will be answered."""

    model_config = ConfigDict(json_schema_extra={"example": {"seq": 4}})

    seq: int = Field(description="Its place in the conversation.")


class ButtonOut(BaseModel):
    title: str
    payload: str


class MessageOut(BaseModel):
    """A line of the conversation."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "seq": 5,
                "author": "bot",
                "kind": "buttons",
                "text": "请问是只有您家停电，还是邻居也停了？",
                "buttons": [{"title": "只有我家", "payload": '/affirm_scope{"scope":"home"}'}],
                "data": {},
                "at": "2026-11-22T02:00:00.000+00:00",
            }
        }
    )

    seq: int = Field(ge=1, description="Counts from 1 without gaps in each conversation.")
    author: Author
    kind: Kind
    text: str
    buttons: list[ButtonOut]
    data: dict[str, Any] = Field(description="card: title, fields, footer · image: url, alt · otherwise empty")
    at: datetime
    id: str | None = Field(default=None, description="The client's own id; only on the customer's messages.")


class ErrorOut(BaseModel):
    """Why not: a code for programs and a sentence for people."""

    code: str
    message: str


EVENTS_EXAMPLE = """retry: 1000

event: message
id: 5
data: {"seq":5,"author":"bot","kind":"text","text":"您好","buttons":[],"data":{},"at":"2026-11-22T02:00:00.000+00:00"}

event: typing
data: {"on":true}

: keep-alive

"""
