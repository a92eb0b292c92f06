"""Addresses of Amazon's relay, order numbers, and what is no address of Amazon's though it looks like one.

https://sellercentral.amazon.com/help/hub/reference/G200383320
"""

from __future__ import annotations

import re

TLDS = "com|ca|com\\.mx|com\\.br|co\\.uk|de|fr|it|es|nl|se|pl|com\\.be|ie|com\\.tr|co\\.jp|in|com\\.au|sg|ae|sa|eg"
# Anchored at the end: marketplace.amazon.com.evil.example is not Amazon. The part after + belongs to the address.
RELAY = re.compile(rf"[a-z0-9]{{8,32}}(\+[a-z0-9._-]{{1,80}})?@marketplace\.amazon\.({TLDS})", re.IGNORECASE)
OWN = re.compile(rf"[^@\s]+@([a-z0-9-]+\.)*amazon\.({TLDS})", re.IGNORECASE)
ALIKE = re.compile(r"am[a@4]z[o0]n", re.IGNORECASE)
ORDER = re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])")
IN_TEXT = re.compile(
    rf"[a-z0-9]{{8,32}}(?:\+[a-z0-9._-]{{1,80}})?@marketplace\.amazon\.(?:{TLDS})(?![a-z0-9.-]*[a-z0-9])", re.IGNORECASE
)


def is_relay(address: str) -> bool:
    return RELAY.fullmatch(address.strip()) is not None


def is_amazon(address: str) -> bool:
    return OWN.fullmatch(address.strip()) is not None


def looks_like_amazon(address: str) -> bool:
    return not is_amazon(address) and ALIKE.search(address.rpartition("@")[2]) is not None


def order_in(*texts: str) -> str:
    """The first order number of the first text that has one."""
    return next((found.group() for found in map(ORDER.search, texts) if found), "")


def buyer_of(relay: str) -> str:
    """The alias without what follows a plus: that names a case, the rest one buyer of this seller."""
    local, _, domain = relay.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def thread_of(relay: str, order_id: str) -> str:
    """One talk for each buyer and order; what was asked before buying has a talk of its own."""
    return f"{buyer_of(relay)}|{order_id}" if order_id else buyer_of(relay)
