"""How the OpenAPI document describes refusals: one entry per status, each with an example."""

from typing import Any

from utility.models import Problem

Responses = dict[int | str, dict[str, Any]]


def _refusal(status: int, description: str, **example: object) -> Responses:
    body = {"application/json": {"example": example}}
    return {status: {"model": Problem, "description": description, "content": body}}


MISSING = _refusal(404, "没有这个对象", code="not_found", message="no such place")
FORBIDDEN = _refusal(403, "没有有效的户号授权", code="not_allowed", message="no valid grant")
MISMATCH = _refusal(
    403, "户号与手机尾号不符（户号不存在时同样回答）", code="identity_mismatch", message="…", tries_left=2
)
LOCKED = _refusal(423, "错误次数过多，暂停验证", code="identity_locked", message="…", until="2026-11-22T14:35:00+08:00")
IMPOSSIBLE = _refusal(
    409, "工单当前状态不允许这一步", code="not_possible", message="修复 is not possible in status 已办结"
)
EVERYWHERE = (
    _refusal(401, "共享密钥缺失或不符", code="not_allowed", message="the shared secret is missing or wrong")
    | _refusal(422, "请求不符合约定", code="invalid", message="query.first: string_pattern_mismatch")
    | _refusal(503, "系统暂不可用", code="unavailable", message="the database cannot be used now")
)
