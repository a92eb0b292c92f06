"""Mail is shown without anything that runs, sends, or calls home."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inbox.html import shown


@pytest.mark.parametrize(
    ("given_html", "clean"),
    [
        ("<p>hi<script>alert(1)</script></p>", "<p>hi</p>"),
        ("<p onclick='x()'>hi</p>", "<p>hi</p>"),
        ("<style>p{background:url(http://x.test/a)}</style><p>hi</p>", "<p>hi</p>"),
        ("<form action='http://x.test'><input name=a>hi</form>", "hi"),
        ("<iframe src='http://x.test'></iframe>hi", "hi"),
        ("<a href='javascript:alert(1)'>hi</a>", '<a rel="noopener noreferrer nofollow">hi</a>'),
        ("<a href='data:text/html,x'>hi</a>", '<a rel="noopener noreferrer nofollow">hi</a>'),
        ("<a href='https://x.test/?a=1&b=2'>hi</a>", '<a href="https://x.test/?a=1&amp;b=2" rel="noopener noreferrer nofollow">hi</a>'),
        ("<p style='color:red;background-image:url(http://x.test/a);position:fixed'>hi</p>", '<p style="color:red">hi</p>'),
        ("<svg><image href='http://x.test/a'/></svg>hi", "hi"),
        ("<meta http-equiv=refresh content='0;url=http://x.test'>hi", "hi"),
        ("<base href='http://x.test'><img src='a.png'>", "<img>"),
        ("<img src='cid:part1'>", "<img>"),
        ("<img src='data:image/svg+xml;base64,AAAA'>", "<img>"),
        ("<img src='data:image/png;base64,AAAA'>", '<img src="data:image/png;base64,AAAA">'),
        ("<img srcset='http://x.test/a 2x' src='http://x.test/b'>", '<img src="#image-0">'),
        ("<table background='http://x.test/a'><tr><td>hi</td></tr></table>", "<table><tbody><tr><td>hi</td></tr></tbody></table>"),
    ],
)  # fmt: skip
def test_what_is_left_of_it(given_html: str, clean: str) -> None:
    assert shown(given_html).html == clean


def test_pictures_from_afar_are_named_and_not_fetched() -> None:
    found = shown("<img src='https://a.test/1.gif?u=7'><img src=http://b.test/2.png><img src='https://a.test/1.gif?u=7'>")
    assert found.html == '<img src="#image-0"><img src="#image-1"><img src="#image-0">'
    assert found.images == ["https://a.test/1.gif?u=7", "http://b.test/2.png"]


def test_pictures_that_came_along_are_named_apart() -> None:
    own = {"7:12:1": "/api/v1/attachments/a", "7:12:2": "/api/v1/attachments/b"}
    found = shown("<img src='media:7:12:2'><img src='media:7:12:1'><img src='media:9:9:9'><img src='media:7:12:2'>", own)
    assert found.html == '<img src="#file-0"><img src="#file-1"><img><img src="#file-0">'
    assert (found.files, found.images) == (["/api/v1/attachments/b", "/api/v1/attachments/a"], [])


PIECES = st.sampled_from(
    ["<img src=", "'http://x.test/p'", ">", "<a href=", "<style>", "</style>", "<p style='", "url(http://x.test/q)", "'>", "<", "/>", "<!--",
     "-->", "<math>", "<svg>", "<title>", "&lt;", "<table>", "<td background='http://x.test/r'>", " hi "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14))
def test_no_piece_of_it_ever_loads_anything(pieces: list[str]) -> None:
    tags = [part.partition(">")[0] for part in shown("".join(pieces)).html.split("<")[1:]]
    assert [tag for tag in tags if "http://x.test" in tag and not tag.startswith("a href=")] == []
    assert [tag for tag in tags if tag.startswith(("style", "svg", "math", "title"))] == []
