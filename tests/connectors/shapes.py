"""Shapes that several channels share: files, and the answers of a token address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from typing import Any

import jsonschema

from tests.connectors.rig import Exchange

# https://www.rfc-editor.org/rfc/rfc6749#section-5
OAUTH = "https://www.rfc-editor.org/rfc/rfc6749#section-5"
# https://www.rfc-editor.org/rfc/rfc9110#section-8.3
FILES = "https://www.rfc-editor.org/rfc/rfc9110#section-8.3"
KINDS = re.compile(r"(application|audio|image|text|video)/[\w.+-]+")
PAGES = ("text/html", "application/xhtml+xml")


def hold(value: Any, schema: Mapping[str, Any]) -> None:
    """As `jsonschema.validate`, without judging the schema itself each time: it is most of the work."""
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    error = jsonschema.exceptions.best_match(kind(schema).iter_errors(value))
    assert error is None, error


def hold_file(exchange: Exchange, *, gone: tuple[int, ...] = (403, 404, 410), nameless: bool = False) -> None:
    """Bytes under a name of their kind that is not a page's, or a plain no. `nameless`: the channel calls every file a stream."""
    assert exchange.method == "GET"
    if exchange.status != 200:
        assert exchange.status in (*gone, 429, 503)
        return
    kind = exchange.answer_headers["content-type"]
    assert KINDS.fullmatch(kind), kind
    assert kind not in PAGES
    assert exchange.answer != b""
    if nameless:
        assert kind == "application/octet-stream"
    if kind == "image/jpeg":
        assert exchange.answer.startswith(b"\xff\xd8\xff")


def hold_token(exchange: Exchange, given: Set[str], *, maybe: Set[str] = frozenset()) -> None:
    """`given` always, `maybe` sometimes; a no names its error and says it in words."""
    body = json.loads(exchange.answer)
    if exchange.status == 200:
        assert given <= body.keys() <= given | maybe, sorted(body)
        assert all(isinstance(body[name], int) == name.endswith("expires_in") for name in body), body
        assert all(body.values())
    elif exchange.status in (400, 401):
        assert set(body) == {"error", "error_description"}
        assert re.fullmatch(r"[a-z_]+", body["error"])
    else:
        assert exchange.status in (429, 500, 503)
