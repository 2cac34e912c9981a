"""The HTML of the page: one column for a phone, large letters, no script, nothing from elsewhere."""

from collections.abc import Sequence
from html import escape

from desk.ports import BoundAccount

STYLE = """
*{box-sizing:border-box}
body{margin:0;font:17px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#1f2933;background:#f3f5f7}
main{max-width:30rem;margin:0 auto;padding:1.25rem 1rem 2.5rem}
h1{font-size:1.35rem;margin:.25rem 0 1rem}
h2{font-size:1.05rem;margin:1.75rem 0 .5rem}
section,form.card{background:#fff;border-radius:.75rem;padding:1rem;box-shadow:0 1px 2px rgb(16 42 67/.08)}
label{display:block;font-weight:600;margin:.25rem 0}
.hint{color:#52606d;font-size:.92rem;margin:.25rem 0 0}
input{width:100%;min-height:3rem;font:inherit;padding:.5rem .75rem;margin-bottom:.9rem;
border:1px solid #9aa5b1;border-radius:.5rem;background:#fff;color:inherit}
input:focus-visible,button:focus-visible{outline:3px solid #7db3e8;outline-offset:1px}
button{min-height:3rem;font:inherit;font-weight:600;border:0;border-radius:.5rem;padding:.5rem 1.1rem;cursor:pointer}
button.main{width:100%;background:#1d5fa8;color:#fff}
button.off{background:#fff;color:#a61b1b;border:1px solid #d9a6a6}
ul{list-style:none;margin:0;padding:0}
li{display:flex;gap:.75rem;align-items:center;justify-content:space-between;padding:.75rem 0;
border-top:1px solid #e4e7eb}
li:first-child{border-top:0;padding-top:0}
li:last-child{padding-bottom:0}
.said{border-left:4px solid #1d5fa8;padding:.6rem .8rem;background:#e8f1fb;border-radius:.35rem;margin:0 0 1rem}
.said.bad{border-color:#b42318;background:#fdecea}
@media (prefers-color-scheme:dark){
body{background:#14181d;color:#e4e7eb}section,form.card{background:#1f262d}input{background:#14181d;border-color:#616e7c}
.hint{color:#b8c2cc}li{border-color:#323f4b}.said{background:#1b3350}.said.bad{background:#43201d}
button.off{background:transparent;color:#f1a9a0;border-color:#7b4a46}button.main{background:#2f7fd0}}
"""


def accounts(bound: Sequence[BoundAccount], word: str, said: str = "", *, bad: bool = False) -> str:
    """What is bound, and the form for one more. `word` goes along with every form."""
    hidden = f'<input type="hidden" name="word" value="{escape(word)}">'
    listed = "".join(_bound(account, hidden) for account in bound)
    mine = f"<h2>已绑定</h2><section><ul>{listed}</ul></section>" if bound else ""
    return _page(
        "绑定户号",
        f"""{_said(said, bad=bad)}
<form class="card" method="post" action="/bind">{hidden}
<label for="no">户号</label>
<input id="no" name="account_no" inputmode="numeric" autocomplete="off" required pattern="[0-9]{{10,16}}" maxlength="16"
 placeholder="10位数字,在电费单上" title="10位数字">
<label for="tail">登记手机号的后四位</label>
<input id="tail" name="tail" inputmode="numeric" autocomplete="off" required pattern="[0-9]{{4}}" maxlength="4"
 placeholder="4位数字" title="4位数字">
<button class="main">绑定</button>
<p class="hint">连错三次要等半小时。绑定后,在这里查电费不用再核对身份。</p>
</form>{mine}""",
    )


def message(title: str, text: str) -> str:
    """A page that only says something."""
    return _page(title, f"<section><p>{escape(text)}</p></section>")


def _bound(account: BoundAccount, hidden: str) -> str:
    no = escape(account.account_no)
    shown = f"{no[:4]}****{no[-2:]}" if len(no) > 6 else no
    return f"""<li><div><strong>{shown}</strong> {escape(account.holder)}
<div class="hint">{escape(account.address)}</div></div>
<form method="post" action="/bind/remove">{hidden}<input type="hidden" name="account_no" value="{no}">
<button class="off" aria-label="解绑{shown}">解绑</button></form></li>"""


def _said(text: str, *, bad: bool) -> str:
    return (
        f'<p class="said{" bad" if bad else ""}" role="{"alert" if bad else "status"}">{escape(text)}</p>'
        if text
        else ""
    )


def _page(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{escape(title)} · 电答</title><style>{STYLE}</style><main><h1>{escape(title)}</h1>{body}</main></html>"""
