"""Holds the pretend mail server to the published grammars: RFC 3501 section 9 and RFC 6154 (IMAP), RFC 5321 and RFC 4954 (SMTP).

Folders that work by mail take `OPERATIONS` and `check` into their own `wire.py`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from tests.connectors.rig import Exchange

ATOM = rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+"
CODE = rb"(?:\[[A-Z0-9-]+(?: [^\]\r\n]+)?\] )?"
WORDS = rb"[^\x00\r\n]+"
FLAGS = rb"\((?:\\?" + ATOM + rb"(?: \\?" + ATOM + rb")*)?\)"
# Untagged answers by name. https://www.rfc-editor.org/rfc/rfc3501#section-9
UNTAGGED: dict[bytes, re.Pattern[bytes]] = {
    b"CAPABILITY": re.compile(rb"CAPABILITY(?: [A-Z0-9=+-]+)* IMAP4rev1(?: [A-Z0-9=+-]+)*", re.IGNORECASE),
    b"LIST": re.compile(rb"LIST " + FLAGS + rb' (?:"[^"\\]"|NIL) "[\x20-\x7e]+"'),
    b"FLAGS": re.compile(rb"FLAGS " + FLAGS),
    b"SEARCH": re.compile(rb"SEARCH(?: [1-9]\d{0,9})*"),
    b"OK": re.compile(rb"OK " + CODE + WORDS),
    b"BYE": re.compile(rb"BYE " + CODE + WORDS),
}
COUNTED = re.compile(rb"\d+ (EXISTS|RECENT)")
FETCH = re.compile(rb"[1-9]\d* FETCH \((.*)\)", re.DOTALL)
TAGGED = re.compile(rb"[A-Za-z0-9.]+ (OK|NO|BAD) " + CODE + WORDS)
# Codes a NO may carry. https://www.rfc-editor.org/rfc/rfc5530#section-3
NO_CODES = ("UNAVAILABLE", "AUTHENTICATIONFAILED", "LIMIT", "NONEXISTENT", "TRYCREATE")
# Answers allowed after each command. https://www.rfc-editor.org/rfc/rfc5321#section-4.3.2 , rfc4954#section-4
SMTP = {
    "EHLO": {"250"},
    "AUTH": {"235", "334", "454", "501", "503", "504", "530", "534", "535"},
    "MAIL": {"250", "421", "450", "451", "452", "501", "503", "530", "550", "552", "553"},
    "RCPT": {"250", "251", "421", "450", "451", "452", "501", "503", "550", "551", "552", "553"},
    "DATA": {"250", "354", "421", "450", "451", "452", "503", "550", "552", "554"},
    "QUIT": {"221"},
}
REPLY = re.compile(r"(?:\d{3}-[\x09\x20-\x7e]*\r\n)*\d{3} [\x09\x20-\x7e]*\r\n")
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3} ")
# What we say to a mail server.
IMAP = (
    "LOGIN",
    "AUTHENTICATE",
    "LIST",
    "EXAMINE",
    "APPEND",
    "UID SEARCH",
    "UID FETCH",
    "IDLE",
    "LOGOUT",
)


def _is(protocol: str, command: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.method == protocol and exchange.path == command


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{f"imap {command}": _is("IMAP", command) for command in IMAP},
    **{f"smtp {command}": _is("SMTP", command) for command in SMTP},
}

SCHEMAS: Mapping[str, str] = {
    **{f"imap {command}": "https://www.rfc-editor.org/rfc/rfc3501#section-9" for command in IMAP},
    **{f"smtp {command}": "https://www.rfc-editor.org/rfc/rfc5321#section-4.1" for command in SMTP},
    "imap IDLE": "https://www.rfc-editor.org/rfc/rfc2177#section-4",
    "smtp AUTH": "https://www.rfc-editor.org/rfc/rfc4954#section-4",
}


def check(operation: str, exchange: Exchange) -> None:
    if operation.startswith("smtp "):
        _check_smtp(operation.removeprefix("smtp "), exchange)
    else:
        _check_imap(exchange)


def _check_imap(exchange: Exchange) -> None:
    *untagged, last = _lines(exchange.answer)
    for line in untagged:
        _check_untagged(line)
    assert TAGGED.fullmatch(last), last
    tag = exchange.body.split(b" ")[0]
    assert last.startswith(tag + b" ")
    if b" NO [" in last:
        assert last.split(b"[")[1].split(b"]")[0].decode() in NO_CODES


def _lines(answer: bytes) -> list[bytes]:
    """Answers with their literals."""
    assert answer.endswith(b"\r\n")
    found, position = list[bytes](), 0
    while position < len(answer):
        start = position
        while True:
            end = answer.index(b"\r\n", position)
            literal = re.search(rb"\{(\d+)\}$", answer[position:end])
            if literal is None:
                break
            position = end + 2 + int(literal[1])
        found.append(answer[start:end])
        position = end + 2
    return found


def _check_untagged(line: bytes) -> None:
    if line.startswith(b"+"):
        assert line[1:2] == b" ", line
        return
    assert line.startswith(b"* "), line
    body = line[2:]
    if fetched := FETCH.fullmatch(body):
        _check_fetched(fetched[1])
    elif not COUNTED.fullmatch(body):
        assert UNTAGGED[body.split(b" ")[0]].fullmatch(body), line


def _check_fetched(items: bytes) -> None:
    rest = items
    while rest:
        rest = rest.lstrip(b" ")
        if found := re.match(rb"(UID|RFC822\.SIZE) (\d+)", rest):
            rest = rest[found.end() :]
        elif found := re.match(rb'INTERNALDATE "([^"]{26})"', rest):
            assert datetime.strptime(found[1].decode(), "%d-%b-%Y %H:%M:%S %z").tzinfo
            rest = rest[found.end() :]
        else:
            found = re.match(rb"BODY\[[A-Z]*\](?:<\d+>)? \{(\d+)\}\r\n", rest)
            assert found, rest[:80]
            rest = rest[found.end() + int(found[1]) :]


def _check_smtp(command: str, exchange: Exchange) -> None:
    replies = REPLY.findall(exchange.answer.decode("ascii"))
    assert "".join(replies).encode() == exchange.answer
    for reply in replies:
        code = reply.rstrip().rpartition("\r\n")[2][:3]
        assert code in SMTP[command], reply
        lines = reply.split("\r\n")[:-1]
        assert {line[:3] for line in lines} == {code}
        if code == "334":
            assert base64.b64decode(lines[0][4:], validate=True) is not None
        elif command not in ("EHLO",) and code != "354":
            assert all(ENHANCED.match(line[4:]) for line in lines), reply
