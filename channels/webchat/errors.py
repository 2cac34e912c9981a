"""What web chat refuses, with the code a program reads and the sentence a person reads.

WebChatError
├── TokenMissing       401  no Bearer token
├── TokenInvalid       401  forged, damaged, too old to renew, or of a conversation nobody has
├── TokenExpired       401  genuine but over: POST /webchat/session renews it
├── BadJson            400  the body is not JSON
├── BodyTooLarge       413  more bytes than any message needs
├── TextTooLong        413  more characters than a message may have
├── TextEmpty          422  nothing but white space
├── ControlCharacters  422  characters that no keyboard writes
├── InvalidRequest     422  a field is missing, unknown or malformed
├── ImageNotFound      404  this message is not a picture
├── RateLimited        429  this visitor or address is too fast
├── Busy               429  all visitors together are too fast
└── Unavailable        503  our own failure; the same request may be sent again
"""

from typing import ClassVar


class WebChatError(Exception):
    """Root of web chat's errors. `phrase` names the sentence in `phrases`."""

    status: ClassVar[int]
    code: ClassVar[str]
    phrase: ClassVar[str]


class TokenMissing(WebChatError):
    """No Bearer token."""

    status, code, phrase = 401, "token_missing", "utter_web_session_over"


class TokenInvalid(WebChatError):
    """A token that is worth nothing: ask for a session without it."""

    status, code, phrase = 401, "token_invalid", "utter_web_session_over"


class TokenExpired(WebChatError):
    """A genuine token whose time is over: ask for a session with it."""

    status, code, phrase = 401, "token_expired", "utter_web_session_over"


class BadJson(WebChatError):
    """The body is not JSON."""

    status, code, phrase = 400, "bad_json", "utter_web_invalid_request"


class BodyTooLarge(WebChatError):
    """More bytes than any message needs."""

    status, code, phrase = 413, "body_too_large", "utter_web_text_too_long"


class TextTooLong(WebChatError):
    """More characters than a message may have."""

    status, code, phrase = 413, "text_too_long", "utter_web_text_too_long"


class TextEmpty(WebChatError):
    """Nothing but white space."""

    status, code, phrase = 422, "text_empty", "utter_web_text_empty"


class ControlCharacters(WebChatError):
    """Characters that no keyboard writes."""

    status, code, phrase = 422, "control_characters", "utter_web_control_characters"


class InvalidRequest(WebChatError):
    """A field is missing, unknown or malformed."""

    status, code, phrase = 422, "invalid_request", "utter_web_invalid_request"


class ImageNotFound(WebChatError):
    """This message is not a picture that we draw."""

    status, code, phrase = 404, "image_not_found", "utter_web_image_not_found"


class TooFast(WebChatError):
    """A limit is reached; `seconds` until there is room again. The sentence may say {seconds}."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class RateLimited(TooFast):
    """This visitor or address is too fast."""

    code, phrase = "rate_limited", "utter_web_rate_limited"


class Busy(TooFast):
    """All visitors together are too fast."""

    code, phrase = "busy", "utter_web_busy"


class Unavailable(WebChatError):
    """Our own failure; the same request may be sent again."""

    status, code, phrase = 503, "unavailable", "utter_web_unavailable"


ALT_PHRASE = "utter_web_chart_alt"
ERRORS: tuple[type[WebChatError], ...] = (
    TokenMissing,
    TokenInvalid,
    TokenExpired,
    BadJson,
    BodyTooLarge,
    TextTooLong,
    TextEmpty,
    ControlCharacters,
    InvalidRequest,
    ImageNotFound,
    RateLimited,
    Busy,
    Unavailable,
)
REQUIRED_PHRASES = tuple(dict.fromkeys([error.phrase for error in ERRORS] + [ALT_PHRASE]))
