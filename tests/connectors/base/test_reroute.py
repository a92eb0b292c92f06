"""Real hosts sent to another base, and nothing else touched."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base.client import open_http
from connectors.base.reroute import Reroute

TEXT = "api.ebay.example=http://127.0.0.1:9001, *.myshop.example=http://127.0.0.1:9002,imap.shop.test:993=imap://127.0.0.1:9003"
HOSTS = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){1,2}", fullmatch=True)


def test_the_first_match_wins_and_case_does_not_matter() -> None:
    reroute = Reroute.parse("a.example=http://one:1,*.example=http://two:2")
    assert reroute.base_for("A.example") == "http://one:1"
    assert reroute.base_for("b.example") == "http://two:2"
    assert reroute.base_for("example.org") is None


def test_a_port_in_the_pattern_must_match() -> None:
    reroute = Reroute.parse(TEXT)
    assert reroute.base_for("imap.shop.test", 993) == "imap://127.0.0.1:9003"
    assert reroute.base_for("imap.shop.test", 143) is None
    assert reroute.base_for("imap.shop.test") is None


@pytest.mark.parametrize("text", ["a.example", "a.example=", "=http://x", "a.example=x", "a.example=http://"])
def test_a_faulty_piece_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not host=scheme"):
        Reroute.parse(f"good.example=http://127.0.0.1:1,{text}")


def test_nothing_named_reroutes_nothing() -> None:
    assert Reroute.parse("").rules == ()
    assert Reroute.parse(" , ").base_for("a.example") is None


def test_what_the_caller_names_wins_over_what_fills_in() -> None:
    merged = Reroute.parse("a.example=http://mine:1").merged(Reroute.parse("a.example=http://theirs:2,b.example=http://theirs:2"))
    assert merged.base_for("a.example") == "http://mine:1"
    assert merged.base_for("b.example") == "http://theirs:2"


@given(st.lists(st.tuples(HOSTS, st.integers(1, 65535)), max_size=5))
def test_its_text_reads_back_the_same(rules: list[tuple[str, int]]) -> None:
    reroute = Reroute(tuple((host, f"http://127.0.0.1:{port}") for host, port in rules))
    assert Reroute.parse(reroute.text()) == reroute


async def _seen(reroute: str, url: str) -> httpx.Request:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    async with open_http(Reroute.parse(reroute), httpx.MockTransport(answer)) as client:
        await client.get(url)
    return seen[0]


async def test_path_query_and_host_name_stay() -> None:
    request = await _seen(TEXT, "https://sekar.myshop.example/admin/api?x=1&y=%2F")
    assert str(request.url) == "http://127.0.0.1:9002/admin/api?x=1&y=%2F"
    assert request.headers["host"] == "sekar.myshop.example"


async def test_other_hosts_go_where_they_went() -> None:
    request = await _seen(TEXT, "https://elsewhere.example/a")
    assert str(request.url) == "https://elsewhere.example/a"


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://b.myshop.example/admin?a=1&b=%20x", "http://127.0.0.1:9002/admin?a=1&b=%20x"),
        ("https://api.ebay.example", "http://127.0.0.1:9001"),
        ("https://elsewhere.example/a?b#c", "https://elsewhere.example/a?b#c"),
    ],
)
def test_a_browser_is_sent_to_the_same_path(url: str, there: str) -> None:
    assert Reroute.parse(TEXT).address(url) == there
