"""The HTTP skin of the action server: rasa-sdk's executor behind a shared secret.

rasa-sdk's own server listens on every interface, asks for no secret and echoes the whole tracker in its errors; this
one is bound to loopback by its caller and says nothing about what it was asked.
"""

import hmac
import logging
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from rasa_sdk.executor import ActionExecutor

from actions.belief import Json

log = logging.getLogger(__name__)


def create_app(executor: ActionExecutor, secret: str, **options: Any) -> FastAPI:
    """`POST /webhook` with header X-Dianda-Secret runs an action; anything else is refused without a reason."""
    app = FastAPI(openapi_url=None, **options)

    @app.get("/health")
    async def health() -> Json:
        return {"status": "ok"}

    @app.post("/webhook")
    async def webhook(request: Request) -> Response:
        given = request.headers.get("X-Dianda-Secret", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        try:
            call = orjson.loads(await request.body())
            call.setdefault("domain", {})  # none of our actions needs it, and Rasa leaves it out
            result = await executor.run(call)
        except Exception as error:  # the border: Rasa reads a status, the operator reads the cause
            log.exception("an action failed: %s", type(error).__name__)
            return Response(status_code=500)
        body = {"events": result.events, "responses": result.responses} if result else {"events": [], "responses": []}
        return Response(orjson.dumps(body), media_type="application/json")

    return app
