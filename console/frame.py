"""What every page of the console has around it: where one is, who one is, and whether one is here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nicegui import ui

from console.parts import Parts
from console.session import allowed
from console.wording import PRESENCES
from desk.sign_in import Session
from desk.staff import Agent, Presence

# Below the console: NiceGUI puts its path in front of links.
PAGES = (
    ("workbench", "/", "工作台"),
    ("tickets", "/tickets", "工单"),
    ("notices", "/notices", "停电通知"),
    ("wallboard", "/wallboard", "实时大屏"),
    ("reports", "/reports", "报表"),
    ("quality", "/quality", "质检"),
    ("admin", "/admin", "设置"),
    ("audit", "/audit", "操作日志"),
)
STYLE = Path(__file__).parent / "static" / "console.css"
SCRIPT = Path(__file__).parent / "static" / "console.js"
BEAT_EVERY = 15.0  # seconds between two signs of life


@contextmanager
def frame(
    parts: Parts, session: Session, page: str, *, on_presence: Callable[[], None] | None = None
) -> Iterator[None]:
    """The head of a page; its content goes inside."""
    agent = session.agent
    ui.add_css(STYLE.read_text(encoding="utf-8"))
    ui.add_head_html(f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>")
    ui.colors(primary="#0b6e5f", secondary="#335c67", accent="#b3541e", negative="#b3261e", warning="#b26a00")
    with ui.element("header").classes("dd-head"):
        ui.label("电答").classes("dd-logo")
        with ui.element("nav").props('aria-label="页面"').classes("dd-nav"):
            for name, address, title in PAGES:
                if allowed(agent, name):
                    link = ui.link(title, address).classes("dd-here" if name == page else "")
                    if name == page:
                        link.props('aria-current="page"')
        ui.space()
        _presence(parts, agent, on_presence)
        ui.label(f"{agent.title} · {agent.role}").classes("dd-me")
        _way_out(session)
    with ui.element("div").classes("dd-main"):
        yield
    _beat(parts, session)


def _presence(parts: Parts, agent: Agent, changed: Callable[[], None] | None) -> None:
    async def set_presence(presence: str) -> None:
        if presence == shown().presence:  # it was set elsewhere, and only told here
            return
        await parts.agents.set_presence(agent.name, Presence(presence), parts.clock())
        await parts.audit.write_now(agent.name, "状态", agent.name, presence)
        await parts.board.look()
        ui.notify(f"已切换为{presence}", type="positive", position="top")
        if changed:
            changed()

    def shown() -> Agent:
        return parts.board.picture.agent(agent.name) or agent

    choices = {each.value: each.value for each in PRESENCES}
    select = ui.select(choices, value=shown().presence.value, on_change=lambda event: set_presence(event.value))
    select.props('dense outlined options-dense aria-label="我的状态"').classes("dd-presence")

    def follow() -> None:
        select.set_value(shown().presence.value)

    ui.context.client.on_delete(parts.board.watch(follow))


def _way_out(session: Session) -> None:
    token = f'<input type="hidden" name="csrf" value="{session.csrf}">'
    form = f'<form method="post" action="/console/sign-out">{token}<button class="dd-out">退出</button></form>'
    ui.html(form, sanitize=False)


def _beat(parts: Parts, session: Session) -> None:
    """A sign of life while the page is open; whoever was signed out elsewhere is led to the door."""

    async def beat() -> None:
        if not await parts.sign_in.alive(session.token):
            ui.navigate.to("/sign-in")  # NiceGUI puts the console's own path in front
            return
        await parts.agents.beat(session.agent.name, parts.clock())

    ui.timer(BEAT_EVERY, beat)
