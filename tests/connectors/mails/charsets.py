"""Charsets: wrong names, wrong claims, none at all. https://www.rfc-editor.org/rfc/rfc2045 , rfc2047 , rfc2231."""

from __future__ import annotations

from tests.connectors.mails import Nasty, headed, mail, parts, typed

TO = b"To: shop@example.com\r\nMessage-ID: <1@example.net>\r\n"
FROM_ANN = b"From: Ann Lee <ann@example.net>\r\n"

BODIES = (
    mail("utf-8 claimed as ascii", typed(b"text/plain; charset=us-ascii"), "Größe 42 – schön\r\n".encode(), "Größe 42 – schön"),
    mail("windows signs claimed as latin-1", typed(b"text/plain; charset=iso-8859-1"), b"\x93Yes\x94 \x96 5 \x80\r\n", "“Yes” – 5 €"),
    mail("a name that is no charset", typed(b"text/plain; charset=x-unknown"), b"caf\xe9\r\n", "café"),
    mail("a quoted and padded name", typed(b'text/plain; charset=" UTF-8 "'), "naïve\r\n".encode(), "naïve"),
    mail("utf8 without its dash", typed(b"text/plain; charset=utf8"), "ubah ukuran ✓\r\n".encode(), "ubah ukuran ✓"),
    mail("cp-1252 with a dash", typed(b"text/plain; charset=cp-1252"), b"\x80 12,50\r\n", "€ 12,50"),
    mail("windows-1252http", typed(b"text/plain; charset=windows-1252http-equiv"), b"d\xe9j\xe0\r\n", "déjà"),
    mail("no type at all, 8-bit", b"", "Apa kabar? 👋\r\n".encode(), "Apa kabar? 👋"),
    mail("gb2312 that is gbk", typed(b"text/plain; charset=gb2312"), "價格多少".encode("gb18030"), "價格多少"),
    mail("ks_c_5601-1987", typed(b"text/plain; charset=ks_c_5601-1987"), "안녕하세요".encode("euc_kr"), "안녕하세요"),
    mail("koi8-r", typed(b"text/plain; charset=koi8-r"), "Привет".encode("koi8_r"), "Привет"),
    mail("iso-2022-jp", typed(b"text/plain; charset=iso-2022-jp"), "注文について".encode("iso2022_jp"), "注文について"),
    mail("shift_jis with its own signs", typed(b"text/plain; charset=shift_jis"), "①番の色".encode("cp932"), "①番の色"),
    mail("iso-8859-8-i", typed(b"text/plain; charset=iso-8859-8-i"), "שלום".encode("iso8859_8"), "שלום"),
    mail("utf-16 with its mark", typed(b"text/plain; charset=utf-16") + b"Content-Transfer-Encoding: base64\r\n",
         b"//5IAGkA\r\n", "Hi"),
    mail("utf-7", typed(b"text/plain; charset=utf-7"), b"Gr+APwA3w-e\r\n", "Grüße"),
    mail("one broken byte in utf-8", typed(b"text/plain; charset=utf-8"), "Größe ".encode() + b"\xff" + " 42 ✓\r\n".encode(), "Größe � 42 ✓"),
    mail("a byte order mark", typed(b"text/plain; charset=utf-8"), b"\xef\xbb\xbfHi\r\n", "Hi"),
    mail("nulls and controls", typed(b"text/plain"), b"a\x00b\x07c\x1b[31m\r\n", "abc[31m"),
    mail("html that names another charset", typed(b"text/html"),
         b'<meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>', "Привет"),
)  # fmt: skip

HEADERS = (
    headed("raw utf-8 in the subject", FROM_ANN + TO + "Subject: Größe?\r\n".encode(), subject="Größe?"),
    headed("raw latin-1 in the subject", FROM_ANN + TO + b"Subject: Gr\xf6\xdfe?\r\n", subject="Größe?"),
    headed("a sign split over two encoded words", FROM_ANN + TO + b"Subject: =?utf-8?B?R3LD?= =?utf-8?B?tsOfZQ==?=\r\n", subject="Größe"),
    headed("an encoded word without its padding", FROM_ANN + TO + b"Subject: =?utf-8?B?SGVsbG8?=\r\n", subject="Hello"),
    headed("blanks inside an encoded word", FROM_ANN + TO + b"Subject: =?utf-8?Q?Where is my order?=\r\n", subject="Where is my order"),
    headed("an encoded word in quotes", b'From: "=?utf-8?Q?J=C3=BCrgen_M?=" <j@example.net>\r\n' + TO + b"Subject: Hello\r\n",
           sender=("Jürgen M", "j@example.net")),
    headed("an encoded comma in the name", b"From: =?utf-8?Q?Lee=2C_Ann?= <ann@example.net>\r\n" + TO + b"Subject: Hello\r\n",
           sender=("Lee, Ann", "ann@example.net")),
    headed("an unknown charset in the subject", FROM_ANN + TO + b"Subject: =?x-none?Q?caf=E9?=\r\n", subject="café"),
    headed("encoded words glued together", FROM_ANN + TO + b"Subject: =?utf-8?Q?a?==?utf-8?Q?b?=\r\n", subject="ab"),
    headed("an encoded line end", FROM_ANN + TO + b"Subject: =?utf-8?Q?Hello=0D=0ABcc:_x@example.net?=\r\n",
           subject="Hello Bcc: x@example.net"),
    headed("a language mark in the encoded word", FROM_ANN + TO + b"Subject: =?utf-8*en?Q?Hello?=\r\n", subject="Hello"),
    Nasty(name="a long subject folded by tabs", raw=FROM_ANN + TO + b"Subject: Where\r\n\tis my\r\n  order\r\n\r\nHi\r\n", text="Hi",
          subject="Where is my order"),
)  # fmt: skip

NAMES = (
    mail("rfc 2231 in pieces", *parts(
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n filename*0*=utf-8''rech%C3%A4;\r\n filename*1*=nung.pdf"
        b"\r\n\r\nPDF"), "", [("rechänung.pdf", "application/pdf", 3)]),
    mail("an encoded word as file name", *parts(
        b'Content-Type: image/png; name="=?utf-8?B?Zm90b8OpLnBuZw==?="\r\n\r\nPNG'), "", [("fotoé.png", "image/png", 3)]),
    mail("raw 8-bit file name", *parts(
        "Content-Type: image/png\r\nContent-Disposition: attachment; filename=\"größe.png\"\r\n\r\nPNG".encode()), "",
        [("größe.png", "image/png", 3)]),
    mail("a file name that climbs", *parts(
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="..\\..\\evil\\a.pdf"\r\n\r\nPDF'), "",
        [("a.pdf", "application/pdf", 3)]),
    mail("a file name read backwards", *parts(
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="photo\u202egpj.exe"\r\n\r\nX'.encode()), "",
        [("photogpj.exe", "application/pdf", 1)]),
)  # fmt: skip
