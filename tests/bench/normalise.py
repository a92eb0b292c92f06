"""Normalising alone: every channel's recorded shapes, over and over on one core, against parsing the same bytes and nothing more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from time import perf_counter

import msgspec

import connectors
from connectors.base.contract import Delivery
from connectors.registry import manifests
from tests.bench.place import Line
from tests.connectors.rig import connector_alone

ROOT = Path(connectors.__file__).parent
FOR_S = 0.6
FLOORS = {"json": 5000, "eml": 300}
RAW: dict[str, Callable[[bytes], object]] = {"json": msgspec.json.decode, "eml": message_from_bytes}
WORDS = {"json": "payloads", "eml": "mails"}


def recorded(key: str, ending: str) -> Iterator[Delivery]:
    """A channel's fixtures of one wire format."""
    for path in sorted((ROOT / key / "fixtures").glob(f"*.in.{ending}")):
        name = path.name.partition(".in.")[0]
        told = json.loads(path.with_name(f"{name}.out.json").read_text(encoding="utf-8"))
        headers = tuple((str(header), str(value)) for header, value in dict(told.get("headers", {})).items())
        yield Delivery(kind=told["kind"], key=name, body=path.read_bytes(), account=told.get("account", ""), headers=headers)


def rate(work: Callable[[Delivery], object], deliveries: list[Delivery]) -> float:
    """Deliveries a second. A first round warms up."""
    for delivery in deliveries:
        work(delivery)
    done, began = 0, perf_counter()
    while (spent := perf_counter() - began) < FOR_S:
        for delivery in deliveries:
            work(delivery)
        done += len(deliveries)
    return done / spent


def measure(key: str, ending: str, deliveries: list[Delivery]) -> Line:
    parse, floor, unit = RAW[ending], FLOORS[ending], WORDS[ending]
    ours = rate(connector_alone(key).normalise, deliveries)
    raw = rate(lambda delivery: parse(delivery.body), deliveries)
    return Line(f"normalise: {key}, {unit}", ours, raw, f"{unit}/s", ours / raw, f">= {floor:,} a second", ours >= floor)


async def run() -> list[Line]:
    found = [(key, ending, list(recorded(key, ending))) for key in manifests() for ending in FLOORS]
    return [await asyncio.to_thread(measure, *each) for each in found if each[2]]
