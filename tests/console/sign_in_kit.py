"""The console's door and gate before a page that says who is looking, on a real database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from console.session import COOKIE, SessionGate
from console.sign_in_page import router
from desk.agents import AgentStore
from desk.audit import AuditLog
from desk.database import Database
from desk.passwords import Passwords
from desk.sign_in import SignIn
from desk.staff import Agent, Role
from tests.desk.kit import Clock

GOOD = "correct-horse-9"
PEOPLE = {Role.AGENT: "kefu", Role.SUPERVISOR: "banzhang", Role.OPERATOR: "yunwei", Role.ADMIN: "guanli"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def quick() -> Passwords:
    """The real algorithm, at the price of a test."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class House:
    app: FastAPI
    sign_in: SignIn
    agents: AgentStore
    audit: AuditLog
    clock: Clock
    database: Database
    browsers: list["Browser"] = field(default_factory=list)

    def browser(self, address: str = "10.0.0.1", scheme: str = "http") -> "Browser":
        transport = httpx.ASGITransport(self.app, client=(address, 1000))
        self.browsers.append(
            Browser(httpx.AsyncClient(transport=transport, base_url=f"{scheme}://desk.test"), self.clock)
        )
        return self.browsers[-1]

    async def acts(self) -> list[str]:
        """The oldest first."""
        return [line.act for line in reversed(await self.audit.read())]

    def code(self) -> str:
        return pyotp.TOTP(SECRET).at(self.clock())

    async def signed_in(self, role: Role) -> "Browser":
        browser = self.browser()
        await browser.sign_in(PEOPLE[role])
        if role is Role.ADMIN:
            await browser.enter_code(self.code())
        return browser


@dataclass
class Browser:
    """An httpx client that keeps cookies, and sends back what a form has hidden."""

    http: httpx.AsyncClient
    clock: Clock
    page: str = ""

    async def open(self, path: str, **options: Any) -> httpx.Response:
        response = await self.http.get(path, headers={"Accept": "text/html"}, **options)
        self.page = response.text
        return response

    async def send(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        response = await self.http.post(path, data=hidden | fields, headers=headers)
        self.page = response.text or self.page
        return response

    async def sign_in(self, name: str, password: str = GOOD, next: str = "") -> httpx.Response:
        await self.open("/console/sign-in", params={"next": next} if next else None)
        return await self.send("/console/sign-in", name=name, password=password)

    async def enter_code(self, code: str) -> httpx.Response:
        return await self.send("/console/sign-in", code=code)

    def says(self) -> str:
        found = re.search(r'id="said"[^>]*>([^<]*)<', self.page)
        return found[1] if found else ""

    @property
    def token(self) -> str:
        return self.http.cookies.get(COOKIE, "")


@asynccontextmanager
async def house(url: str, **options: Any) -> AsyncIterator[House]:
    """With one agent of each role; the admin has codes of SECRET. `options` go to the router."""
    database, clock = Database(url), Clock()
    sign_in = SignIn(database, clock, passwords=quick())
    made = House(_app(sign_in, **options), sign_in, AgentStore(database), AuditLog(database, clock), clock, database)
    for role, name in PEOPLE.items():
        await made.agents.create(Agent(name, f"{role}一", role), await sign_in.hash(GOOD), clock())
    assert await sign_in.confirm_totp("guanli", SECRET, made.code())
    clock.pass_by(seconds=30)
    try:
        yield made
    finally:
        for browser in made.browsers:
            await browser.http.aclose()
        await database.close()


def _app(sign_in: SignIn, **options: Any) -> FastAPI:
    app = FastAPI()
    app.include_router(router(sign_in, **options))

    async def page(request: Request) -> PlainTextResponse:
        await request.body()
        return PlainTextResponse(f"for {request.state.agent.name}")

    app.add_api_route("/console/{path:path}", page, methods=["GET", "POST"])
    app.add_api_route("/elsewhere", lambda: "open", methods=["GET"])
    app.add_middleware(SessionGate, sign_in=sign_in, look_every=0.0)
    return app
