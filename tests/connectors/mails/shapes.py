"""Structure: broken encodings, missing and nested parts, headers that should not be. https://www.rfc-editor.org/rfc/rfc2046."""

from __future__ import annotations

import base64

from tests.connectors.mails import ANN, SUBJECT, Nasty, headed, mail, parts, plain, typed

B64 = b"Content-Transfer-Encoding: base64\r\n"
TO = b"To: shop@example.com\r\nMessage-ID: <1@example.net>\r\nSubject: Hello\r\n"
INNER = b"From: Bob <bob@example.org>\r\nSubject: Inside\r\nMessage-ID: <2@example.org>\r\n\r\nOld words\r\n"


def nested(depth: int) -> tuple[bytes, bytes]:
    head, body = parts(plain(b"Deep down"), boundary=b"n0")
    for level in range(1, depth):
        head, body = parts(head + b"\r\n" + body, boundary=b"n%d" % level)
    return head, body


ENCODINGS = (
    mail("base64 without padding", typed(b"text/plain") + B64, b"SGVsbG8gdGhlcmU\r\n", "Hello there"),
    mail("base64 with strange signs between", typed(b"text/plain") + B64, b"SGVs!!bG8g\r\n  dGhl\x01cmU=\r\n", "Hello there"),
    mail("base64 with a footer of a list server", typed(b"text/plain") + B64, b"SGVsbG8=\r\n_____\r\nList footer\r\n", "Hello"),
    mail("plain words claimed as base64", typed(b"text/plain") + B64, b"Hello, is it there?\r\n", "Hello, is it there?"),
    mail("quoted-printable with loose equals", typed(b"text/plain; charset=utf-8") + b"Content-Transfer-Encoding: quoted-printable\r\n",
         b"a=3Db, 100=% sure, caf=C3=A9=\r\n!\r\n", "a=b, 100=% sure, café!"),
    mail("an encoding nobody knows", typed(b"text/plain") + b"Content-Transfer-Encoding: 8-bit\r\n", "Grüße\r\n".encode(), "Grüße"),
    mail("uuencoded text", typed(b"text/plain") + b"Content-Transfer-Encoding: x-uuencode\r\n",
         b"begin 644 a.txt\r\n%2&5L;&\\ \r\n`\r\nend\r\n", "Hello"),
    mail("format=flowed", typed(b"text/plain; format=flowed"), b"A long \r\nline.\r\n\r\nNext\r\n", "A long line.\n\nNext"),
    mail("bare carriage returns", typed(b"text/plain"), b"one\rtwo\r", "one\ntwo"),
)  # fmt: skip

STRUCTURES = (
    mail("an empty body", typed(b"text/plain"), b"", ""),
    Nasty(name="no body and no empty line", raw=ANN + SUBJECT.rstrip(b"\r\n"), text=""),
    mail("a multipart without its last line", *((head, body.replace(b"--b1--\r\n", b"")) for head, body in [parts(plain(b"Hi"))]).__next__(),
         "Hi"),
    mail("a multipart without a boundary", typed(b"multipart/mixed"), b"Just words\r\n", "Just words"),
    mail("a multipart whose boundary never comes", typed(b"multipart/mixed; boundary=never"), b"Just words\r\n", "Just words"),
    mail("two texts, one after a picture", *parts(plain(b"Above"), b"Content-Type: image/png; name=a.png\r\n\r\nPNG", plain(b"Below")),
         "Above\n\nBelow", [("a.png", "image/png", 3)]),
    mail("an empty plain half beside html", *parts(plain(b" "), typed(b"text/html") + b"\r\n<p>Hi <b>you</b></p>", kind=b"alternative"),
         "Hi you"),
    mail("html only, with styles and scripts", typed(b"text/html"),
         b"<html><head><title>T</title><style>p{}</style></head><body><script>x()</script><p>Hi&nbsp;you</p><br>Bye</body></html>",
         "Hi you\n\nBye"),
    mail("a mail forwarded as a file", *parts(plain(b"See below"), b"Content-Type: message/rfc822\r\n\r\n" + INNER), "See below",
         [("Inside.eml", "message/rfc822", len(INNER))]),
    mail("a mail inside a mail inside base64", *parts(plain(b"See"), b"Content-Type: message/rfc822\r\n" + B64 + b"\r\n"
         + base64.b64encode(INNER)), "See", [("file-1.eml", "message/rfc822", len(INNER))]),
    mail("forty-five multiparts deep", *nested(30), "Deep down"),
    mail("winmail.dat", *parts(plain(b"Hi"), b'Content-Type: application/ms-tnef; name="winmail.dat"\r\n\r\n\x78\x9f\x3e\x22TNEF'),
         "Hi", [("winmail.dat", "application/ms-tnef", 8)]),
    mail("an invitation", *parts(plain(b"Meet"), b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR", kind=b"alternative"),
         "Meet", [("file-1.ics", "text/calendar", 15)]),
    mail("a text marked as a file", *parts(plain(b"Hi"), b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n"
         b"\r\nlines"), "Hi", [("log.txt", "text/plain", 5)]),
    mail("only a file", *parts(b"Content-Type: image/jpeg; name=seam.jpg\r\n" + B64 + b"\r\n/9j/\r\n"), "", [("seam.jpg", "image/jpeg", 3)]),
    mail("a type that is none", typed(b"text"), b"Hi\r\n", "Hi"),
    mail("a type with a stray semicolon", typed(b"text/plain; ; charset = utf-8 ;"), "é\r\n".encode(), "é"),
)  # fmt: skip

HEADS = (
    headed("line ends of unix alone", (b"From: Ann Lee <ann@example.net>\n" + TO.replace(b"\r\n", b"\n"))),
    headed("an empty line before the head", b"\r\n\r\nFrom: Ann Lee <ann@example.net>\r\n" + TO),
    headed("an mbox line before the head", b"From ann@example.net Mon Mar  2 09:00:00 2026\r\nFrom: Ann Lee <ann@example.net>\r\n" + TO),
    headed("a line without a colon amid the head", b"From: Ann Lee <ann@example.net>\r\n" + TO + b"this is no header\r\nX-A: 1\r\n"),
    headed("a huge header", b"From: Ann Lee <ann@example.net>\r\nX-Long: " + b"a" * 200_000 + b"\r\n" + TO),
    headed("thousands of headers", b"".join(b"Received: by hop%d\r\n" % n for n in range(3000)) + b"From: Ann Lee <ann@example.net>\r\n" + TO),
    headed("an address without brackets", b"From: ann@example.net\r\n" + TO, sender=("", "ann@example.net")),
    headed("the address as the name", b'From: "ann@example.net" <ann@example.net>\r\n' + TO, sender=("ann@example.net", "ann@example.net")),
    headed("a comma without quotes", b"From: Lee, Ann <ann@example.net>\r\n" + TO, sender=("Ann", "ann@example.net")),
    headed("the old way of comments", b"From: ann@example.net (Ann Lee)\r\n" + TO),
    headed("capitals and a mailto", b"From: Ann Lee <mailto:Ann@Example.NET>\r\n" + TO),
    headed("two senders", b"From: Ann Lee <ann@example.net>, Bob <bob@example.org>\r\nSender: bob@example.org\r\n" + TO),
    headed("no From but a Sender", b"Sender: Ann Lee <ann@example.net>\r\n" + TO),
    headed("two From lines", b"From: Ann Lee <ann@example.net>\r\nFrom: Bob <bob@example.org>\r\n" + TO),
)  # fmt: skip
