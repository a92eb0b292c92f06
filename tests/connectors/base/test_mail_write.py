"""A mail of ours, as bytes that every reader takes."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest

from connectors.base.commands import Upload
from connectors.base.errors import Refused
from connectors.base.mail_read import file_content, read_mail
from connectors.base.mail_write import base_subject, key_of, own_message_id, render_mail, reply_subject, thread_of

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
THREAD = "5e884898da28047151d0e56f8dc62927"


def write(**more: object) -> bytes:
    given: dict[str, object] = {
        "message_id": "1@shop.example",
        "sender": ("Sekar Bátik", "halo@shop.example"),
        "to": ("Cole, Ann", "ann@example.net"),
        "subject": "Re: Ukuran L ☕",
        "text": "Masih ada dua, kak. ☕\n.\nFrom here",
        "at": AT,
    }
    return render_mail(**{**given, **more})  # type: ignore[arg-type]


def test_the_standard_library_reads_what_we_wrote() -> None:
    found = email.message_from_bytes(write(in_reply_to="b@x", references=["a@x", "b@x"]), policy=email.policy.default)
    assert (found["from"], found["to"]) == ("Sekar Bátik <halo@shop.example>", '"Cole, Ann" <ann@example.net>')
    assert (found["subject"], found["message-id"], found["date"]) == (
        "Re: Ukuran L ☕",
        "<1@shop.example>",
        "Mon, 02 Mar 2026 08:00:00 +0000",
    )
    assert (found["in-reply-to"], found["references"]) == ("<b@x>", "<a@x> <b@x>")
    assert found.get_content().replace("\r", "").rstrip() == "Masih ada dua, kak. ☕\n.\nFrom here"
    assert found.defects == []


def test_it_is_plain_ascii_with_short_lines_and_the_same_each_time() -> None:
    files = [Upload(name="bukti ☕.pdf", media_type="application/pdf", content=b"\x00%PDF" * 500)]
    raw = write(files=files, text="ü" * 5000)
    assert raw == write(files=files, text="ü" * 5000)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    (file,) = read_mail(raw).files
    assert (file.name, file_content(raw, file.index)) == ("bukti ☕.pdf", b"\x00%PDF" * 500)


@pytest.mark.parametrize("field", ["subject", "text"])
def test_line_ends_in_a_value_make_no_header(field: str) -> None:
    raw = write(**{field: "a\r\nBcc: thief@evil.example\r\n\r\nb"}, sender=("x\r\nBcc: t@e", "halo@shop.example"))
    found = email.message_from_bytes(raw)
    assert found["bcc"] is None


def test_an_address_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(Refused):
        write(to=("", "é@example.net"))


def test_only_an_automatic_mail_says_so() -> None:
    assert read_mail(write(automatic=True)).auto_submitted
    assert b"Auto-Submitted" not in write()


def test_a_long_chain_keeps_its_root_and_its_end() -> None:
    found = read_mail(write(in_reply_to="99@x", references=[f"{number}@x" for number in range(99)])).references
    assert (found[0], found[-1], len(found)) == ("0@x", "99@x", 22)


def test_our_id_carries_thread_and_key_for_one_customer() -> None:
    made = own_message_id(THREAD, "Ann@Example.net", "key-1", "halo@shop.example")
    assert made == own_message_id(THREAD, "ann@example.net", "key-1", "halo@shop.example")
    assert (thread_of(made, "ann@example.net"), key_of(made)) == (THREAD, "key-1")
    assert thread_of(made, "bo@example.net") == ""
    assert thread_of("oc.x@shop.example", "ann@example.net") == key_of("<1@x>") == ""
    assert "<" not in own_message_id(THREAD, "a@b", "odd <key>\r\n", "halo@shop.example")


@pytest.mark.parametrize(
    "subject", ["Size?", "Re: Size?", "AW: RE: Size?", "Bls: Size?", "Re[2]: Size?", "Fwd: WG: Size?", "RV : Size?"]
)
def test_what_stands_before_a_subject_goes(subject: str) -> None:
    assert base_subject(subject) == "Size?"
    assert reply_subject(subject) == "Re: Size?"
