"""An Amazon connector on a rig of its own, with secrets of choice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.amazon.connector import AmazonConnector
from connectors.amazon.sandbox import CREDENTIALS, AmazonSandbox
from connectors.amazon.sandbox_queue import KEY, SECRET, URL
from tests.connectors.rig import Gate, Rig, build_rig

QUEUE = {"sqs_url": URL, "aws_key": KEY, "aws_secret": SECRET}


@asynccontextmanager
async def opened(gate: Gate, **secrets: str) -> AsyncIterator[Rig]:
    rig = build_rig("amazon", gate.base, gate.mail, {**CREDENTIALS, **secrets})
    gate.rig = rig
    yield rig
    await rig.http.aclose()


def box_of(rig: Rig) -> AmazonSandbox:
    assert isinstance(rig.sandbox, AmazonSandbox)
    return rig.sandbox


def connector_of(rig: Rig) -> AmazonConnector:
    assert isinstance(rig.connector, AmazonConnector)
    return rig.connector


def calls(rig: Rig, method: str, part: str) -> list[str]:
    return [one.path for one in rig.exchanges if one.method == method and part in one.path]
