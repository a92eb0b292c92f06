"""Reading what real senders write: numbers as text, nulls, odd dates. Each reader says what it does with nonsense."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from connectors.base.errors import Malformed

MINOR_DIGITS = {"BHD": 3, "CLP": 0, "IDR": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def load(body: bytes) -> Any:
    """JSON of a delivery; `Malformed` when it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}", code="not_json") from error


def mapping(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> Sequence[Any]:
    """A list; one thing alone becomes a list of one, nothing an empty list."""
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def text(value: Any) -> str:
    """Clean text of any scalar: no control characters, no lone surrogates; "" for null, objects and lists."""
    if value is None or isinstance(value, Mapping | list | tuple):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return CONTROL.sub("", str(value))


def required(value: Any, what: str) -> str:
    """Text that must be there; `Malformed` names what is missing."""
    found = text(value).strip()
    if not found:
        raise Malformed(f"{what} is missing", code="missing_field")
    return found


def integer(value: Any, default: int = 0) -> int:
    """A whole number from 3, 3.0, "3", "3.00"; `default` for nonsense. Fractions are cut towards zero."""
    try:
        return int(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        return default


def minor(value: Any, currency: str) -> int:
    """Minor units of an amount such as "48.00"; 0 for nonsense. IDR is written without decimals here."""
    try:
        amount = Decimal(str(value))
        return int((amount * 10 ** MINOR_DIGITS.get(currency.upper(), 2)).to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def when(value: Any) -> datetime | None:
    """Aware UTC from ISO text (zone optional, read as UTC) or Unix seconds / milliseconds; None for nonsense."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, int | float) or str(value).strip().lstrip("-").isdigit():
            seconds = float(value)
            return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)
        found = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
