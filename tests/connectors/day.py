"""One day of a seller at one channel: everything the manifest says it can do, once, then what only this channel has.

A folder's own part is `tests/connectors/<key>/day.py`, and each of its names may be left out: `SECRETS` beside those of the sandbox,
`given(rig)` as typed into the form before consent, and `beyond(rig)`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
import importlib.util
from collections.abc import Sequence
from contextlib import aclosing, suppress
from types import ModuleType
from typing import Any

import msgspec

from connectors.base.approved import Approving
from connectors.base.commands import OrderAct, SendReply, Template, Upload
from connectors.base.contract import Delivery, Listening, Offering
from connectors.base.errors import ChannelError
from connectors.base.events import Handle, MessageReceived
from connectors.base.manifest import First, Sending
from connectors.base.world import File, Order
from connectors.registry import load_consent, load_sandbox
from tests.connectors.consenting import way
from tests.connectors.rig import Gate, Rig, build_rig

PIXELS = b"\xff\xd8\xff\xe0pixels"
PICTURE = File(name="seam.jpg", media_type="image/jpeg", content=PIXELS)
UPLOAD = Upload(name="seam.jpg", media_type="image/jpeg", content=PIXELS, public_url="https://shop.example/files/seam.jpg")
BACK = "https://shop.example/connect/here"
VERIFIER = "the-word-that-only-we-know-until-the-code-is-spent"
SHIPPED = "UPS 1Z999AA10123456784"
NEWS_S = 10.0


def wire_of(key: str) -> Any:
    """What holds this sandbox to its channel's contract."""
    return importlib.import_module(f"tests.connectors.{key}.wire")


def own_day(key: str) -> ModuleType | None:
    name = f"tests.connectors.{key}.day"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def open_day(key: str, gate: Gate) -> Rig:
    rig = build_rig(key, gate.base, gate.mail, {**load_sandbox(key)[1], **getattr(own_day(key), "SECRETS", {})})
    gate.rig = rig
    return rig


async def live_a_day(rig: Rig) -> None:
    assert (await rig.connector.check()).ok
    if rig.world.naming(rig.channel).talks:
        rig.buyer_writes("Is the L still there?")
        rig.buyer_writes("", buyer=1, files=[PICTURE])
    orders = _sell(rig) if rig.manifest.feed("orders") else []
    for feed in rig.manifest.feeds:
        await _follow(rig, await rig.pull_all(feed.name))
        if feed.listens:
            await _listen(rig, feed.name)
    if rig.manifest.stocking:
        await _count(rig)
    if rig.manifest.sending:
        await _talk(rig, rig.manifest.sending)
    for order in orders:
        await act_on(rig, order)
    await _hear(rig)
    if rig.manifest.consent == "oauth":
        await _agree(rig)
    if beyond := getattr(own_day(rig.key), "beyond", None):
        await beyond(rig)
    await _be_refused(rig)


def hold_to_contract(rig: Rig) -> set[str]:
    """Checks every exchange so far; the operations that were met. What a browser was shown is nobody's contract."""
    wire, met = wire_of(rig.key), set[str]()
    assert rig.all_exchanges() != []
    for exchange in rig.all_exchanges():
        if exchange.status == 0 or "content-security-policy" in exchange.answer_headers:
            continue
        operations = [name for name, is_one in wire.OPERATIONS.items() if is_one(exchange)]
        assert operations != [], f"no operation is {exchange.method} {exchange.path}"
        for operation in operations:
            wire.check(operation, exchange)
        met |= set(operations)
    return met


def _sell(rig: Rig) -> list[Order]:
    """One is cancelled, one shipped, one open."""
    buyer = next(iter(rig.world.state.buyers))
    orders = [rig.world.place_order(rig.channel, buyer, [(sku, 1)]) for sku in rig.plenty(3)[:3]]
    rig.world.cancel_order(rig.channel, orders[0].id)
    rig.world.change_order(rig.channel, orders[1].id, "shipped", tracking="JX12345", carrier="Royal Mail")
    return orders


async def _follow(rig: Rig, deliveries: Sequence[Delivery]) -> list[MessageReceived]:
    """Pointers and files; what buyers said."""
    said = [each for each in await rig.outcomes(deliveries) if isinstance(each, MessageReceived)]
    for message in said:
        for media in message.media:
            assert await rig.connector.fetch_media(media.ref) == PIXELS
    return [each for each in said if each.direction == "in"]


async def _listen(rig: Rig, feed: str) -> None:
    assert isinstance(rig.connector, Listening)
    async with aclosing(rig.connector.listen(feed)) as news, asyncio.timeout(NEWS_S):
        await anext(news)
        told = asyncio.ensure_future(anext(news))
        rig.buyer_writes("Are you there?")
        await told


