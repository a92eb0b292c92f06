"""Holds the pretend Telegram to the published types of the Bot API (tests/contracts/telegram, https://core.telegram.org/bots/api)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold_file

CONTRACT = json.loads((Path(__file__).parents[2] / "contracts" / "telegram" / "bot-api.json").read_text(encoding="utf-8"))
PLAIN: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
}
# Of 176 methods, those that we call.
USED = (
    "answerCallbackQuery",
    "deleteWebhook",
    "getFile",
    "getMe",
    "getUpdates",
    "getWebhookInfo",
    "sendAnimation",
    "sendAudio",
    "sendDocument",
    "sendMediaGroup",
    "sendMessage",
    "sendPhoto",
    "sendVideo",
    "sendVoice",
    "setWebhook",
)
# Telegram repeats a secret and signs nothing.
BODY_UNSIGNED = True


def _is(method: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.path.endswith(f"/{method}") and exchange.path.startswith("/bot")


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{method: _is(method) for method in USED},
    "file": lambda exchange: exchange.path.startswith("/file/bot"),
}
MACHINE = dict.fromkeys(USED, "telegram/bot-api.json")
SCHEMAS = {"file": "https://core.telegram.org/bots/api#file"}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = tuple(method for method in USED if method.startswith("send")), ()


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file" and exchange.status == 200:
        hold_file(exchange, nameless=True)
        return
    body = json.loads(exchange.answer)
    if exchange.status != 200:
        _check_refusal(body, exchange.status)
        return
    assert body["ok"] is True
    assert set(body) <= {"ok", "result", "description"}
    returns = CONTRACT["methods"][operation]["returns"]
    assert any(not problems(body["result"], kind) for kind in returns), problems(body["result"], returns[0])


def _check_refusal(body: dict[str, Any], status: int) -> None:
    assert set(body) <= {"ok", "error_code", "description", "parameters"}
    assert body["ok"] is False
    assert body["error_code"] == status
    assert body["description"]
    assert problems(body.get("parameters", {}), "ResponseParameters") == []


def problems(value: Any, kind: str, where: str = "") -> list[str]:
    """What in a value is not as the published type says."""
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: no list"]
        inner = kind.removeprefix("Array of ")
        return [found for position, each in enumerate(value) for found in problems(each, inner, f"{where}[{position}]")]
    if kind in PLAIN:
        return [] if PLAIN[kind](value) else [f"{where}: {value!r} is no {kind}"]
    described = CONTRACT["types"][kind]
    if described.get("subtypes"):
        tried = [problems(value, each, where) for each in described["subtypes"]]
        return min(tried, key=len)
    return _problems_of_object(value, kind, described["fields"], where)


def _problems_of_object(value: Any, kind: str, fields: list[dict[str, Any]], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: no {kind}"]
    known = {field["name"]: field for field in fields}
    found = [f"{where}.{name}: {kind} has no such field" for name in value if name not in known]
    found += [f"{where}.{name}: missing" for name, field in known.items() if field["required"] and name not in value]
    for name in value.keys() & known.keys():
        tried = [problems(value[name], each, f"{where}.{name}") for each in known[name]["types"]]
        found += min(tried, key=len)
    return found
