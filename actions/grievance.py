"""Pure reading of a complaint: whether it tells anything, its class, its grade, and what can be done at once.

Classes and what belongs to them: 95598 business classification (domain_facts section 3); grades: services.md section 6.
"""

import re
from typing import Final

from actions import zh
from utility.models import ComplaintClass, Grade

# Less than this many characters beside "我要投诉" and politeness tell nothing yet.
TELLING: Final = 3
# A sign to stop, or small talk, is no longer than this; a longer message is a part of the story.
BRIEF: Final = 8

# A message that is hardly more than a number gives the own one.
OWN_PHONE_BRIEF: Final = 16

_BARE: Final = re.compile(
    r"你好|您好|请问|麻烦|帮我|给我|我们|人工|登记|记录|正式|实名|匿名|必须|一定|怎么|如何|哪里|哪儿|能不能|可以|可不可以|"
    r"投诉|投訴|投拆|投泝|头诉|tousu|nimen|供电局|供电公司|电力公司|电力局|你们|渠道|电话|反映|问题|情况|说法|一下|一个|"
    r"[我俺咱要想得对转进行个件事告给吗呢吧的了啊啦呀哈嘞是\W_]"
)
_DONE_WORDS: Final = (
    r"(我)?(说|讲)(完|好)(了|啦)?|(暂时|目前|大概|基本)?就(是)?(这些|这样|这个|这么多|这事)(了|吧|啦|事)?|以上(就是)?(这些)?|"
    r"没(有)?(别的|其他的?|什么|啥)?(要)?(补充|说)?(的)?(了|啦)?|不(用|需要)?(补充)?了?|完了|就这(了)?|ok|结束"
)
_DONE: Final = re.compile(rf"(好的?|嗯+|行|对)?[,。.!]*({_DONE_WORDS})[,。.!]*(谢谢|谢了|辛苦了?)?[,。.!~]*")
_DONE_AT_END: Final = re.compile(r"[,。;;、!.](就这些|就这样|说完了|没有了|没了|没别的了|以上)[了吧]?[。.!]*$")
_NO_COMPLAINT: Final = re.compile(r"不(想)?投诉了|撤(销|回)投诉|取消投诉")
_ADDITION: Final = re.compile(r"^(我)?(再|还要|还得|要)?(补充|加)(一|下|点|上|:)|^(还有|另外|对了)")
_STOP: Final = re.compile(r"算了|取消|不投诉|不(办|弄|说|搞|填)了|撤销|退出|停止|放弃")

# Per class: signs that decide (2 points each) and signs that also occur in other complaints (1 point each).
_SIGNS: Final[tuple[tuple[ComplaintClass, str, str], ...]] = (
    (
        ComplaintClass.CONSTRUCTION,
        r"施工|工地|挖.{0,4}(路|沟|坑|电缆)|电线?杆|拉线|占.{0,3}地|青苗|砍.{0,8}树|果园|院墙|架线|扰民|辐射|噪[音声]|"
        r"(变压器|配电房|配电箱|环网柜).{0,8}(响|吵|放|装|挨|正对|迁|移)|嗡嗡",
        r"变压器|配电房|垃圾.{0,4}(清|堆)|路面|车胎",
    ),
    (
        ComplaintClass.QUALITY,
        r"电压|灯.{0,3}闪|闪灯|忽明忽暗|频繁(停|断|跳)|(老|总|天天|经常|三天两头|隔三差五|动不动就?)是?(停|断|没)电?|"
        r"停(了|第)?[二两三四五六七八九十\d几好]+[多来]?(次|回)|第[二三四五六七八九十\d]+次(停|断)|带不动|一(下雨|刮风|打雷)就停|供电质量",
        r"不稳|跳闸|年年",
    ),
    (
        ComplaintClass.OUTAGE,
        r"停电|断电|没电|来电|送电|复电|停错|断我?家?的?电|停我?家?的?电|把.{0,4}电停|拉闸|停(了)?[一二两三四五六七八九十半\d]+(个)?(多)?(小时|钟头|天|夜|晚)",
        r"抢修|报修|没通知|不通知|没人来|没来修|维修|修电|修了",
    ),
    (
        ComplaintClass.BUSINESS,
        r"电费|乱?收费|多收|抄表|换表|换了?我?家?电?表|表(给)?换了|电表|计量|账单|发票|报装|装表|新装|增容|过户|更名|并网|光伏|手续费|"
        r"服务费|材料费|工本费|[缴交]费|催[费缴]|没欠费|业扩|加价|收(了)?我.{0,6}(元|块|钱|百)",
        r"申请|材料|手续|审核|客户经理|欠费|机器吞|自助机",
    ),
    (
        ComplaintClass.SERVICE,
        r"态度|骂|凶|吼|翻白眼|爱理不理|冷漠|推诿|踢皮球|推来推去|挂.{0,4}电话|阴阳怪气|侮辱|羞辱|玩手机|喝酒|酒味|抽烟|隐私|泄露|"
        r"骚扰|没人接|打不通|占线|排队|敷衍|糊弄|不作为|忽悠|撒谎",
        r"营业厅|窗口|柜台|客服|工号|师傅|工作人员|服务|没人管|没人理|机器人|app|热线|回电话",
    ),
)
_INJURY: Final = re.compile(
    r"受伤|伤(到|着|了)(人|我|孩|老|他|她)|烧伤|电伤|触电|被电(了|到|着)|摔(了一跤|伤|断|倒|着|下)|骨折|住(了)?(院|进医院)|送(医院|急诊|医)|"
    r"抢救|昏迷|流血|出人命|(死|伤)(了)?[一二两三几\d]*人|人(都)?(死|没)了|去世|崴"
)
_MEDIA: Final = re.compile(r"媒体|记者|电视台|新闻|报社|曝光|热搜|抖音|快手|微博|小红书|公众号发|(上|发)(网|到网上)")
_MASS: Final = re.compile(
    r"[十百千]多?余?(户|家人|家居民|名?业主|个?村民|人家|名?居民)|\d{2,}多?余?(户|家|名?业主|个?村民|名?居民)|好多(户|家)|"
    r"(全|整个?)(小区|村|镇|社区|街)|(全体|所有)(业主|村民|居民|住户)|集体|联名|大面积|上千|上百"
)
_AGAIN: Final = re.compile(
    r"(反映|投诉|报修|打电话|打|找|说|催|报)(过|了)?(你们|他们)?(过|了)?(无数|好几|好多|很多|多|几|[二两三四五六七八九十\d]+)(次|回|遍|趟)|"
    r"(多|再|二|三|屡)次(反映|投诉|报修)|又来投诉|(继续|再)投诉?|上次(投诉|反映)|石沉大海|投诉(没|也没)(用|结果|下文)|年年反映|反映了.{0,4}(年|个?月)"
)
_OWN_PHONE: Final = re.compile(
    r"(我|本人|联系)的?(电话|手机|号码|联系方式)|联系(我|电话|方式|人)|(打给?|回|致电)我|我是.{0,12}1[3-9]\d{9}|^电话"
)
_SLOW: Final = re.compile(
    r"(抢修|维修|报修|报了修|修电|师傅|上门|修理|派人).{0,16}(没来|没人|不来|不到|没到|没见|超时|慢|等了|还没|没修|拖|迟到|影子|没动静)|"
    r"(等|催)了.{0,8}(小时|钟头|天|晚|上午|下午|夜|遍|次).{0,14}(没(人)?(来|到|修)|不见人|没动静)|说.{0,8}(小时|钟头|分钟|会儿).{0,20}(没来|没到|没人来|不来|影子|没人影)|说.{0,3}来修.{0,8}(没|不)(人)?来|"
    r"(小时|钟头|天|分钟).{0,6}没(有)?人(来|修|理)"
)
_BILL: Final = re.compile(r"电费|账单|多(扣|收)|电量|度电|阶梯|抄表|抄错|计费|多算")
_DARK: Final = re.compile(r"停(了)?电|断电|没电|来电|送电|复电|停了|没恢复")


