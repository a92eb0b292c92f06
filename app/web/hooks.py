"""`/hooks/{token}`: 2xx only when durable. The body is bounded by its headers first, then while it is read."""

from __future__ import annotations

import time
from typing import Any

from litestar import Request, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath

from app.core import metrics
from app.core.errors import AppError
from app.core.logs import log
from app.pipeline.house import House
from app.pipeline.receive import receive_hook
from connectors.base.contract import RawRequest
from connectors.base.errors import BadSignature, Malformed

LARGEST = 1024 * 1024


class TooLarge(AppError):
    status, code = 413, "too_large"


class NotSigned(AppError):
    status, code = 401, "bad_signature"


class NotReadable(AppError):
    status, code = 400, "malformed"


@route("/hooks/{token:str}", http_method=["GET", "POST"], status_code=200, opt={"anyone": True}, include_in_schema=False)
async def take_hook(request: Request[Any, Any, Any], house: NamedDependency[House], token: FromPath[str]) -> Response[bytes]:
    started = time.perf_counter()
    result = "error"
    try:
        raw = RawRequest(
            method=request.method,
            url=f"{house.settings.public_url}{request.url.path}" + (f"?{request.url.query}" if request.url.query else ""),
            headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.scope["headers"]),
            query=tuple(request.query_params.multi_items()),
            body=await _bounded_body(request),
        )
        received = await receive_hook(house, token, raw)
        result = "kept"
        return Response(received.body, status_code=received.status, media_type=received.media_type)
    except BadSignature as error:
        result = "bad_signature"
        log.warning("signature rejected", path="/hooks", detail=error.detail)
        raise NotSigned("the signature does not match; nothing was stored") from error
    except Malformed as error:
        result = "malformed"
        raise NotReadable(f"this is not what the channel sends: {error.detail}") from error
    except AppError as error:
        result = error.code
        raise
    finally:
        metrics.webhooks.labels("hook", result).inc()
        metrics.webhook_seconds.observe(time.perf_counter() - started)


async def _bounded_body(request: Request[Any, Any, Any]) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST:
        raise TooLarge("a delivery may have 1 MiB at most")
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST:
                raise TooLarge("a delivery may have 1 MiB at most")
            pieces.append(piece)
    except RequestEntityTooLarge as error:
        raise TooLarge("a delivery may have 1 MiB at most") from error
    except ClientException as error:
        raise NotReadable("the body ended early") from error
    return b"".join(pieces)
