"""The HTML of the console's door: one calm card, plain forms, no script, nothing from elsewhere."""

from html import escape

from desk.passwords import SHORTEST

STYLE = """
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1.25rem;
padding:1.5rem;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif;color:#1b2a33;
background:linear-gradient(180deg,#e3f1ee 0,#f3f6f7 45%,#f3f6f7 100%)}
header{display:flex;align-items:center;gap:.6rem;font-size:1.15rem;color:#3d4c55}
header b{font-size:1.5rem;letter-spacing:.12em;color:#0b6e5f}
header span{border-left:1px solid #b6c2c9;padding-left:.7rem}
main{width:100%;max-width:25rem;background:#fff;border:1px solid #d9e1e5;border-radius:14px;
padding:1.9rem 2.1rem 2.1rem;box-shadow:0 8px 28px rgb(27 42 51/.07)}
h1{font-size:1.3rem;margin:0 0 .35rem;font-weight:650}
p{margin:0 0 .9rem;color:#45545e}
main.wide{max-width:33rem;padding:1.5rem 2.1rem 1.7rem}
label,h2{display:block;margin:1.05rem 0 .3rem;font-size:1rem;font-weight:600}
input{width:100%;min-height:2.85rem;padding:.45rem .8rem;font:inherit;color:inherit;background:#fff;
border:1px solid #82919b;border-radius:8px}
input.code{font-size:1.35rem;letter-spacing:.35em;font-variant-numeric:tabular-nums}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #59b3a4;outline-offset:1px;
border-color:#0b6e5f}
input[aria-invalid=true]{border-color:#b3261e}
.hint{font-size:.9rem;color:#52636e;margin:.3rem 0 0}
button{width:100%;min-height:2.95rem;margin-top:1.5rem;border:0;border-radius:8px;background:#0b6e5f;color:#fff;font:inherit;
font-weight:600;letter-spacing:.1em;cursor:pointer}
button:hover{background:#095b4f}
.said{border-radius:8px;padding:.65rem .9rem;margin:.7rem 0 0;background:#e3f1ee;color:#0a4f45}
.said.bad{background:#fdf0ef;color:#8c1d18}
.key{font:1.12rem/1.9 ui-monospace,Consolas,"Liberation Mono",monospace;background:#f3f6f7;border:1px solid #d9e1e5;
border-radius:8px;padding:.55rem .9rem;margin:.3rem 0 0;word-spacing:.35em;user-select:all}
.address{font:.82rem/1.5 ui-monospace,Consolas,"Liberation Mono",monospace;word-spacing:0;overflow-wrap:anywhere}
ol{margin:.3rem 0 0;padding-left:1.3rem;color:#45545e}
a{color:#0b6e5f}
.back{display:block;text-align:center;margin-top:1rem}
footer{font-size:.88rem;color:#52636e}
"""
WRONG = 'aria-describedby="said" aria-invalid="true"'


def sign_in(word: str, next: str, *, name: str = "", said: str = "", bad: bool = True) -> str:
    """`word` comes back with the form, and so does `next`."""
    first, second = ("", "autofocus") if name else ("autofocus", "")
    wrong = WRONG if said and bad else ""
    who = f'value="{escape(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" {first} {wrong}'
    fields = _field("name", "登录名", who, most=40)
    fields += _field("password", "密码", f'type="password" autocomplete="current-password" {second} {wrong}')
    form = _form("/console/sign-in", {"word": word, "next": next}, fields, "登录")
    return _page("坐席登录", f"{_said(said, bad=bad)}{form}", "忘记密码或换了手机，请联系管理员重置。")


def code(word: str, next: str, voucher: str, *, said: str = "") -> str:
    """The second half of a sign-in."""
    form = _form("/console/sign-in", {"word": word, "next": next, "voucher": voucher}, _code(said), "登录")
    text = "<p>密码已通过。请打开手机里的验证器，输入它现在显示的6位数字。</p>"
    return _page("动态口令", f"{text}{_said(said)}{form}{_back('/console/sign-in', '换个账号登录')}")


