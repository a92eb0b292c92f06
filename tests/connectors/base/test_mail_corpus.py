"""Nasty mails: what a person must see of each, to the letter; and none of them raises or is lost."""

from __future__ import annotations

import pytest

from connectors.base.mail_read import file_content, letter_key, read_mail
from tests.connectors.mails import Nasty, charsets, shapes

CORPUS = (
    *charsets.BODIES,
    *charsets.HEADERS,
    *charsets.NAMES,
    *shapes.ENCODINGS,
    *shapes.STRUCTURES,
    *shapes.HEADS,
)


def test_the_corpus_is_large_and_each_has_its_own_name() -> None:
    assert len({nasty.name for nasty in CORPUS}) == len(CORPUS) >= 40


@pytest.mark.parametrize("nasty", CORPUS, ids=lambda nasty: nasty.name)
def test_a_nasty_mail_reads_as_a_person_would(nasty: Nasty) -> None:
    found = read_mail(nasty.raw)
    files = [(file.name, file.media_type, file.size) for file in found.files]
    assert (found.subject, (found.from_name, found.from_address), found.text, files) == (
        nasty.subject,
        nasty.sender,
        nasty.text,
        list(nasty.files),
    )
    assert [len(file_content(nasty.raw, file.index) or b"") for file in found.files] == [size for _, _, size in nasty.files]


@pytest.mark.parametrize("nasty", CORPUS, ids=lambda nasty: nasty.name)
def test_its_name_stays_and_another_mail_has_another(nasty: Nasty) -> None:
    found = read_mail(nasty.raw)
    assert letter_key(found, nasty.raw) == letter_key(read_mail(nasty.raw), nasty.raw)
    more = nasty.raw + b"\r\n\r\nand more"
    assert letter_key(read_mail(more), more) != letter_key(found, nasty.raw)


RECEIPT = b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n\r\n--x\r\n\r\nRead.\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("raw", "automatic"),
    [
        (b"From: a@example.net\r\nSubject: Automatic reply: Hello\r\n\r\nI am away.", True),
        (b"From: a@example.net\r\nSubject: Balasan otomatis: Pesanan\r\n\r\nCuti.", True),
        ("From: a@example.net\r\nSubject: Réponse automatique : Bonjour\r\n\r\nAbsente.".encode(), True),
        (b"From: a@example.net\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.", True),
        (b"From: a@example.net\r\nSubject: Read: Hello\r\n" + RECEIPT, True),
        (b"From: a@example.net\r\nSubject: Out of office chairs?\r\n\r\nAre they?", False),
        (b"From: a@example.net\r\nSubject: Re: Automatic reply: Hello\r\nAuto-Submitted: no\r\n\r\nBack now.", False),
    ],
)
def test_what_no_person_wrote_is_automatic(raw: bytes, automatic: bool) -> None:
    assert read_mail(raw).is_automatic is automatic