async def _count(rig: Rig) -> None:
    seen = await rig.listings()
    command = rig.stock_command({next(sku for sku in rig.plenty(1) if sku in seen): 4}, seen)
    assert [line.outcome for line in (await rig.connector.execute(command)).lines] == ["accepted"]
    await rig.connector.look_up(command)


async def _talk(rig: Rig, sending: Sending) -> None:
    """A plain reply, one that quotes, one that is a file, a template, and a first word to somebody new."""
    message = await rig.buyer_message("Halo kak, masih ready?")
    plain, template = rig.reply_to(message, "Masih, kak."), await _approved(rig)
    replies = [plain]
    if sending.quotes:
        replies.append(_changed(plain, "quote", text="Yang ini, kak.", reply_to=message.external_id))
    if sending.files_max:
        replies.append(_changed(plain, "file", text="", files=(UPLOAD,)))
    if template is not None:
        replies.append(_changed(plain, "template", text="", template=template))
    if sending.first is not None:
        replies.append(_changed(_first_word(rig, sending.first), "first", template=template if sending.window_s else None))
    for command in replies:
        assert (await rig.connector.execute(command)).external_id, command
        if sending.proof == "readable":
            assert await rig.connector.look_up(command) is not None, command


async def _approved(rig: Rig) -> Template | None:
    """The first text the channel approved, its gaps filled."""
    if not isinstance(rig.connector, Approving):
        return None
    found = next(each for each in await rig.connector.approved_texts() if not each.header and not each.buttons)
    filled = tuple(f"{place}" for place, _ in enumerate(found.gaps, start=1))
    return Template(name=found.name, language=found.language, variables=filled, names=found.gaps if found.named else ())


def _changed(command: SendReply, key: str, **fields: Any) -> SendReply:
    return msgspec.structs.replace(command, key=key, **fields)


def _first_word(rig: Rig, first: First) -> SendReply:
    buyer = list(rig.world.state.buyers.values())[1]
    value = buyer.email if first.to == "email" else buyer.phone
    named = {"ours": "0123456789abcdef" * 2, "handle": value, "digits": value.lstrip("+")}
    return SendReply(
        key="first",
        thread=named[first.thread],
        text="Your parcel left today.",
        subject="Your parcel",
        customer=Handle(kind=first.to, value=value),
        started_at=rig.clock.now(),
    )


async def act_on(rig: Rig, order: Order) -> None:
    """Everything the channel offers on it now; an act may end what another one was offered for."""
    if not isinstance(rig.connector, Offering):
        return
    for offer in await rig.connector.offers(order.id, {}):
        text = SHIPPED if offer.text_limit else ""
        with suppress(ChannelError):
            await rig.connector.execute(OrderAct(key=f"{order.id}-{offer.name}", name=offer.name, order_id=order.id, text=text))


async def _hear(rig: Rig) -> None:
    """What comes by webhook, and an answer to what was said in public; then the address is taken back."""
    for _ in range(2):
        await rig.connector.subscribe(rig.hook_url)
    naming = rig.world.naming(rig.channel)
    if naming.talks:
        rig.buyer_writes("Halo lagi", files=[PICTURE])
    if naming.comment_id is not None:
        rig.world.comment(rig.channel, next(iter(rig.world.state.buyers)), "Berapa harganya?")
    if rig.manifest.feed("orders"):
        _sell(rig)
    for message in await _follow(rig, await rig.posted()):
        if message.kind == "comment":
            await rig.connector.execute(rig.reply_to(message, "Kami balas di sini, kak.", key="comment"))
    await rig.connector.unsubscribe(rig.hook_url)


async def _agree(rig: Rig) -> None:
    """The seller says yes in the browser, and the code buys what the form does not ask for."""
    own, consent = own_day(rig.key), load_consent(rig.key)
    given = own.given(rig) if own is not None and hasattr(own, "given") else dict(rig.secrets)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    page = await rig.http.get(consent.begin(given, redirect_uri=BACK, state="once", challenge=challenge))
    _, query = way(page, "Allow")
    bought = await consent.finish(given, query, rig.calls, redirect_uri=BACK, verifier=VERIFIER)
    assert bought.keys() <= {secret.name for secret in rig.manifest.secrets}
    assert any(bought.values())


async def _be_refused(rig: Rig) -> None:
    """A channel's no has a shape as well."""
    for kind in ("unavailable", "rate_limited", "expire_token"):
        rig.strike(kind)
        for _ in range(2):
            with suppress(ChannelError):
                await rig.connector.check()
        rig.faults.clear()
