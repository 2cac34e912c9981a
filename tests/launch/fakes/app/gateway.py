"""A web chat without a mind, and a backend that only listens: what the launcher needs of the real ones."""

import asyncio
import json
from typing import Any

APOLOGY = ("抱歉，系统出了点问题。", [("转人工", "/handoff")])
MENU = ("请选择：", [("查停电", "/ask_outage"), ("我要报修", "/report_repair")])
ANSWERS = {
    "停电了": [("请问您在哪个小区？", [("阳光花园", '/inform{"place":"P1"}'), ("都不是", "/deny")])],
    "菜单": [MENU],
    "两段": [("第一段", []), ("第二段", [])],
    "沉默": [],
}
SPECIAL = {
    "卡片": ("card", {"title": "工单", "fields": [{"label": "编号", "value": "RP1"}], "footer": "谢谢"}),
    "图片": ("image", {"url": "/webchat/images/4", "alt": "十二个月电量"}),
}


class Gateway:
    def __init__(self, apologies: int = 0, refusals: int = 0) -> None:
        self.apologies = apologies  # so many questions are answered with an apology first
        self.refusals = refusals  # so many messages are refused as too many first
        self.received: list[dict[str, Any]] = []
        self._transcripts: dict[str, list[dict[str, Any]]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        status, content, headers = self._respond(scope, (await receive()).get("body", b""))
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await send({**start, "headers": [(b"content-type", b"application/json"), *headers]})
        await send({"type": "http.response.body", "body": json.dumps(content).encode()})

    def _respond(self, scope: Any, body: bytes) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        match scope["method"], scope["path"]:
            case _, "/healthz":
                return 200, {"status": "ok"}, []
            case "POST", "/webchat/session":
                return 200, self._open(), []
            case "POST", "/webchat/messages":
                if self.refusals:
                    self.refusals -= 1
                    return 429, {"code": "rate_limited", "message": "您说得太快了。"}, [(b"retry-after", b"1")]
                return 202, {"seq": self._receive(self._transcripts[token], json.loads(body))}, []
            case "GET", "/webchat/messages":
                after = int(scope["query_string"].decode().removeprefix("after="))
                return 200, self._transcripts[token][after:], []
        return 404, {"code": "not_found", "message": "没有这个地址。"}, []

    def _open(self) -> dict[str, str]:
        token = f"token-{len(self._transcripts)}"
        self._transcripts[token] = []
        self._add(self._transcripts[token], "bot", "text", "您好，我是电答。")
        return {"token": token, "conversation": token}

    def _receive(self, transcript: list[dict[str, Any]], message: dict[str, Any]) -> int:
        self.received.append(message)
        seq = self._add(transcript, "customer", "text", message["text"])
        asyncio.get_running_loop().create_task(self._answer(transcript, message))
        return seq

    async def _answer(self, transcript: list[dict[str, Any]], message: dict[str, Any]) -> None:
        text = message["text"]
        if text in SPECIAL:
            kind, data = SPECIAL[text]
            self._add(transcript, "bot", kind, "给您：", data=data)
            return
        answers = ANSWERS.get(text, [(f"您说的是{text}", [])])
        if self.apologies:
            self.apologies -= 1
            answers = [APOLOGY]
        for said, buttons in answers:
            await asyncio.sleep(0.2)
            self._add(transcript, "bot", "buttons" if buttons else "text", said, buttons)

    def _add(
        self, transcript: list[dict[str, Any]], author: str, kind: str, text: str, buttons: Any = (), data: Any = None
    ) -> int:
        seq = len(transcript) + 1
        choices = [{"title": title, "payload": payload} for title, payload in buttons]
        line = {"seq": seq, "author": author, "kind": kind, "text": text, "buttons": choices, "data": data or {}}
        transcript.append({**line, "at": "2026-11-22T10:00:00.000+00:00"})
        return seq


def gateway() -> Gateway:
    return Gateway()
