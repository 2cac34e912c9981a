"""Who knocks: a signature on everything, compared in constant time, before anything is parsed.

In safe mode the body is one sealed field; `msg_signature` covers it (`signature` does not). While a key is being
changed WeChat may still use the one before, so it opens too.
"""

import base64
import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wechatpy.crypto import PrpCrypto

from channels.wechat.errors import Forged, Malformed, TooLarge

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024
KEY_LENGTH = 43
SEALED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9+/=]+)\s*(?:\]\]>)?\s*</Encrypt>")
MADE_UP_TYPES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Mode(StrEnum):
    """As set in the official account's settings: 明文模式, 兼容模式, 安全模式."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True)
class Letter:
    """The XML of a message that is genuine; `sealed` says that the answer has to be sealed too."""

    xml: str
    sealed: bool


class _Crypto(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    def get_random_string(self) -> bytes:
        """What makes equal messages look different: from the system's source, where wechatpy takes `random`."""
        return secrets.token_hex(8).encode()


class Door:
    """`keys` are EncodingAESKeys, the one in force first. Raises ValueError for a token or key that cannot be one."""

    def __init__(self, token: str, app_id: str, mode: Mode, keys: Sequence[str] = ()) -> None:
        if not token:
            raise ValueError("an empty token would let everybody in")
        if mode is not Mode.PLAIN and not keys:
            raise ValueError(f"mode {mode} needs an EncodingAESKey")
        self._token, self._app_id, self._mode = token, app_id, mode
        self._locks = [_Crypto(_key(text)) for text in keys]

    def welcome(self, query: Mapping[str, str]) -> str:
        """The `echostr` of the platform's first visit; raises Forged."""
        self._verify(query.get("signature", ""), query)
        return query.get("echostr", "")

    def visit(self, word: str) -> dict[str, str]:
        """The query of such a visit: for trying our own address."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
        return {
            "timestamp": timestamp,
            "nonce": nonce,
            "signature": self._signature(timestamp, nonce),
            "echostr": word,
        }

    def open(self, query: Mapping[str, str], body: bytes) -> Letter:
        """Raises TooLarge, Forged, Malformed."""
        if len(body) > LARGEST_BODY:
            raise TooLarge(f"{len(body)} bytes")
        if self._mode is Mode.SAFE or (self._mode is Mode.COMPATIBLE and query.get("encrypt_type") == "aes"):
            return Letter(_readable(self._unsealed(query, body)), sealed=True)
        self._verify(query.get("signature", ""), query)
        return Letter(_readable(body), sealed=False)

    def seal(self, xml: str) -> str:
        """An answer in the envelope of safe mode."""
        sealed = self._locks[0].encrypt(xml, self._app_id).decode()
        timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
        signature = self._signature(timestamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _unsealed(self, query: Mapping[str, str], body: bytes) -> bytes:
        found = SEALED.search(body)
        if found is None:
            raise Forged("nothing sealed in it, where everything is")
        sealed = found[1].decode()
        self._verify(query.get("msg_signature", ""), query, sealed)
        for lock in self._locks:
            try:
                xml: str = lock.decrypt(sealed, self._app_id)
            except Exception as error:  # wechatpy raises its own kinds, and whatever struct and base64 raise
                log.debug("a key does not open it: %s", type(error).__name__)
            else:
                return xml.encode()
        raise Malformed("none of our keys opens it")

    def _verify(self, given: str, query: Mapping[str, str], *more: str) -> None:
        """The timestamp is no defence here: a platform's retry repeats it, and is told apart by the message's id."""
        right = self._signature(query.get("timestamp", ""), query.get("nonce", ""), *more)
        if not hmac.compare_digest(right.encode(), given.encode()):
            raise Forged("the signature is wrong")

    def _signature(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self._token, *parts))).encode()).hexdigest()  # noqa: S324  # as WeChat does it


def _readable(xml: bytes) -> str:
    if MADE_UP_TYPES.search(xml):
        raise Malformed("it declares types or entities")
    try:
        return xml.decode()
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8") from None


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=", validate=True) if len(text) == KEY_LENGTH else b""
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError(f"an EncodingAESKey has {KEY_LENGTH} letters and digits")
    return key
