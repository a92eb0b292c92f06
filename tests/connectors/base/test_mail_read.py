"""Mails of every kind of program, read; and bytes that are hardly mails, which must not break the reader."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from connectors.base.mail_headers import address_list, authentication, decoded, message_ids
from connectors.base.mail_read import file_content, letter_key, read_mail


def mail(head: str, body: str = "Hello") -> bytes:
    return (head.strip().replace("\n", "\r\n") + "\r\n\r\n" + body.replace("\n", "\r\n")).encode("utf-8", "surrogateescape")


def test_everything_a_plain_mail_says() -> None:
    found = read_mail(
        mail(
            "From: Ann Cole <Ann@Example.net>\nTo: shop@example.org, b@example.org\nCc: C <c@example.org>\n"
            "Date: Mon, 2 Mar 2026 15:15:09 +0700\nMessage-ID: <1@example.net>\nIn-Reply-To: <0@example.net>\n"
            "References: <r@example.net>\n <0@example.net>\nReply-To: answers@example.net\nSubject: Hi"
        )
    )
    assert (found.from_name, found.from_address) == ("Ann Cole", "ann@example.net")
    assert [each.address for each in found.to] == ["shop@example.org", "b@example.org"]
    assert [each.address for each in found.cc] == ["c@example.org"]
    assert found.date == datetime(2026, 3, 2, 8, 15, 9, tzinfo=UTC)
    assert (found.message_id, found.in_reply_to, found.references) == (
        "1@example.net",
        "0@example.net",
        ("r@example.net", "0@example.net"),
    )
    assert found.reply_to is not None
    assert found.reply_to.address == "answers@example.net"
    assert (found.subject, found.text, found.is_automatic) == ("Hi", "Hello", False)


def test_a_mail_without_id_is_named_by_its_bytes() -> None:
    first, again, other = (read_mail(mail("From: a@b.example", body)) for body in ("x", "x", "y"))
    assert first.message_id == again.message_id != other.message_id
    assert not first.has_own_id


def test_of_two_ids_the_topmost_counts() -> None:
    assert read_mail(mail("Message-ID: <1@a>\nMessage-ID: <2@a>")).message_id == "1@a"


def test_an_id_used_twice_names_two_mails_and_a_copy_keeps_its_name() -> None:
    head = "Message-ID: <carrier@ship.example>\nFrom: a@ship.example\nDate: Mon, 2 Mar 2026 08:00:00 +0000"
    first, second = mail(head, "Parcel 1"), mail(head, "Parcel 2")
    copy = b"Received: from elsewhere\r\nDelivered-To: me\r\n" + first + b"\r\n"
    keys = [letter_key(read_mail(raw), raw) for raw in (first, second, copy)]
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize(
    "said",
    ["", "yesterday", "Mon, 99 Foo 2026 99:99:99", "Thu, 01 Jan 1970 00:00:00 +0000", "Mon, 2 Mar 99999 10:00:00 +0000"],
)
def test_an_absurd_date_is_none(said: str) -> None:
    assert read_mail(mail(f"Date: {said}\nFrom: a@b.example")).date is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?UTF-8?B?SGVsbG8g4piV?=", "Hello ☕"),
        ("=?iso-8859-1?q?caf=E9?= =?utf-8?q?_cr=C3=A8me?=", "café crème"),
        ("=?utf-8?q?no end", "=?utf-8?q?no end"),
        ("=?utf-8?q?a blank inside?=", "a blank inside"),
        ("=?no-such-charset?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?not base64!?=", "=?utf-8?b?not base64!?="),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("plain\r\n folded", "plain folded"),
        ("bell\x07 and \ud800", "bell and"),
    ],
)
def test_encoded_words_are_read_as_far_as_they_go(written: str, meant: str) -> None:
    assert decoded(written) == meant


@pytest.mark.parametrize(
    ("raw", "charset", "meant"),
    [
        (b"caf\xe9 \x80", "iso-8859-1", "café €"),
        (b"caf\xe9", "utf-8", "café"),
        ("café".encode(), "us-ascii", "café"),
        ("こんにちは".encode("iso-2022-jp"), "iso-2022-jp", "こんにちは"),
        (b"x", "no-such", "x"),
    ],
)
def test_bytes_win_over_the_charset_that_is_claimed(raw: bytes, charset: str, meant: str) -> None:
    found = read_mail(mail(f"From: a@b.example\nContent-Type: text/plain; charset={charset}", "") + raw)
    assert found.text == meant


def test_a_raw_8_bit_header_is_read() -> None:
    assert read_mail("From: a@b.example\r\nSubject: Où est-ce\r\n\r\nx".encode()).subject == "Où est-ce"
    assert read_mail(b"From: a@b.example\r\nSubject: O\xf9\r\n\r\nx").subject == "Où"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"Cole, Ann" <ann@example.net>', [("Cole, Ann", "ann@example.net")]),
        ("ann@example.net (Ann)", [("Ann", "ann@example.net")]),
        ("=?utf-8?q?Ren=C3=A9e?= <R@E.fr>", [("Renée", "r@e.fr")]),
        ("undisclosed-recipients:;", []),
        ("", []),
        ("Ann <ann@example.net", [("Ann", "ann@example.net")]),
    ],
)
def test_addresses_are_found(value: str, found: list[tuple[str, str]]) -> None:
    assert address_list(value) == found


def test_ids_are_found_with_and_without_brackets() -> None:
    assert message_ids("<a@b>,<c@d> <a@b>") == ("a@b", "c@d")
    assert message_ids("a@b") == ("a@b",)
    assert message_ids("your message of Monday") == ()


def test_only_the_receiving_servers_own_verdict_counts() -> None:
    ours = "mx.ours; spf=fail (because of dmarc=pass) smtp.mailfrom=x; dkim=fail; dkim=pass; dmarc=fail"
    assert authentication([ours, "evil; dmarc=pass; spf=pass"]) == {"spf": "fail", "dkim": "pass", "dmarc": "fail"}
    assert authentication([]) == {}


@pytest.mark.parametrize(
    ("head", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("List-Id: <x.example>", True),
        ("Return-Path: <>", True),
        ("From: MAILER-DAEMON@x.example", True),
        ("From: no-reply@x.example", True),
        ("From: noreplyfan@x.example", False),
        ("X-Autoreply: yes", True),
        ("X-Auto-Response-Suppress: All", False),
    ],
)
def test_who_must_not_be_answered_by_a_program(head: str, automatic: bool) -> None:
    assert read_mail(mail(head)).is_automatic is automatic


def test_a_bounce_in_words_alone_names_its_mail() -> None:
    found = read_mail(
        mail(
            "From: Mail Delivery System <mailer-daemon@mx.example>\nSubject: Undelivered Mail Returned to Sender",
            "I'm sorry.\n\n--- Below are the headers ---\nMessage-ID: <ours@shop.example>\nFrom: shop@shop.example",
        )
    )
    assert (found.is_bounce, found.bounce_of, found.bounce_final) == (True, ("ours@shop.example",), True)


def test_a_receipt_of_reading_is_no_bounce() -> None:
    head = "From: a@b.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x"
    assert not read_mail(mail(head, "--x\n\nread\n--x--")).is_bounce


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\x.pdf", "x.pdf"),
        ("...hidden", "hidden"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("", "file-0.pdf"),
        ("/", "file-0.pdf"),
        (f"{'n' * 300}.pdf", f"{'n' * 100}.pdf"),
    ],
)
def test_names_of_files_are_safe(given: str, safe: str) -> None:
    quoted = given.replace("\\", "\\\\")
    head = f'From: a@b.example\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="{quoted}"'
    raw = mail(head, "%PDF")
    (file,) = read_mail(raw).files
    assert (file.name, file.media_type) == (safe, "application/pdf")
    assert file_content(raw, file.index) == b"%PDF"
    assert file_content(raw, 9) is None


def test_a_file_of_outlook_is_kept_as_it_is() -> None:
    parts = "--x\nContent-Type: text/plain\n\nHi\n--x\nContent-Type: application/ms-tnef; name=winmail.dat\n\n\x78\x9f\n--x--"
    found = read_mail(mail("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", parts))
    assert (found.text, [(file.name, file.media_type) for file in found.files]) == (
        "Hi",
        [("winmail.dat", "application/ms-tnef")],
    )


def test_a_multipart_without_its_end_is_read() -> None:
    found = read_mail(mail("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", "--x\n\nStill here"))
    assert found.text == "Still here"


def test_flowed_text_is_joined_and_quotes_stay_lines() -> None:
    head = "From: a@b.example\nContent-Type: text/plain; format=flowed"
    found = read_mail(mail(head, "One long \nline.\n stuffed\n> quoted \n> twice\nEnd."))
    assert found.whole_text == "One long line.\nstuffed\n> quoted\n> twice\nEnd."


def _junk(chance: random.Random) -> bytes:
    head = (
        b"From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\nSubject: =?utf-8?b?4piV?=\r\n\r\n--x\r\n\r\nhi\r\n--x--\r\n"
    )
    found = bytearray(head)
    for _ in range(chance.randrange(1, 12)):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def test_nothing_breaks_the_reader() -> None:
    chance = random.Random(4)
    odd = [b"", b"\r\n", b"\x00" * 50, b":", b"From:", b"Content-Type: multipart/mixed\r\n\r\nx", b"\xff\xfe" * 20]
    odd += [b"Content-Type: text/plain; charset\r\n\r\nx", b"Content-Type: text/plain; charset*=a'b\r\n\r\nx"]
    odd += [
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 200
    ]
    odd += [b"Content-Transfer-Encoding: base64\r\n\r\n!!!", b"Content-Type: message/rfc822\r\n\r\n" * 60, b"Date: " + b"9" * 400]
    for raw in (*odd, *(_junk(chance) for _ in range(400))):
        found = read_mail(raw)
        assert found.message_id
        found.text.encode()
        found.subject.encode()
