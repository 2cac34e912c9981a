"""Names of people where a sentence introduces one, and names of communities that the gazetteer does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.clauses import BREAK
from bot.found import Found
from bot.words import is_word

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤苗"
)
DOUBLE = "欧阳|上官|司马|诸葛|东方(?!名|明)|皇甫|尉迟|公孙"
GIVEN = r"(?!压)(?![了的吗没不是有在谢绑扣停电费要去来到好人号户个这那就也还都就什么怎])[一-鿿]"
NAME = rf"(?P<name>(?:{DOUBLE}|[{SURNAMES}]){GIVEN}{{1,2}})"
END = r"(?=$|[,。，!?;、:\s\d]|的|吗|户|改|过|师傅|女士|先生|经理|技术|索|收|在|对|说|和|跟|已|是|态)"
KIN = "儿子|女儿|爱人|老婆|老公|媳妇|孙子|爸|妈"
LABEL = re.compile(
    r"(?:户主|姓名|名字|联系人|机主|户名|我叫|名叫|叫|爱人的|员工|网格员|抄表员|经理)"
    rf"(?:姓名|名字)?[是叫为: ]*{NAME}{END}"
)
CHANGED = re.compile(rf"(?:从|改成|改为|换成|更成|过给|变更为|转给)(?:我?(?:{KIN}))?{NAME}{END}")
GIVEN_TO = re.compile(rf"(?:{KIN}){NAME}{END}")
TITLED = re.compile(rf"(?:^|[,。， !?]|那个|找|叫|给|夸|感谢|表扬){NAME}(?=师傅|女士|先生|小姐|同志|经理)")
LONG_NUMBER = re.compile(r"\d{10}")
ALONE = re.compile(rf"^{NAME}$")
STRONG = "花园|花城|家园|嘉园|华庭|公馆|新村|公寓|雅苑|名苑|山庄|家属院|大院|豪庭|名邸|水岸|雅居|名城"
NO_NAME = "我你他她它们这那哪个的在住是和跟到来去有没了从给里整全老各每本一"
COMMUNITY = re.compile(rf"(?:^|(?<=[^一-鿿])|(?<=[在住是到离叫来]))(?P<name>[^\W\d_a-z{NO_NAME}]{{2,3}}(?:{STRONG}))")


def find(text: str, _today: date) -> Iterable[Found]:
    for pattern in (LABEL, CHANGED, GIVEN_TO, TITLED):
        for hit in pattern.finditer(text):
            yield _person(hit["name"], hit.start("name"))
    yield from _alone(text)
    for hit in COMMUNITY.finditer(text):
        yield Found("community", hit.start("name"), hit.end("name"), hit["name"], -2)


def _alone(text: str) -> Iterable[Found]:
    """A whole clause of two or three characters that is a name and no word: ",吴国强," in an address given in a row."""
    listed = bool(LONG_NUMBER.search(text))
    at = 0
    for piece in [*BREAK.finditer(text), None]:
        end = piece.start() if piece else len(text)
        clause = text[at:end].strip()
        for word in clause.split(" "):
            if len(word) >= 3 and ALONE.match(word) and (listed or not (is_word(word) or is_word(word[-2:]))):
                yield _person(word, text.index(word, at))
        at = piece.end() if piece else end


def _person(name: str, start: int) -> Found:
    return Found("person_name", start, start + len(name), name, 2)
