"""Files in and out, and pictures of mails through our own door: a mail's sender never learns who looked, or from where."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any
from urllib.parse import quote, urljoin
from uuid import UUID

import httpx
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter

from app.core.errors import AppError, Invalid, Unacceptable
from app.core.files import type_of
from app.domain.inbox.errors import FileTooLarge
from app.domain.inbox.schemas import AttachmentRead
from app.domain.inbox.service import filing, reading
from app.domain.workspaces.guards import Caller, require
from app.pipeline.house import House
from connectors.base.errors import ChannelError

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PLAYED = ("audio/", "video/")
FORM_SPACE = 64 * 1024
IMAGE_MOST = 8 * 1024 * 1024
IMAGE_SECONDS = 15.0
HOPS_MOST = 4
LOCKED = {"content-security-policy": "default-src 'none'; sandbox", "x-content-type-options": "nosniff"}
KEPT = {"cache-control": "private, max-age=86400"}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class ImageNotThere(AppError):
    """The mail's sender serves it no more, or never did."""

    status, code = 404, "image_not_there"


class FileController(Controller):
    path = "/api/v1/attachments"
    tags = ("inbox",)

    @post("/", guards=[require("inbox.write")], request_max_body_size=filing.LARGEST + FORM_SPACE)
    async def add_file(
        self,
        house: NamedDependency[House],
        caller: NamedDependency[Caller],
        data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> AttachmentRead:
        """The field `file` of a form, at most 25 MB. Its type is read from its content. `attachment_ids` of a message name it."""
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("the form has no file", fields={"file": "is required"})
        content = await file.read()
        if len(content) > filing.LARGEST:
            raise FileTooLarge(f"a file may have {filing.LARGEST // 1024 // 1024} MB at most", fields={"file": "too large"})
        if not content:
            raise Unacceptable("the file is empty", code="empty_file", fields={"file": "is empty"})
        sha256 = await house.files.keep(content)
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            return await filing.add_file(work, name=file.filename, media_type=type_of(content), size=len(content), sha256=sha256)

    @get("/{attachment_id:uuid}", guards=[require("inbox.read")])
    async def give_file(
        self,
        request: Request[Any, Any, Any],
        house: NamedDependency[House],
        caller: NamedDependency[Caller],
        attachment_id: FromPath[UUID],
    ) -> Response[bytes]:
        """Pictures, sound and film are shown in place; anything else is saved. One range of bytes may be asked for."""
        async with house.db.look(caller.workspace_id, caller.actor) as work:
            row = await filing.read_file(work, attachment_id)
        content = await house.files.read(row["sha256"])
        return give(content, row["name"], row["media_type"], request.headers.get("range", ""))


@get("/files/{token:str}", opt={"anyone": True}, include_in_schema=False)
async def give_to_channel(house: NamedDependency[House], token: FromPath[str]) -> Response[bytes]:
    """A channel fetches a file that we send by it. The address is the permission; the kind is told as it is, for channels refuse
    what has none, and nothing of it runs in a browser."""
    workspace_id, attachment_id = house.file_passes.open(token, house.db.clock.now())
    async with house.db.look(workspace_id) as work:
        row = await filing.read_file(work, attachment_id)
    content = await house.files.read(row["sha256"])
    name = quote(filing.plain_name(row["name"]), safe="")
    headers = {**LOCKED, "cache-control": "private, no-store", "content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=row["media_type"], headers=headers)


def give(content: bytes, name: str, media_type: str, wanted: str) -> Response[bytes]:
    shown = media_type in PICTURES or media_type.startswith(PLAYED)
    place = "inline" if shown else "attachment"
    headers = {
        **LOCKED,
        **KEPT,
        "content-disposition": f"{place}; filename*=UTF-8''{quote(filing.plain_name(name), safe='')}",
        "accept-ranges": "bytes",
    }
    kind = media_type if shown else "application/octet-stream"
    asked = RANGE.fullmatch(wanted)
    if asked is None or not (asked[1] or asked[2]):
        return Response(content, media_type=kind, headers=headers)
    first, last = _span(asked[1], asked[2], len(content))
    if first > last:
        return Response(b"", status_code=416, headers={**headers, "content-range": f"bytes */{len(content)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], status_code=206, media_type=kind, headers=headers)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


class ImageController(Controller):
    path = "/api/v1/messages/{message_id:uuid}/image"
    tags = ("inbox",)

    @get("/", guards=[require("inbox.read")])
    async def give_image(
        self,
        house: NamedDependency[House],
        caller: NamedDependency[Caller],
        message_id: FromPath[UUID],
        url: Annotated[str, QueryParameter(max_length=4000)],
    ) -> Response[bytes]:
        """A picture of this very mail, fetched by us. Any other address is refused."""
        async with house.db.look(caller.workspace_id, caller.actor) as work:
            mail = await reading.read_html(work, message_id)
        if url not in mail.images:
            raise ImageNotThere("this mail shows no such picture")
        try:
            async with asyncio.timeout(IMAGE_SECONDS):
                content = await fetch_image(house.http, url)
        except (httpx.HTTPError, httpx.InvalidURL, ChannelError, TimeoutError) as error:
            raise ImageNotThere(f"the picture could not be fetched: {str(error)[:200] or type(error).__name__}") from error
        return Response(content, media_type=type_of(content), headers={**LOCKED, **KEPT})


async def fetch_image(http: httpx.AsyncClient, url: str) -> bytes:
    """Follows a few moves, each of them guarded anew; says nothing of us, and keeps nothing the sender hands out."""
    for _ in range(HOPS_MOST):
        request = http.build_request("GET", url, headers={"accept": "image/*", "user-agent": "Mozilla/5.0 (mail pictures)"})
        request.headers.pop("cookie", None)
        response = await http.send(request, stream=True)
        try:
            if response.has_redirect_location:
                url = urljoin(url, response.headers["location"])
                continue
            if response.status_code != 200:
                raise ImageNotThere(f"its sender answered {response.status_code}")
            content = await _bounded(response)
        finally:
            await response.aclose()
        if type_of(content) not in PICTURES:
            raise ImageNotThere("this is no picture")
        return content
    raise ImageNotThere("it was moved too often")


async def _bounded(response: httpx.Response) -> bytes:
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > IMAGE_MOST:
            raise ImageNotThere("the picture is too large")
        pieces.append(piece)
    return b"".join(pieces)


ROUTES = [FileController, ImageController, give_to_channel]
