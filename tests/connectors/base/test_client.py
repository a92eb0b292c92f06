"""What each failure of a call means. The difference that matters: may the channel have acted?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base.client import ANSWER_LIMIT, ChannelHttp, decode, open_http, retry_after
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, Malformed, RateLimited, Refused, Unavailable
from connectors.base.reroute import Reroute

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://api.shop.example/v1/things"
Answer = Callable[[httpx.Request], Any]


def http(answer: Answer, hosts: tuple[str, ...] = ("api.shop.example", "*.many.example"), **more: Any) -> ChannelHttp:
    return ChannelHttp(open_http(Reroute(), httpx.MockTransport(answer)), hosts, lambda: NOW, **more)


def status(code: int, **headers: str) -> Answer:
    return lambda request: httpx.Response(code, text="words of the channel", headers=headers)


def breaks(error: type[Exception]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("no luck")

    return answer


@pytest.mark.parametrize(
    ("answer", "read", "write"),
    [
        (status(400), Refused, Refused),
        (status(404), Refused, Refused),
        (status(401), AuthExpired, AuthExpired),
        (status(403), Refused, Refused),
        (status(429), RateLimited, RateLimited),
        (status(500), Unavailable, Ambiguous),
        (status(502), Unavailable, Ambiguous),
        (status(503), Unavailable, Unavailable),
        (status(504), Unavailable, Ambiguous),
        (breaks(httpx.ConnectError), Unavailable, Unavailable),
        (breaks(httpx.ConnectTimeout), Unavailable, Unavailable),
        (breaks(httpx.PoolTimeout), Unavailable, Unavailable),
        (breaks(httpx.ReadTimeout), Unavailable, Ambiguous),
        (breaks(httpx.WriteError), Unavailable, Ambiguous),
        (breaks(httpx.RemoteProtocolError), Unavailable, Ambiguous),
    ],
)
async def test_each_failure_says_what_to_do_next(answer: Answer, read: type[ChannelError], write: type[ChannelError]) -> None:
    for is_write, expected in ((False, read), (True, write)):
        with pytest.raises(ChannelError) as error:
            await http(answer).request("POST", URL, write=is_write)
        assert type(error.value) is expected


async def test_an_answer_that_takes_too_long_is_given_up() -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(Ambiguous):
        await http(never, deadline_s=0.01).request("POST", URL, write=True)
    with pytest.raises(Unavailable):
        await http(never, deadline_s=0.01).request("GET", URL)


async def test_a_body_that_drips_is_cut_at_the_deadline() -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            yield b"{"
            await asyncio.Event().wait()

    with pytest.raises(Unavailable):
        await http(lambda request: httpx.Response(200, stream=Drip()), deadline_s=0.01).request("GET", URL)


async def test_an_answer_without_end_is_cut_at_the_limit() -> None:
    sent = 0

    class Flood(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            nonlocal sent
            while True:
                sent += 1024 * 1024
                yield b"x" * (1024 * 1024)

    with pytest.raises(Unavailable, match="larger than"):
        await http(lambda request: httpx.Response(200, stream=Flood())).request("GET", URL)
    assert sent <= ANSWER_LIMIT + 2 * 1024 * 1024


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "http://169.254.169.254/latest", "https://api.shop.example.evil.example/", "https://many.example/"],
)
async def test_a_host_outside_the_manifest_is_never_called(url: str) -> None:
    called: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return httpx.Response(200)

    with pytest.raises(Refused) as refused:
        await http(answer).request("GET", url)
    assert refused.value.code == "host_not_allowed"
    assert called == []


async def test_a_redirect_is_not_followed() -> None:
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(str(request.url))
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    response = await http(answer).request("GET", URL)
    assert (response.status_code, called) == (302, [URL])


async def test_an_expected_refusal_is_an_answer() -> None:
    response = await http(status(409)).request("GET", URL, expect=(409,))
    assert (response.status_code, response.text) == (409, "words of the channel")


async def test_the_limiter_sees_the_headers_of_every_answer() -> None:
    seen: list[tuple[str, str]] = []

    def notice(operation: str, headers: Mapping[str, str]) -> None:
        seen.append((operation, headers["x-left"]))

    with pytest.raises(RateLimited):
        await http(status(429, **{"x-left": "0"}), notice=notice).request("PUT", URL, operation="stock")
    await http(status(200, **{"x-left": "7"}), notice=notice).request("PUT", URL, operation="stock")
    assert seen == [("stock", "0"), ("stock", "7")]


async def test_how_long_to_wait_is_told_by_429_and_503() -> None:
    with pytest.raises(RateLimited) as limited:
        await http(status(429, **{"retry-after": "17"})).request("GET", URL)
    with pytest.raises(Unavailable) as unavailable:
        await http(status(503, **{"retry-after": "Mon, 02 Mar 2026 09:00:30 GMT"})).request("GET", URL)
    assert (limited.value.after, unavailable.value.after) == (17.0, 30.0)


@given(st.text())
def test_any_retry_after_is_a_wait_of_at_most_an_hour(text: str) -> None:
    assert 0.0 <= retry_after({"retry-after": text}, NOW) <= 3600.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 0), ("-5", 0), ("nan", 0), ("99999", 3600), ("1.5", 1.5), ("Mon, 02 Mar 2026 08:00:00 GMT", 0), ("soon", 0)],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float) -> None:
    assert retry_after({"retry-after": text}, NOW) == seconds


async def test_json_out_and_in() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == "application/json"
        return httpx.Response(200, content=request.content)

    response = await http(answer).request("POST", URL, json={"quantity": 3})
    assert decode(response) == {"quantity": 3}


def test_a_page_instead_of_json_is_no_success() -> None:
    page = httpx.Response(200, text="<html>log in</html>")
    with pytest.raises(Malformed):
        decode(page)
    with pytest.raises(Ambiguous):
        decode(page, write=True)
