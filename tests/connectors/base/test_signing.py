"""Proof of the sender over raw bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base.errors import BadSignature
from connectors.base.signing import digest_base64, digest_hex, fingerprint, require_match

# RFC 4231, test case 2.
SECRET, BODY = "Jefe", b"what do ya want for nothing?"
HEX = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_the_published_vector() -> None:
    assert digest_hex(SECRET, BODY) == HEX
    assert digest_base64(SECRET, BODY) == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="


@given(st.binary(), st.binary(), st.text(min_size=1))
def test_a_signature_proves_only_its_own_body(body: bytes, other: bytes, secret: str) -> None:
    require_match(digest_hex(secret, body), [digest_hex(secret, body)])
    if body != other:
        with pytest.raises(BadSignature):
            require_match(digest_hex(secret, other), [digest_hex(secret, body)])


@pytest.mark.parametrize("expected", [[], [""], ["", ""]])
@pytest.mark.parametrize("given_", ["", "anything", "é"])
def test_an_empty_expectation_never_matches(given_: str, expected: list[str]) -> None:
    with pytest.raises(BadSignature):
        require_match(given_, expected)


def test_while_a_secret_is_rotated_the_old_one_still_proves() -> None:
    require_match(digest_hex("old", BODY), [digest_hex("new", BODY), digest_hex("old", BODY)])


@given(st.lists(st.binary(max_size=5), max_size=4), st.lists(st.binary(max_size=5), max_size=4))
def test_a_fingerprint_is_of_the_parts_and_not_of_their_sum(first: list[bytes], second: list[bytes]) -> None:
    if b"\0" not in b"".join(first + second):
        assert (fingerprint(*first) == fingerprint(*second)) == (first == second)
    assert len(fingerprint(*first)) == 32
