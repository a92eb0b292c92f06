"""Files are named by what they hold, told apart by their first bytes, and signed for in S3's way."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.errors import BadSetting
from app.core.files import NOTHING, Bucket, FileGone, FilesDown, Folder, file_store, type_of


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"RIFF....WAVEfmt ", "audio/wav"),
        (b"RIFF....AVI LIST", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"OggS....", "audio/ogg"),
        (b"\x1aE\xdf\xa3....", "video/webm"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04....plain.txt", "application/zip"),
        (b"PK\x03\x04....word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "text/plain"),
        (b"<!doctype html><script>x()</script>", "text/plain"),
        ("caffè, cut in its last letter: è".encode()[:-1], "text/plain"),
        (b"\x7fELF\x02\x01", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_type_is_read_from_the_content(start: bytes, kind: str) -> None:
    assert type_of(start) == kind


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_a_folder_keeps_the_same_bytes_once(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    hashes = await asyncio.gather(*(store.keep(b"a receipt") for _ in range(8)))
    assert set(hashes) == {hashlib.sha256(b"a receipt").hexdigest()}
    assert contents(tmp_path) == [b"a receipt"]
    assert await store.read(hashes[0]) == b"a receipt"


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "a" * 63])
async def test_what_is_not_there_is_gone(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileGone):
        await Folder(tmp_path / "files").read(name)


def test_a_request_is_signed_as_the_vendor_shows() -> None:
    """The example "GET Bucket Lifecycle" of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    bucket = Bucket(
        endpoint="https://s3.amazonaws.com", name="examplebucket", access_key="AKIAIOSFODNN7EXAMPLE", secret_key=secret
    )
    headers = bucket.sign("GET", "https://examplebucket.s3.amazonaws.com/?lifecycle=", NOTHING, datetime(2013, 5, 24, tzinfo=UTC))
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
        "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    )


class PretendBucket:
    """Speaks just enough HTTP to keep and give objects, and holds every signature against its own sum."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb, path, _ = (await reader.readline()).decode().split()
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(verb)
        status, content = self._answer(verb, path, headers, body)
        size = len(content)
        writer.write(f"HTTP/1.1 {status} Told\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n".encode())
        writer.write(b"" if verb == "HEAD" else content)
        await writer.drain()
        writer.close()

    def _answer(self, verb: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        payload = hashlib.sha256(body).hexdigest()
        at = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        right = self.bucket.sign(verb, f"http://{headers['host']}{path}", payload, at)
        if headers["authorization"] != right["authorization"] or headers["x-amz-content-sha256"] != payload:
            return 403, b"SignatureDoesNotMatch"
        if verb == "PUT":
            self.objects[path] = body
            return 200, b""
        return (200, self.objects[path]) if path in self.objects else (404, b"NoSuchKey")


async def test_a_bucket_keeps_and_gives(tmp_path: Path) -> None:
    right = Bucket(endpoint="", name="files", access_key="KEY", secret_key="s/cret+1", region="eu-central-1")
    pretend = PretendBucket(right)
    server = await asyncio.start_server(pretend.serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        store = file_store(f"s3+http://KEY:s%2Fcret%2B1@127.0.0.1:{port}/files?region=eu-central-1", tmp_path)
        sha256 = await store.keep(b"a receipt")
        assert await store.keep(b"a receipt") == sha256
        assert await store.read(sha256) == b"a receipt"
        assert pretend.asked == ["HEAD", "PUT", "HEAD", "GET"]
        assert list(pretend.objects) == [f"/files/{sha256[:2]}/{sha256}"]
        with pytest.raises(FileGone):
            await store.read("0" * 64)
        wrong = file_store(f"s3+http://KEY:other@127.0.0.1:{port}/files", tmp_path)
        with pytest.raises(FilesDown, match="403"):
            await wrong.read(sha256)
    with pytest.raises(FilesDown):
        await store.read(sha256)


@pytest.mark.parametrize("url", ["https://a:b@host/files", "s3://host/files", "s3://a:b@host/", "s3://a@host/files"])
def test_a_wrong_address_is_refused_by_its_name(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="ONECOUNTER_FILES_URL"):
        file_store(url, tmp_path)
