"""What agents send as pictures: made small, without the place where they were taken, and only to their own customer."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from PIL import Image

from console.photos import LONGEST_SIDE, NoPicture, prepared, router
from desk.model import Author, Kind, Status
from tests.channels.gateway import fresh_database
from tests.desk.people import agent, room

GPS, CAMERA = 0x8825, 0x0110


def jpeg(width: int = 3000, height: int = 2000) -> bytes:
    exif = Image.Exif()
    exif[CAMERA] = "a camera"
    exif.get_ifd(GPS)[1] = "N"
    written = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_a_picture_is_made_small_and_says_nothing_of_where_it_was_taken() -> None:
    with Image.open(io.BytesIO(prepared(jpeg()))) as made:
        assert max(made.size) == LONGEST_SIDE
        assert not dict(made.getexif())


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff not really"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        prepared(content)


async def test_a_picture_goes_to_the_agents_own_customer_and_to_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    async with room(fresh_database(tmp_path)) as here:
        await here.comes(agent("li"), agent("wang"))
        conversation = await here.wants("u1")
        await here.switchboard.claim(conversation, "li")
        async with _browser(here, folder, "li") as li, _browser(here, folder, "wang") as wang:
            refused = await wang.post(f"/console/pictures/{conversation}", content=jpeg(40, 40))
            assert (refused.status_code, list(folder.iterdir())) == (409, [])
            assert (await li.post(f"/console/pictures/{conversation}", content=b"x")).status_code == 415
            assert (await li.post(f"/console/pictures/{conversation}", content=jpeg(40, 40))).status_code == 204
            line = (await here.lines(conversation))[-1]
            assert (line.author, line.kind, line.data["agent"]) == (Author.AGENT, Kind.IMAGE, "li")
            name = line.data["media"]["file"]
            shown = await li.get(f"/console/pictures/{name.removesuffix('.jpg')}")
            assert shown.content == (folder / name).read_bytes()
        assert (await here.status(conversation))[0] is Status.HUMAN


def _browser(here: Any, folder: Path, name: str) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router(here.switchboard, folder))

    @app.middleware("http")
    async def sign(request: Request, call_next: Any) -> Any:
        request.state.session = SimpleNamespace(agent=agent(name))
        return await call_next(request)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")
