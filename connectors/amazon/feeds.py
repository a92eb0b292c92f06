"""Many counts in one JSON_LISTINGS_FEED: a document, its upload, the feed, and the report with an issue for each message.

https://developer-docs.amazon.com/sp-api/docs/listings-feed-type-values
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from connectors.amazon import render
from connectors.amazon.client import Client, piece
from connectors.base.client import decode
from connectors.base.commands import LineReceipt, StockLine
from connectors.base.errors import Ambiguous, Malformed
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, load, mapping, text

FEEDS = "/feeds/2021-06-30"
CONTENT_TYPE = "application/json; charset=UTF-8"
LOOKS_S = (0.0, 2.0, 4.0, 8.0)
REMEMBERED = 50
REPORT_LIMIT = 64 * 1024 * 1024

Ready = Sequence[tuple[StockLine, str]]


class Feeds:
    """Feeds take minutes. One that is not done when we stop looking is asked about again by the next try of the same push,
    instead of being made once more; after a restart it is made again, which changes nothing: counts are absolute."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._open: dict[str, str] = {}
        self.looks_s: Sequence[float] = LOOKS_S

    async def push(self, key: str, ready: Ready) -> list[LineReceipt]:
        name = fingerprint(key, *(f"{line.external_sku}={line.quantity}" for line, _ in ready))
        feed_id = self._open.get(name) or await self._make(ready)
        self._open[name] = feed_id
        for old in list(self._open)[:-REMEMBERED]:
            del self._open[old]
        feed = await self._ended(feed_id)
        if feed is None:
            words = f"Amazon still works on feed {feed_id}."
            return [LineReceipt(listing_id=line.listing_id, outcome="retry", detail=words, code="feed_open") for line, _ in ready]
        del self._open[name]
        if text(feed.get("processingStatus")) != "DONE" and not text(feed.get("resultFeedDocumentId")):
            words = f"Feed {feed_id} ended as {text(feed.get('processingStatus'))}."
            return [LineReceipt(listing_id=line.listing_id, outcome="retry", detail=words, code="feed_lost") for line, _ in ready]
        return read_report(await self._report(text(feed.get("resultFeedDocumentId"))), ready)

    async def _make(self, ready: Ready) -> str:
        made = await self._post("/documents", {"contentType": CONTENT_TYPE}, write=False)
        body = msgspec.json.encode(render.listings_feed(self._client.seller, ready))
        await self._client.context.http.request(
            "PUT", text(made.get("url")), operation="upload", content=body, headers={"content-type": CONTENT_TYPE}
        )
        told = await self._post(
            "/feeds",
            {
                "feedType": "JSON_LISTINGS_FEED",
                "marketplaceIds": [self._client.marketplace],
                "inputFeedDocumentId": text(made.get("feedDocumentId")),
            },
            write=True,
        )
        feed_id = text(told.get("feedId"))
        if not feed_id:
            raise Ambiguous("Amazon gave no feedId", code="no_feed_id")
        return feed_id

    async def _post(self, path: str, body: Mapping[str, object], *, write: bool) -> Mapping[str, Any]:
        response = await self._client.call("POST", f"{FEEDS}{path}", write=write, operation="stock", json=body)
        return mapping(decode(response, write=write))

    async def _ended(self, feed_id: str) -> Mapping[str, Any] | None:
        for wait in self.looks_s:
            await asyncio.sleep(wait)
            response = await self._client.call("GET", f"{FEEDS}/feeds/{piece(feed_id)}", operation="read_feed")
            feed = mapping(decode(response))
            if text(feed.get("processingStatus")) in ("DONE", "FATAL", "CANCELLED"):
                return feed
        return None

    async def _report(self, document_id: str) -> Mapping[str, Any]:
        response = await self._client.call("GET", f"{FEEDS}/documents/{piece(document_id)}", operation="read_feed")
        document = mapping(decode(response))
        body = (await self._client.context.http.request("GET", text(document.get("url")), operation="download")).content
        if text(document.get("compressionAlgorithm")) == "GZIP":
            body = unpacked(body)
        return mapping(load(body))


def unpacked(body: bytes) -> bytes:
    """GZIP, unless something on the way has already unpacked it."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        reader = zlib.decompressobj(31)
        plain = reader.decompress(body, REPORT_LIMIT)
    except zlib.error as error:
        raise Malformed(f"the feed's report is not GZIP: {error}", code="not_gzip") from error
    if reader.unconsumed_tail:
        raise Malformed("the feed's report is too large", code="too_large")
    return plain


def read_report(report: Mapping[str, Any], ready: Ready) -> list[LineReceipt]:
    """An ERROR refuses its message; a report that names none, although messages were not accepted, leaves all to be tried again."""
    wrong: dict[int, Mapping[str, Any]] = {}
    for issue in (mapping(one) for one in items(report.get("issues"))):
        if text(issue.get("severity")) == "ERROR":
            wrong.setdefault(integer(issue.get("messageId")), issue)
    summary = mapping(report.get("summary"))
    silent = integer(summary.get("messagesAccepted"), len(ready)) + len(wrong) < len(ready) or 0 in wrong
    return [_outcome(line, wrong.get(number), silent=silent) for number, (line, _) in enumerate(ready, start=1)]


def _outcome(line: StockLine, issue: Mapping[str, Any] | None, *, silent: bool) -> LineReceipt:
    if issue is not None:
        return LineReceipt(
            listing_id=line.listing_id,
            outcome="refused",
            detail=text(issue.get("message")) or "Amazon gave no reason",
            code=text(issue.get("code")) or "refused",
        )
    if silent:
        return LineReceipt(
            listing_id=line.listing_id,
            outcome="retry",
            detail="Amazon did not say whether it took this count.",
            code="feed_unclear",
        )
    return LineReceipt(listing_id=line.listing_id, outcome="accepted")
