"""What the door of the console says when something is not in order."""

from datetime import datetime, timedelta
from enum import StrEnum

from console.wording import ZONE


class Wording(StrEnum):
    WRONG = "登录名或密码不对，请检查后再输一次。"
    WRONG_CODE = "动态口令不对或已经用过，请等验证器显示下一组数字再输。"
    WRONG_OLD = "当前密码不对，请再输一次。"
    LEFT = "再错{left}次将暂停登录。"
    LOCKED = "连续输错次数过多，已暂停登录，请在{until}之后再试。急用请联系管理员重置密码。"
    TOO_FAST = "登录尝试太频繁，请{seconds}秒后再试。"
    TOO_LATE = "等待时间过长，请重新输入登录名和密码。"
    STALE = "页面已过期，请再提交一次。"
    NOT_SAME = "两次输入的新密码不一致，请重新输入。"
    SIGN_IN_FIRST = "请先登录"
    FOREIGN = "请求不是从本系统页面发出的，已拒绝"
    GONE = "您已退出登录。"


def wrong(sentence: Wording, left: int) -> str:
    return sentence + (Wording.LEFT.format(left=left) if left else "")


def locked(until: datetime) -> str:
    """On this machine's clock. To the next minute: who comes at the time that was said shall get in."""
    return Wording.LOCKED.format(until=f"{(until + timedelta(seconds=59)).astimezone(ZONE):%H:%M}")
