"""Bodies that WeChat never sent: recorded calls, broken in every way, at the door. `python -m bench.fuzz [COUNT]`.

Each is signed rightly, so that it gets past the signature and into the parser, plainly or sealed. Whatever is raised
has to be of the channel's own error tree; whatever comes out has to be something the desk can take.
"""

import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

from channels.wechat.door import Door, Mode
from channels.wechat.errors import WeChatError
from channels.wechat.incoming import read
from tests.channels.wechat_platform import AES_KEY, APP_ID, TOKEN, Platform

CALLS = Path(__file__).parents[1] / "tests" / "channels" / "wechat_calls.yml"
VALUE = re.compile(r">(?:<!\[CDATA\[)?([^<>\[\]]*)(?:\]\]>)?</")
MARKUP = ("]]>", "<![CDATA[", "<!DOCTYPE x>", "&lt;", "&x;", "&#0;", "<xml>", "</xml>", "<a b='c'>", "<?xml?>")
FIELDS = ("<MsgType>text</MsgType>", "<MsgId/>", "<Event><b/></Event>")
SIGNS = ("\x00", "\x1d", "\ud7ff", "😀", "9" * 400, "停" * 3000, "-1", "1e999", "NaN", " ", "\n")
MARKUP = ("]]>", "<![CDATA[", "<!DOCTYPE x>", "&lt;", "&x;", "&#0;", "<xml>", "</xml>", "<a b='c'>", "<?xml?>")
FIELDS = ("<MsgType>text</MsgType>", "<MsgId/>", "<Event><b/></Event>")
SIGNS = ("\x00", "\x1d", "\ud7ff", "😀", "9" * 400, "停" * 3000, "-1", "1e999", "NaN", " ", "\n")
SPICE = (*MARKUP, *FIELDS, *SIGNS)
VALUE = re.compile(r">(?:<!\[CDATA\[)?([^<>\[\]]*)(?:\]\]>)?</")
COUNT, SEED = 200_000, 20261127


def calls() -> list[str]:
    """The recorded calls, as XML."""
    return [call["xml"] for call in yaml.safe_load(CALLS.read_text(encoding="utf-8")).values()]


def broken(chance: random.Random, recorded: list[str]) -> bytes:
    """One of them with one thing wrong, or some; half of the time inside a value, where the XML survives it."""
    text = chance.choice(recorded)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if chance.randrange(2):
            text = _other_value(chance, text)
            continue
        at, size = chance.randrange(len(text) + 1), chance.choice((1, 2, 8, 40))
        what = chance.randrange(6)
        if what == 0:
            text = text[:at] + text[at + size :]
        elif what == 1:
            text = text[:at] + chance.choice(SPICE) + text[at:]
        elif what == 2:
            text = text[:at] + text[at : at + size] * chance.randint(2, 5) + text[at + size :]
        elif what == 3:
            other = chance.choice(recorded)
            text = text[:at] + other[chance.randrange(len(other)) :]
        elif what == 4:
            text = text[:at] + chr(chance.randrange(1, 0xD7FF)) + text[at + 1 :]
        else:
            text = text[:at]
    body = text.encode("utf-8", "surrogatepass")
    if not chance.randrange(20):
        body += bytes(chance.randrange(256) for _ in range(chance.randint(1, 30)))
    return body


def _other_value(chance: random.Random, text: str) -> str:
    """The text with one of its values replaced."""
    values = list(VALUE.finditer(text))
    if not values:
        return text
    value = chance.choice(values)
    other = chance.choice((*SPICE, "", "0", chance.choice(values)[1]))
    return text[: value.start(1)] + other + text[value.end(1) :]


def attack(count: int, seed: int = SEED) -> Counter[str]:
    """What became of so many bodies; an exception that is not ours goes through."""
    chance, recorded, became = random.Random(seed), calls(), Counter[str]()
    platforms = {Mode.PLAIN: Platform(), Mode.SAFE: Platform(sealed=True)}
    doors = {mode: Door(TOKEN, APP_ID, mode, [AES_KEY]) for mode in platforms}
    for number in range(count):
        mode = Mode.SAFE if number % 4 == 0 else Mode.PLAIN
        body = broken(chance, recorded)
        query, sealed = platforms[mode].signed(body.decode("utf-8", "replace"))
        try:
            letter = doors[mode].open(query, sealed.encode() if mode is Mode.SAFE else body)
            became[type(read(letter.xml)[0]).__name__] += 1
        except WeChatError as error:
            became[type(error).__name__] += 1
    return became


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    started = time.process_time()
    became = attack(count)
    spent = time.process_time() - started
    print(f"{count} bodies, none raised anything but our own errors; {1000 * spent / count:.2f} ms of CPU each")
    print(", ".join(f"{name} {many}" for name, many in became.most_common()))


if __name__ == "__main__":
    main()
