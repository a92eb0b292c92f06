"""The proof of a webhook's sender, spoilt in every way we could think of, at every channel that posts.

What a proof covers is told by `tests/connectors/<key>/wire.py`, where it is less than the body: `BODY_UNSIGNED`; or more: `URL_SIGNED`,
`PROOF_ENDS` (it names its own last day), `stamped` (a notice whose proof stands in its body and holds for minutes).
"""

from __future__ import annotations

import ast
import base64
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import connectors
from connectors.base.contract import RawRequest
from connectors.base.errors import BadSignature, ChannelError
from connectors.registry import manifest
from tests.connectors.rig import HOOKED, Rig, connector_alone
from tests.connectors.test_contract import PLAIN_HEADERS

ROOT = Path(connectors.__file__).parent
LEAST = 20
each_hooked = pytest.mark.parametrize("rig", HOOKED, indirect=True)


def _changed(value: str, position: int) -> str:
    return f"{value[:position]}{'B' if value[position] == 'A' else 'A'}{value[position + 1 :]}"


def _flipped(body: bytes, position: int) -> bytes:
    return body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]


# The header that proves the sender. A channel may give a scheme before the proof ("sha256=", "Bearer ").
HEADER: Mapping[str, Callable[[str], str]] = {
    "empty": lambda value: "",
    "blank": lambda value: "   ",
    "first letter": lambda value: _changed(value, 0),
    "a letter within": lambda value: _changed(value, len(value) // 2),
    "a letter near the end": lambda value: _changed(value, len(value) - 6),
    "cut by one": lambda value: value[:-1],
    "cut in half": lambda value: value[: len(value) // 2],
    "only its start": lambda value: value[:8],
    "one letter more": lambda value: f"{value}A",
    "one letter before": lambda value: f"A{value}",
    "twice": lambda value: value * 2,
    "as a list": lambda value: f"{value},{value}",
    "backwards": lambda value: value[::-1],
    "other case": str.swapcase,
    "all zeros": lambda value: "0" * len(value),
    "other algorithm": lambda value: f"sha1={value.rpartition('sha256=')[2]}",
    "longer algorithm": lambda value: f"sha512={value.rpartition('sha256=')[2]}",
    "no algorithm": lambda value: "none",
    "quoted": lambda value: f'"{value}"',
    "in hex": lambda value: value.encode().hex(),
    "in base64": lambda value: base64.b64encode(value.encode()).decode(),
    "with a zero byte": lambda value: f"{value}\0",
    "in letters of no alphabet": lambda value: "\xff\xfe" * 16,
    "endless": lambda value: "A" * 100_000,
}
BODY: Mapping[str, Callable[[bytes], bytes]] = {
    "nothing": lambda body: b"",
    "first bit": lambda body: _flipped(body, 0),
    "a bit within": lambda body: _flipped(body, len(body) // 2),
    "last bit": lambda body: _flipped(body, len(body) - 1),
    "cut by one": lambda body: body[:-1],
    "without its start": lambda body: body[1:],
    "cut in half": lambda body: body[: len(body) // 2],
    "a space more": lambda body: body + b" ",
    "a line more": lambda body: body + b"\r\n",
    "a zero byte more": lambda body: body + b"\0",
    "twice": lambda body: body * 2,
    "a mark of byte order": lambda body: b"\xef\xbb\xbf" + body,
    "another thing": lambda body: b'{"a":1}',
}


def _tells(key: str, what: str) -> bool:
    return bool(getattr(importlib.import_module(f"tests.connectors.{key}.wire"), what, False))


async def _proven(rig: Rig) -> RawRequest:
    """News the sandbox posts, as it came."""
    await rig.connector.subscribe(rig.hook_url)
    if rig.world.naming(rig.channel).talks:
        rig.buyer_writes("Is the L still there?")
    if rig.manifest.feed("orders"):
        rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(rig.plenty(1)[0], 1)])
    await rig.posted()
    return next(each for each in rig.hooks if each.method == "POST" and each.body)


async def _is_refused(rig: Rig, request: RawRequest) -> bool:
    try:
        await rig.connector.receive(request)
    except BadSignature:
        return True
    return False


async def _proof(rig: Rig, request: RawRequest) -> str:
    """The one header without which nothing is believed."""
    names = {name for name, _ in request.headers if name not in PLAIN_HEADERS}
    (found,) = [name for name in names if await _is_refused(rig, _with(request, name, None))]
    return found


def _with(request: RawRequest, name: str, value: str | None) -> RawRequest:
    kept = tuple(pair for pair in request.headers if pair[0] != name)
    return replace(request, headers=kept if value is None else (*kept, (name, value)))


def _mutations(key: str, request: RawRequest, name: str) -> Iterator[tuple[str, RawRequest]]:
    yield "missing", _with(request, name, None)
    yield "under another name", replace(_with(request, name, None), headers=(("x-signature", request.header(name)),))
    for what, spoil in HEADER.items():
        yield f"header: {what}", _with(request, name, spoil(request.header(name)))
    if not _tells(key, "BODY_UNSIGNED"):
        for what, change in BODY.items():
            yield f"body: {what}", replace(request, body=change(request.body))
    if _tells(key, "URL_SIGNED"):
        for what, url in (("query", f"{request.url}?a=1"), ("path", f"{request.url}x"), ("scheme", f"ftp{request.url[4:]}")):
            yield f"url: {what}", replace(request, url=url)


@each_hooked
async def test_a_spoilt_proof_is_refused(rig: Rig) -> None:
    request = await _proven(rig)
    name = await _proof(rig, request)
    tried = dict(_mutations(rig.key, request, name))
    assert len(tried) >= LEAST
    believed = [what for what, spoilt in tried.items() if not await _is_refused(rig, spoilt)]
    assert believed == []
    assert (await rig.connector.receive(request)).deliveries != ()


@each_hooked
async def test_order_of_headers_and_headers_beside_change_nothing(rig: Rig) -> None:
    request = await _proven(rig)
    beside = (("x-forwarded-for", "203.0.113.7"), *reversed(request.headers), ("x-of-tomorrow", "1"))
    told, again = await rig.connector.receive(request), await rig.connector.receive(replace(request, headers=beside))
    assert [(each.kind, each.key, each.body) for each in again.deliveries] == [
        (each.kind, each.key, each.body) for each in told.deliveries
    ]


@each_hooked
async def test_a_second_differing_proof_does_not_help(rig: Rig) -> None:
    """The wrong one first: the right one behind it must not be looked for."""
    request = await _proven(rig)
    name = await _proof(rig, request)
    wrong = _changed(request.header(name), len(request.header(name)) // 2)
    assert await _is_refused(rig, replace(request, headers=((name, wrong), *request.headers)))


@each_hooked
async def test_what_another_connection_holds_proves_nothing(rig: Rig) -> None:
    request = await _proven(rig)
    other = connector_alone(rig.key, {name: f"{value[::-1]}0123456789abcdef" for name, value in rig.secrets.items()})
    with pytest.raises(ChannelError):
        await other.receive(request)


@pytest.mark.parametrize("rig", [key for key in HOOKED if _tells(key, "PROOF_ENDS")], indirect=True)
async def test_a_proof_that_ran_out_is_refused(rig: Rig) -> None:
    request = await _proven(rig)
    rig.clock.moment += timedelta(days=400)
    with pytest.raises(BadSignature):
        await rig.connector.receive(request)


# A proof in the body that covers its time


@pytest.mark.parametrize("rig", [key for key in HOOKED if _tells(key, "stamped")], indirect=True)
async def test_a_stamped_notice_holds_for_minutes_and_its_stamp_cannot_be_moved(rig: Rig) -> None:
    stamped = importlib.import_module(f"tests.connectors.{rig.key}.wire").stamped
    now = rig.clock.now()
    assert (await rig.connector.receive(stamped(now))).deliveries != ()
    for away in (timedelta(minutes=11), timedelta(hours=1), timedelta(days=400)):
        assert await _is_refused(rig, stamped(now - away)), away
        assert await _is_refused(rig, stamped(now + away)), away
    old, new = stamped(now - timedelta(days=1)).body, stamped(now).body
    differing = [at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    moved = [replace(stamped(now), body=_spliced(old, new, at)) for at in differing]
    assert len(moved) > 10
    assert [each for each in moved if not await _is_refused(rig, each)] == []


def _spliced(old: bytes, new: bytes, at: int) -> bytes:
    """An old notice up to there, today's from there on."""
    return old[:at] + new[at:] if old[:at] != new[:at] else new[:at] + old[at : at + 1] + new[at + 1 :]


# Constant time, read from the source

SECRETS = {"signature", "expected", "digest", "secret", "hmac", "token"}
MAKERS = {"digest", "digest_hex", "digest_base64", "hexdigest", "sign", "signatures", "b64encode"}


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        if "sandbox" not in path.name:
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _leaks_time(node: ast.AST) -> bool:
    """`==` on what proves a sender stops at the first letter that differs."""
    if not (isinstance(node, ast.Compare) and any(isinstance(each, ast.Eq | ast.NotEq) for each in node.ops)):
        return False
    sides = [node.left, *node.comparators]
    if any(isinstance(each, ast.Constant) for each in sides):
        return False
    made = {_name(each.func) for each in sides if isinstance(each, ast.Call)}
    return bool(made & MAKERS or {_name(each) for each in sides} & SECRETS)


def test_the_rule_sees_a_comparison_that_leaks() -> None:
    for leak in ("given == expected", "digest_hex(a, b) == given", "request.signature != given"):
        assert _leaks_time(ast.parse(leak, mode="eval").body), leak
    assert not _leaks_time(ast.parse("digest == ''", mode="eval").body)


def test_signatures_are_compared_in_one_place_and_in_constant_time() -> None:
    comparing = {name for name, tree in _sources() for node in ast.walk(tree) if "compare_digest" in ast.dump(node)}
    judging = [(name, tree) for name, tree in _sources() if "BadSignature" in ast.dump(tree) or "RawRequest" in ast.dump(tree)]
    leaking = [(name, ast.unparse(node)) for name, tree in judging for node in ast.walk(tree) if _leaks_time(node)]
    assert len(judging) > len(HOOKED)
    assert comparing == {"base/signing.py"}
    assert leaking == []


@pytest.mark.parametrize("key", HOOKED)
def test_every_door_asks_for_proof_there(key: str) -> None:
    """By `require_match`, a public key, or the one shared door that does."""
    called = {
        _name(node.func)
        for name, tree in _sources()
        if name.startswith((f"{key}/", "base/graph_hooks"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert "require_match" in called
    assert manifest(key).hook in ("connection", "app")
