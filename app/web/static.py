"""The screen's files. Every path that is nobody else's shows the screen, which reads the path itself."""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

BUILT = Path(__file__).parent / "static"
OTHERS = frozenset({"api", "hooks", "live", "healthz", "readyz", "metrics", "public", "schema"})
SQUEEZABLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
NAME_MOST = 200
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Onecounter</title>
<body style="font:15px/1.5 system-ui;max-width:40em;margin:4em auto;padding:0 1em">
<h1>The screen is not built yet</h1><p>Run <code>make</code> in the project folder and load this page again.
The API works meanwhile: its description is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>"""

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    squeezed: bytes | None
    media_type: str


class Files:
    """Kept in memory once read, squeezed once. `index.html` is read again whenever it changed."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder.resolve()
        self._kept: dict[str, tuple[int, File]] = {}

    async def find(self, name: str) -> File | None:
        """None for what is not there and for every way out of the folder."""
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        changed = path.stat().st_mtime_ns
        kept = self._kept.get(name)
        if kept is None or kept[0] != changed:
            kept = self._kept[name] = (changed, await asyncio.to_thread(_read, path))
        return kept[1]


def _read(path: Path) -> File:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    squeezed = gzip.compress(content, 6, mtime=0) if media_type.startswith(SQUEEZABLE) and len(content) > 800 else None
    return File(content, squeezed, media_type)


@get(["/", "/{path:path}"], include_in_schema=False, opt={"anyone": True})
async def show_screen(request: Request[object, object, State], state: State, path: FromPath[str] = "") -> Response[bytes]:
    files: Files = state.files
    name = path.strip("/")
    if name.partition("/")[0] in OTHERS or "\0" in name:
        raise NotFoundException("there is nothing at this address")
    found = await files.find(name) if 0 < len(name) <= NAME_MOST else None
    if found is None and name.startswith("assets/"):
        raise NotFoundException("there is no such file")
    lasting = FOR_EVER if found is not None and name.startswith("assets/") else ASK_AGAIN
    found = found or await files.find("index.html") or File(NOT_BUILT.encode(), None, "text/html")
    headers = {"cache-control": lasting, "vary": "accept-encoding"}
    content = found.content
    if found.squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"], content = "gzip", found.squeezed
    return Response(content, media_type=found.media_type, headers=headers)


ROUTES = [show_screen]