def tells(story: str) -> bool:
    """Whether more was said than that there is a complaint."""
    return len(_BARE.sub("", zh.plain(story))) >= TELLING


def is_bare(text: str) -> bool:
    """我要投诉, and nothing else: not worth keeping."""
    return not _BARE.sub("", zh.plain(text))


def is_done(text: str) -> bool:
    """说完了, 就这些, 没有了 …: nothing to add."""
    return _DONE.fullmatch(zh.plain(text)) is not None


def ends(text: str) -> bool:
    """Tells something and says that this is all: "师傅态度很差,就这些"."""
    return _DONE_AT_END.search(zh.plain(text)) is not None


def gives_up(text: str) -> bool:
    """算了, 不投诉了 — short; in a longer sentence the words belong to the story."""
    said = zh.plain(text)
    return not said or (len(said) <= BRIEF and _STOP.search(said) is not None)


def takes_back(text: str) -> bool:
    """算了不投诉了, whatever the model heard in it."""
    said = zh.plain(text)
    return len(said) <= BRIEF and _NO_COMPLAINT.search(said) is not None


def adds(text: str) -> bool:
    """补充一下,…: more of the story, said after it."""
    return _ADDITION.search(zh.plain(text)) is not None


def gives_own_phone(text: str) -> bool:
    """Whether a number in the text is where the customer wants to be called."""
    said = zh.plain(text)
    return len(said) <= OWN_PHONE_BRIEF or _OWN_PHONE.search(said) is not None


def class_of(story: str) -> ComplaintClass:
    """The class with the most signs; of equals the one earlier in the table. Without a sign: 服务投诉."""
    said = zh.plain(story)
    points = {kind: 2 * _count(sure, said) + _count(weak, said) for kind, sure, weak in _SIGNS}
    points[ComplaintClass.OUTAGE] += 2 * is_about_slow_repair(story)
    best = max(points, key=lambda kind: points[kind])
    return best if points[best] else ComplaintClass.SERVICE


def _count(pattern: str, said: str) -> int:
    """How many different signs occur."""
    return len({found[0] for found in re.finditer(pattern, said)})


def grade_of(story: str, *, vulnerable: bool, again: bool = False) -> tuple[Grade, str]:
    """The grade and why; `again`: the same was complained of before in this conversation."""
    said = zh.plain(story)
    major = (("涉及人身伤害", _INJURY), ("涉及媒体", _MEDIA), ("影响多户", _MASS))
    reasons = [reason for reason, pattern in major if pattern.search(said)]
    if reasons:
        return Grade.MAJOR, "、".join(reasons)
    reasons = ["客户称将向上反映"] if zh.threatens_upward(story) else []
    reasons += ["家中有需特别照顾的人"] if vulnerable else []
    reasons += ["重复投诉"] if again or _AGAIN.search(said) else []
    return (Grade.IMPORTANT, "、".join(reasons)) if reasons else (Grade.NORMAL, "")


def is_about_slow_repair(story: str) -> bool:
    return _SLOW.search(zh.plain(story)) is not None


def is_about_a_bill(story: str) -> bool:
    return _BILL.search(zh.plain(story)) is not None


def is_about_an_outage(story: str, kind: ComplaintClass) -> bool:
    """Whether the outages known of the place have to do with it."""
    return kind is ComplaintClass.OUTAGE or (kind is ComplaintClass.QUALITY and bool(_DARK.search(zh.plain(story))))
