"""Every refusal and failure as application/problem+json. What we did not expect gets a number, and only the log says more."""

from __future__ import annotations

import re
import secrets
import traceback
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

from app.core.errors import AppError, Conflict, Invalid
from app.core.logs import log

PROBLEM = "application/problem+json"
CODES = {
    400: "invalid",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many",
}
BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.DiskFullError,
)
UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError, asyncpg.DataError)

Asked = Request[Any, Any, Any]


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, str] | None = None,
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[dict[str, object]]:
    body: dict[str, object] = {**(extra or {})}
    body |= {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    if fields:
        body["fields"] = dict(fields)
    return Response(body, status_code=status, media_type=PROBLEM, headers=dict(headers or {}))


def tell_refusal(_: Asked, error: AppError) -> Response[dict[str, object]]:
    after = error.extra.get("after")
    headers = {"retry-after": str(after)} if after is not None else {}
    return problem(error.status, error.code, error.detail, fields=error.fields, extra=error.extra, headers=headers)


def tell_invalid(_: Asked, error: ValidationException) -> Response[dict[str, object]]:
    fields = dict(_fields_of(error.extra))
    named = ", ".join(f"{name} {words}" for name, words in fields.items())
    return problem(400, Invalid.code, named or str(error.detail), fields=fields)


def tell_undecoded(_: Asked, error: msgspec.MsgspecError) -> Response[dict[str, object]]:
    name, words = _place_of(str(error))
    return problem(400, Invalid.code, str(error), fields={name: words} if name else None)


def tell_confused(asked: Asked, error: InternalServerException) -> Response[dict[str, object]]:
    """The toolkit takes a wrong body field for a fault of ours when one of its dependencies has the same name (`settings`)."""
    name, words = _place_of(str(error.__cause__))
    if isinstance(error.__cause__, msgspec.ValidationError) and name.startswith("data."):
        field = name.removeprefix("data.")
        return problem(400, Invalid.code, f"{field} {words}", fields={field: words})
    return tell_http(asked, error)


def tell_http(_: Asked, error: HTTPException) -> Response[dict[str, object]]:
    status = error.status_code
    allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow", "retry-after")}
    detail = str(error.detail) if status < 500 else HTTPStatus(status).phrase
    return problem(status, CODES.get(status, "refused"), detail, headers=allowed)


def tell_busy(_: Asked, error: Exception) -> Response[dict[str, object]]:
    log.warning("database busy", error=type(error).__name__)
    return problem(503, "down", "the database could not do this now; nothing was done, try again", headers={"retry-after": "2"})


def tell_unstorable(_: Asked, error: Exception) -> Response[dict[str, object]]:
    """NUL characters and numbers past 64 bits are well-formed JSON that no table can hold."""
    log.info("unstorable value", error=type(error).__name__)
    return problem(400, Invalid.code, "a value cannot be stored: a NUL character or a number out of range")


def tell_too_deep(_: Asked, error: RecursionError) -> Response[dict[str, object]]:
    log.info("nested too deep", error=type(error).__name__)
    return problem(400, Invalid.code, "the body is nested too deep", fields={"body": "is nested too deep"})


def tell_clash(_: Asked, error: asyncpg.IntegrityConstraintViolationError) -> Response[dict[str, object]]:
    """Two requests at once, of which the other won."""
    log.warning("clash", error=type(error).__name__, detail=error.constraint_name)
    return problem(409, Conflict.code, "something else was written at the same moment; load again and retry")


def tell_failure(request: Asked, error: Exception) -> Response[dict[str, object]]:
    trace = secrets.token_hex(6)
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-4:]))
    log.error(
        "request failed", trace=trace, method=request.method, path=request.url.path, error=f"{type(error).__name__}: {error}",
        where=where,
    )  # fmt: skip
    return problem(500, "failure", f"something broke on our side; the log knows it as {trace}", extra={"trace": trace})


def _fields_of(extra: object) -> Iterable[tuple[str, str]]:
    for item in extra if isinstance(extra, list) else ():
        if isinstance(item, dict):
            inner, words = _place_of(str(item.get("message", "")))
            key = str(item.get("key") or "")
            name = key if not inner or inner == key or inner.startswith(f"{key}.") else f"{key}.{inner}"
            yield (inner if key in ("", "data") else name) or "body", words


def _place_of(message: str) -> tuple[str, str]:
    """msgspec says ``Expected `str`, got `int` - at `$.lines[0].sku` `` or ``Object missing required field `name` ``."""
    words, _, place = message.partition(" - at `")
    path = place.rstrip("`").removeprefix("$").removeprefix(".")
    missing = re.search(r"missing required field `([^`]+)`", words)
    unknown = re.search(r"contains unknown field `([^`]+)`", words)
    for found, told in ((missing, "is required"), (unknown, "is not known")):
        if found:
            return f"{path}.{found[1]}".removeprefix("."), told
    return path, (words[:1].lower() + words[1:]).replace("`", "")


HANDLERS: dict[Any, Any] = {
    AppError: tell_refusal,
    ValidationException: tell_invalid,
    msgspec.MsgspecError: tell_undecoded,
    InternalServerException: tell_confused,
    HTTPException: tell_http,
    **dict.fromkeys((asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError), tell_clash),
    **dict.fromkeys(BUSY, tell_busy),
    **dict.fromkeys(UNSTORABLE, tell_unstorable),
    RecursionError: tell_too_deep,
    Exception: tell_failure,
}
