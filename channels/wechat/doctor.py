"""What is wrong with the connection to WeChat, one line each, and how to mend it. `make wechat-doctor` prints it."""

import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from channels.wechat.api import Api
from channels.wechat.door import Door
from channels.wechat.token import Tokens
from desk.errors import NotCarried

TIMEOUT = 10.0
CLOCK_MAY_DIFFER = 30.0
NOBODY = "openid-of-nobody"
CODE = re.compile(r"errcode (-?\d+)")
ADVICE = {
    "40013": "AppID 不对:在公众平台“设置与开发 → 基本配置”核对 DIANDA_WECHAT_APP_ID",
    "40125": "AppSecret 不对:在“基本配置”重置后更新 DIANDA_WECHAT_APP_SECRET",
    "40001": "AppSecret 不对或已重置:更新 DIANDA_WECHAT_APP_SECRET",
    "40164": "本机出口地址不在白名单:在“基本配置 → IP白名单”加上本机的公网地址",
    "48001": "没有这个接口的权限:服务号要先完成微信认证;未认证时只能在5秒内被动回复",
    "45009": "今天的接口次数用完了:等到明天,或在平台申请清零",
    "89503": "等待管理员在手机上确认这个地址",
}


@dataclass(frozen=True)
class Finding:
    """`advice` is empty where all is well."""

    what: str
    advice: str = ""


async def examine(http: httpx.AsyncClient, api: Api, tokens: Tokens, door: Door, ours: str) -> AsyncIterator[Finding]:
    """`ours` is the address of our own gateway on this machine."""
    yield await _clock(http)
    token = await _token(tokens)
    yield token
    if not token.advice:
        yield await _may_send(api)
        yield await _menu(api)
        yield await _templates(api)
    yield await _own_door(door, ours)


async def _clock(http: httpx.AsyncClient) -> Finding:
    what = "服务器时间"
    try:
        theirs = parsedate_to_datetime((await http.get("/", timeout=TIMEOUT)).headers["date"]).timestamp()
    except (httpx.HTTPError, KeyError, ValueError) as error:
        return Finding(what, f"连不上微信接口({type(error).__name__}):检查网络、代理和 DIANDA_WECHAT_API")
    off = abs(time.time() - theirs)
    return Finding(what, f"与微信相差{off:.0f}秒:打开时间同步(NTP)" if off > CLOCK_MAY_DIFFER else "")


async def _token(tokens: Tokens) -> Finding:
    try:
        await tokens.get()
    except NotCarried as refused:
        return Finding("接口凭证", _advice(refused))
    return Finding("接口凭证")


async def _may_send(api: Api) -> Finding:
    """A message to nobody is refused for its receiver where sending is allowed, and for want of permission else."""
    body = {"touser": NOBODY, "msgtype": "text", "text": {"content": "."}}
    try:
        await api.call("POST", "/cgi-bin/message/custom/send", body=body)
    except NotCarried as refused:
        allowed = _code(refused) in ("40003", "45015", "45047")
        return Finding("客服消息权限", "" if allowed else _advice(refused))
    return Finding("客服消息权限")


async def _menu(api: Api) -> Finding:
    try:
        found = await api.call("GET", "/cgi-bin/get_current_selfmenu_info")
    except NotCarried as refused:
        return Finding("自定义菜单", _advice(refused))
    return Finding("自定义菜单", "" if found.get("is_menu_open") else "还没有菜单:运行 make wechat-menu")


async def _templates(api: Api) -> Finding:
    try:
        found = await api.call("GET", "/cgi-bin/template/get_all_private_template")
    except NotCarried as refused:
        return Finding("模板消息", _advice(refused))
    none = not found.get("template_list")
    return Finding("模板消息", "还没有模板:窗口过期后无法通知客户,在“广告与服务 → 模板消息”添加" if none else "")


async def _own_door(door: Door, ours: str) -> Finding:
    """Whether our own address takes what WeChat would send with the Token that is set here."""
    what, word = "本机回调地址", secrets.token_hex(8)
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT) as local:
            answer = await local.get(ours, params=door.visit(word))
    except httpx.HTTPError as error:
        return Finding(what, f"{ours} 没有应答({type(error).__name__}):先启动 make run")
    if answer.status_code == 404:
        return Finding(what, "网关没有打开微信:设置 DIANDA_WECHAT_MODE 后重新启动")
    if (answer.status_code, answer.text) != (200, word):
        return Finding(what, "网关用的 Token 与这里的不同:核对 DIANDA_WECHAT_TOKEN 后重新启动网关")
    return Finding(what)


def _code(error: NotCarried) -> str:
    found = CODE.search(str(error))
    return found[1] if found else ""


def _advice(error: NotCarried) -> str:
    return ADVICE.get(_code(error), f"{error}")
