"""What can go wrong with what comes in from WeChat.

WeChatError
├── Forged      no signature, or a wrong one: not from WeChat, or not with our token
├── Malformed   signed, but nothing we can read
└── TooLarge    more bytes than any message has
"""


class WeChatError(Exception):
    """Root of the channel's errors about what comes in; what a send raises is desk.errors.NotCarried."""


class Forged(WeChatError):
    """No signature, or a wrong one."""


class Malformed(WeChatError):
    """Signed, but nothing we can read."""


class TooLarge(WeChatError):
    """More bytes than any message has."""
