"""The addresses of the binding page.

A link is opened once: it becomes a cookie. On WeChat the browser is then sent to WeChat, which says whose it is; it
must be the customer whose conversation the link was made for. So a link that was passed on is worth nothing.
"""

import logging
from collections.abc import Mapping
from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from channels.binding import pages
from channels.binding.session import Session, Sessions, same
from desk.errors import BindingRefused, LinkInvalid
from desk.ports import Accounts, Desk, Links

log = logging.getLogger(__name__)

TOO_OLD, SOMEBODY_ELSE = "utter_bind_too_old", "utter_bind_not_yours"
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Confirmation(Protocol):
    """A platform that says who has opened a page; `who` raises an error of its channel's."""

    def ask(self, back: str, state: str) -> str: ...

    async def who(self, code: str) -> str: ...


def router(
    desk: Desk,
    accounts: Accounts,
    links: Links,
    *,
    address: str,
    secret: str,
    phrases: Mapping[str, str],
    confirmations: Mapping[str, Confirmation],
) -> APIRouter:
    """`/bind`. `address` is where browsers reach us; `confirmations` by channel, where somebody says who is there."""
    endpoint = _Endpoint(desk, accounts, links, address, secret, phrases, confirmations)
    made = APIRouter(prefix="/bind", tags=["binding"], include_in_schema=False)
    made.add_api_route("", endpoint.open, methods=["GET"], response_class=Response)
    made.add_api_route("/back", endpoint.back, methods=["GET"], response_class=Response)
    made.add_api_route("", endpoint.bind, methods=["POST"], response_class=Response)
    made.add_api_route("/remove", endpoint.remove, methods=["POST"], response_class=Response)
    return made


class _Endpoint:
    def __init__(
        self,
        desk: Desk,
        accounts: Accounts,
        links: Links,
        address: str,
        secret: str,
        phrases: Mapping[str, str],
        confirmations: Mapping[str, Confirmation],
    ) -> None:
        self._desk, self._accounts, self._links, self._address = desk, accounts, links, address
        self._phrases, self._confirmations = phrases, confirmations
        self._sessions = Sessions(secret, secure=address.startswith("https:"))

    async def open(self, request: Request, t: str = "") -> Response:
        """A link, or the page again while its cookie is good."""
        if not t:
            session = self._sessions.read(request)
            return await self._show(session) if session and session.confirmed else self._says(TOO_OLD, 403)
        try:
            owner = await self._links.open(t)
        except LinkInvalid as invalid:
            log.info("a binding link was refused: %s", invalid)
            return self._says(TOO_OLD, 403)
        confirmation = self._confirmations.get(owner.channel)
        response = RedirectResponse("/bind", 303)
        session = self._sessions.begin(response, owner.conversation, owner.channel, confirmed=confirmation is None)
        if confirmation:
            response.headers["location"] = confirmation.ask(f"{self._address}/bind/back", session.word)
        return response

    async def back(self, request: Request, code: str = "", state: str = "") -> Response:
        """From the platform, with who is there."""
        session = self._sessions.read(request)
        confirmation = self._confirmations.get(session.channel) if session else None
        if session is None or confirmation is None or not same(state, session.word):
            return self._says(TOO_OLD, 403)
        try:
            user = await confirmation.who(code)
        except Exception as refused:  # each channel has an error tree of its own
            log.warning("the binding page: nobody is there: %s", refused)
            return self._says(SOMEBODY_ELSE, 403)
        if await self._desk.open(session.channel, user) != session.conversation:
            log.warning("a binding link of conversation %s was opened by somebody else", session.conversation)
            return self._says(SOMEBODY_ELSE, 403)
        response = RedirectResponse("/bind", 303)
        self._sessions.confirm(response, session)
        return response

    async def bind(
        self,
        request: Request,
        word: Annotated[str, Form()] = "",
        account_no: Annotated[str, Form()] = "",
        tail: Annotated[str, Form()] = "",
    ) -> Response:
        session = self._allowed(request, word)
        if session is None:
            return self._says(TOO_OLD, 403)
        try:
            bound = await self._accounts.bind(session.conversation, account_no.strip(), tail.strip())
        except BindingRefused as refused:
            return await self._show(session, self._why(refused), bad=True)
        return _html(pages.accounts(bound, session.word, self._phrases["utter_bind_done"]))

    async def remove(
        self, request: Request, word: Annotated[str, Form()] = "", account_no: Annotated[str, Form()] = ""
    ) -> Response:
        session = self._allowed(request, word)
        if session is None:
            return self._says(TOO_OLD, 403)
        try:
            left = await self._accounts.unbind(session.conversation, account_no.strip()[:20])
        except BindingRefused as refused:
            return await self._show(session, self._why(refused), bad=True)
        return _html(pages.accounts(left, session.word, self._phrases["utter_bind_removed"]))

    def _allowed(self, request: Request, word: str) -> Session | None:
        session = self._sessions.read(request)
        return session if session and session.confirmed and same(word, session.word) else None

    async def _show(self, session: Session, said: str = "", *, bad: bool = False) -> Response:
        try:
            bound = await self._accounts.bound(session.conversation)
        except BindingRefused as away:
            bound, said, bad = [], said or self._why(away), True
        return _html(pages.accounts(bound, session.word, said, bad=bad), 422 if bad else 200)

    def _why(self, refused: BindingRefused) -> str:
        if refused.until is not None:
            return self._phrases["utter_bind_locked"].replace("{until}", f"{refused.until:%H:%M}")
        if refused.tries_left is not None:
            return self._phrases["utter_bind_wrong"].replace("{tries_left}", str(refused.tries_left))
        return self._phrases["utter_bind_away"]

    def _says(self, phrase: str, status: int) -> Response:
        return _html(pages.message("绑定户号", self._phrases[phrase]), status)


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers=SAFE)