def password(csrf: str, *, must: bool, said: str = "") -> str:
    """`must`: the password was one for the first time only."""
    told = "您用的是一次性密码，请设置自己的密码后继续。" if must else "改好后，下次登录用新密码。"
    new = f'type="password" autocomplete="new-password" minlength="{SHORTEST}"'
    wrong = WRONG if said else ""
    fields = _field("old", "当前密码", f'type="password" autocomplete="current-password" autofocus {wrong}')
    fields += _field("new", "新密码", f"{new} {wrong or 'aria-describedby=rule'}")
    fields += f'<p class="hint" id="rule">至少{SHORTEST}位，不含登录名，不与当前密码相同。</p>'
    fields += _field("again", "再输一次新密码", new)
    form = _form("/console/password", {"csrf": csrf}, fields, "保存")
    back = "" if must else _back("/console/", "返回")
    return _page("设置密码", f"<p>{told}</p>{_said(said)}{form}{back}")


def totp(csrf: str, secret: str, address: str, *, must: bool, said: str = "") -> str:
    """The secret in groups of four, for typing; the address, for copying."""
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    told = "管理员登录须用动态口令。" if must else "启用后，登录时除密码外还要输入动态口令。"
    text = f"""<p>{told}</p><ol><li>在手机上打开验证器应用，选“手动输入密钥”。</li>
<li>账号随意，密钥填下面这一行，类型选“基于时间”。</li><li>把它显示的6位数字填在最下面。</li></ol>
<h2 id="key">密钥</h2><div class="key" role="group" aria-labelledby="key">{groups}</div>
<h2 id="uri">或复制这个地址到验证器</h2>
<div class="key address" role="group" aria-labelledby="uri">{escape(address)}</div>"""
    form = _form("/console/totp", {"csrf": csrf, "secret": secret}, _code(said), "启用")
    back = "" if must else _back("/console/", "返回")
    return _page("启用动态口令", f"{text}{_said(said)}{form}{back}", wide=True)


def sign_out(csrf: str) -> str:
    text = "<p>退出后不再分配新会话，手上的会话会转给其他坐席。</p>"
    return _page("退出登录", text + _form("/console/sign-out", {"csrf": csrf}, "", "退出") + _back("/console/", "返回"))


def not_yours(home: str) -> str:
    return _page(
        "不能打开这个页面", f"<p>您的角色不能打开这个页面。需要的话，请联系管理员。</p>{_back(home, '回到首页')}"
    )


def _code(said: str) -> str:
    six = 'class="code" inputmode="numeric" pattern="[0-9 ]{6,7}" title="6位数字"'
    more = f'{six} autocomplete="one-time-code" autofocus {WRONG if said else ""}'
    return _field("code", "动态口令", more, most=7)


def _field(name: str, label: str, more: str, *, most: int = 200) -> str:
    shown = f'id="{name}" name="{name}" required maxlength="{most}" {more.strip()}'
    return f'<label for="{name}">{label}</label><input {shown}>'


def _form(action: str, hidden: dict[str, str], fields: str, button: str) -> str:
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items())
    return f'<form method="post" action="{action}">{kept}{fields}<button>{button}</button></form>'


def _said(text: str, *, bad: bool = True) -> str:
    how = 'class="said bad" role="alert"' if bad else 'class="said" role="status"'
    return f'<div id="said" {how}>{escape(text)}</div>' if text else ""


def _back(address: str, text: str) -> str:
    return f'<a class="back" href="{escape(address)}">{text}</a>'


def _page(title: str, body: str, foot: str = "", *, wide: bool = False) -> str:
    footer = f"<footer>{foot}</footer>" if foot else ""
    return f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title} · 电答坐席</title>
<style>{STYLE}</style></head><body><header><b>电答</b><span>客服工作台</span></header>
<main{' class="wide"' if wide else ""}><h1>{title}</h1>{body}</main>{footer}</body></html>"""
