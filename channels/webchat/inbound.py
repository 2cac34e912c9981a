"""What a visitor sends: read with a cap, checked once, taken apart."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import ClientDisconnect, Request

from channels.webchat.errors import BadJson, BodyTooLarge, ControlCharacters, InvalidRequest, TextEmpty, TextTooLong

LONGEST_TEXT = 2000
LONGEST_BODY = 40 * 1024  # the longest text and payload, were every character an escaped surrogate pair
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class SessionRequest(BaseModel):
    """May be left out altogether."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{}, {"restart": True}]})

    restart: bool = Field(
        default=False, description="Begin a new conversation as a new visitor; the token sent is ignored."
    )


class MessageRequest(BaseModel):
    """A line of text, or a pressed button: its payload, and its title as the text."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"id": "c1f0a9e2", "text": "我家停电了"},
                {"id": "c1f0a9e3", "text": "我要报修", "payload": "/report_repair"},
            ]
        },
    )

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        description="Chosen by the client. The same id again is the same message, however often it is sent."
    )
    text: str = Field(
        description=f"1 to {LONGEST_TEXT} characters without the white space around them.",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_TEXT},
    )
    payload: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = Field(
        default=None, description="The payload of a button that was offered in this conversation."
    )


async def read_body(request: Request) -> bytes:
    """The body; raises BodyTooLarge without reading on, and BadJson when the client left before its end."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise BodyTooLarge
    except ClientDisconnect:
        raise BadJson from None
    return bytes(body)


def parse[Body: BaseModel](model: type[Body], body: bytes) -> Body:
    """Raises BadJson, InvalidRequest."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        malformed = error.errors(include_url=False, include_context=False, include_input=False)[0]["type"]
        raise (BadJson if malformed == "json_invalid" else InvalidRequest) from None


def checked_text(message: MessageRequest) -> str:
    """The text without the white space around it; raises ControlCharacters, TextEmpty, TextTooLong."""
    if CONTROL.search(message.text) or CONTROL.search(message.payload or ""):
        raise ControlCharacters
    text = message.text.strip()
    if not text:
        raise TextEmpty
    if len(text) > LONGEST_TEXT:
        raise TextTooLong
    return text
