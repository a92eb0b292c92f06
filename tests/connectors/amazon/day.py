"""What only this channel does in a day."""

from __future__ import annotations

from tests.connectors.amazon.line import QUEUE

SECRETS = QUEUE
