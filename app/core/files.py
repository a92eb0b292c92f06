"""Where files lie: each once, under the hash of its content, in a folder or in a bucket that speaks S3's language."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpx

from app.core.errors import BadSetting, Down, NotFound

SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
)
FAMILIES = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
BRANDS = {b"M4A": "audio/mp4", b"M4B": "audio/mp4", b"qt": "video/quicktime", b"hei": "image/heic", b"mif": "image/heic"}
OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICES = {b"word/": f"{OFFICE}wordprocessingml.document", b"xl/": f"{OFFICE}spreadsheetml.sheet"}
UNKNOWN = "application/octet-stream"
NOTHING = hashlib.sha256(b"").hexdigest()
KEY = re.compile(r"[0-9a-f]{64}")


def type_of(content: bytes) -> str:
    """By the first bytes, never by name or header. Anything unknown is offered for download only."""
    if content[:4] == b"RIFF":
        return FAMILIES.get(content[8:12], UNKNOWN)
    if content[4:8] == b"ftyp":
        return next((kind for brand, kind in BRANDS.items() if content[8:12].startswith(brand)), "video/mp4")
    if content.startswith(b"PK\x03\x04"):
        return next((kind for sign, kind in OFFICES.items() if sign in content[:8192]), "application/zip")
    found = next((kind for sign, kind in SIGNS if content.startswith(sign)), "")
    return found or ("text/plain" if _is_text(content[:4096]) else UNKNOWN)


def _is_text(start: bytes) -> bool:
    """UTF-8, possibly cut within its last character, without control characters."""
    if not start or any(byte < 32 and byte not in b"\t\n\r\f" for byte in start):
        return False
    for cut in range(4):
        try:
            start[: len(start) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False


class FileGone(NotFound):
    code = "file_gone"


class FilesDown(Down):
    code = "files_down"


class FileStore(Protocol):
    async def keep(self, content: bytes) -> str:
        """The hash it is kept under; the same bytes are kept once."""
        ...

    async def read(self, sha256: str) -> bytes:
        """Raises FileGone."""
        ...

    async def drop(self, sha256: str) -> None:
        """One that is gone already stays gone."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    root: Path

    def path(self, sha256: str) -> Path:
        """Raises FileGone for what is no hash."""
        if not KEY.fullmatch(sha256):
            raise FileGone("this file is not here")
        return self.root / sha256[:2] / sha256

    async def keep(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(_write, self.path(sha256), content)
        return sha256

    async def read(self, sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(self.path(sha256).read_bytes)
        except FileNotFoundError as error:
            raise FileGone("this file is not here any more") from error

    async def drop(self, sha256: str) -> None:
        await asyncio.to_thread(self.path(sha256).unlink, missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Two at once each write a piece of their own; the name appears with the whole content behind it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        part.write(content)
    Path(part.name).replace(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`endpoint` with scheme, addressed by path. The operator names it, so it may stand in a private network."""

    endpoint: str
    name: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    async def keep(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        if (await self._ask("HEAD", sha256)).status_code == 404:
            answer = await self._ask("PUT", sha256, content)
            if answer.status_code >= 300:
                raise FilesDown(f"the file store refused a file: {answer.status_code} {answer.text[:200]}")
        return sha256

    async def read(self, sha256: str) -> bytes:
        if not KEY.fullmatch(sha256):
            raise FileGone("this file is not here")
        answer = await self._ask("GET", sha256)
        if answer.status_code == 404:
            raise FileGone("this file is not here any more")
        if answer.status_code >= 300:
            raise FilesDown(f"the file store answered {answer.status_code}: {answer.text[:200]}")
        return answer.content

    async def drop(self, sha256: str) -> None:
        answer = await self._ask("DELETE", sha256)
        if answer.status_code >= 300 and answer.status_code != 404:
            raise FilesDown(f"the file store kept a file: {answer.status_code} {answer.text[:200]}")

    async def _ask(self, verb: str, sha256: str, content: bytes = b"") -> httpx.Response:
        url = f"{self.endpoint}/{self.name}/{sha256[:2]}/{sha256}"
        headers = self.sign(verb, url, hashlib.sha256(content).hexdigest() if content else NOTHING, datetime.now(UTC))
        try:
            async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
                return await client.request(verb, url, headers=headers, content=content)
        except httpx.TransportError as error:
            raise FilesDown(f"the file store cannot be reached: {error or type(error).__name__}") from error

    def sign(self, verb: str, url: str, payload: str, at: datetime) -> dict[str, str]:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
        parts = urlsplit(url)
        stamp, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
        headers = {"host": parts.netloc, "x-amz-content-sha256": payload, "x-amz-date": stamp}
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        canonical = "\n".join((verb, quote(unquote(parts.path)) or "/", parts.query, lines, names, payload))
        scope = f"{day}/{self.region}/s3/aws4_request"
        asked = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = f"AWS4{self.secret_key}".encode()
        for piece in (day, self.region, "s3", "aws4_request"):
            key = hmac.digest(key, piece.encode(), "sha256")
        signature = hmac.new(key, asked.encode(), "sha256").hexdigest()
        credential = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}"}


SCHEMES: Mapping[str, str] = {"s3": "https", "s3+http": "http"}
EXAMPLE = "s3://ACCESS:SECRET@host[:port]/bucket?region=eu-central-1"


def file_store(url: str, data: Path) -> FileStore:
    """The folder `files` under `data`, or the bucket of ONECOUNTER_FILES_URL. Raises BadSetting."""
    if not url:
        return Folder(data / "files")
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme not in SCHEMES or not parts.hostname or not name or not parts.username or not parts.password:
        raise BadSetting("ONECOUNTER_FILES_URL", f"should look like {EXAMPLE} (s3+http:// without TLS)")
    return Bucket(
        endpoint=f"{SCHEMES[parts.scheme]}://{parts.netloc.rpartition('@')[2]}",
        name=name,
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
        region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
    )
