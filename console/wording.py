"""What the console calls things."""

from datetime import timedelta, timezone

from desk.model import Author
from desk.staff import Presence

# In which people at the desk read times.
ZONE = timezone(timedelta(hours=8))
SOURCE = "信息更新于 {at} · {source}"
CHANNELS = {"wechat": "微信", "webchat": "网页", "telegram": "Telegram", "drill": "演练"}
AUTHORS = {Author.CUSTOMER: "客户", Author.BOT: "智能客服", Author.SYSTEM: "系统", Author.AGENT: "客服"}
SKILLS = ("报修", "电费", "投诉", "业扩")
CODES = (
    "停电查询",
    "故障报修",
    "电费咨询",
    "交费与欠费",
    "用电业务",
    "投诉",
    "举报与建议",
    "险情处置",
    "其他咨询",
    "无效会话",
)
PRESENCES = (Presence.READY, Presence.BUSY, Presence.BREAK, Presence.AWAY)
OUTCOMES = {"resolved": "已办结", "gave_up": "客户放弃", "expired": "超时转回电"}
SCORES = {5: "非常满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意"}


def who(channel: str, conversation: str) -> str:
    """A customer without a name: the channel and four letters that tell one from the other."""
    return f"{CHANNELS.get(channel, channel)}客户{conversation[:4].upper()}"
