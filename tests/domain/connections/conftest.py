"""The whole application, for what this room says over HTTP."""

from __future__ import annotations

from tests.whole import client, house, whole

__all__ = ["client", "house", "whole"]
