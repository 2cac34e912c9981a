"""What a browser loads: the demo page and the widget; and which other sites may embed it."""

import gzip
import hashlib
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

STATIC = Path(__file__).with_name("static")
HTML, SCRIPT = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
FRESH = "public, max-age=300, stale-while-revalidate=86400"
REVALIDATE = "no-cache"


def pages(directory: Path = STATIC) -> APIRouter:
    """`/` and `/webchat/widget.js`, read once; raises FileNotFoundError when one is missing."""
    router = APIRouter(tags=["webchat"])
    methods = ["GET", "HEAD"]
    index = _served(directory / "index.html", HTML, REVALIDATE)
    widget = _served(directory / "widget.js", SCRIPT, FRESH)
    router.add_api_route("/", index, methods=methods, include_in_schema=False)
    router.add_api_route("/webchat/widget.js", widget, methods=methods, include_in_schema=False)
    return router


def allow_origins(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of these origins (`https://www.example.com`) load the widget and call web chat."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After"],
        max_age=3600,
    )


def _served(path: Path, media_type: str, caching: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0)
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    # `Origin` too: a cache must not give another site an answer without the header that lets it in.
    headers = {"ETag": etag, "Cache-Control": caching, "Vary": "Accept-Encoding, Origin"}
    headers["X-Content-Type-Options"] = "nosniff"

    async def serve(request: Request) -> Response:
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type)
        return Response(body, headers=headers, media_type=media_type)

    return serve
