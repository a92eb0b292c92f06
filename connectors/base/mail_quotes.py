"""What a person wrote now, apart from the history their program puts below it. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# The line above a quote, as Gmail, Apple Mail, Thunderbird and Outlook write it, by language; it may be broken over lines.
WROTE = re.compile(
    r"^\s*>?\s*(?:"
    r"On\b.{3,300}?\bwrote"
    r"|(?:Pada|Pd)\b.{3,300}?\b(?:menulis|wrote)"
    r"|Am\b.{3,300}?\bschrieb\b.{0,200}?"
    r"|(?:Le|El|Il)\b.{3,300}?(?:a écrit|escribió|ha scritto)"
    r"|\d{4}[-/年].{3,200}?(?:wrote|写道|menulis)"
    r")\s*:\s*$",
    re.DOTALL,
)
STARTS = re.compile(r"^\s*>?\s*(On|Pada|Pd|Am|Le|El|Il|\d{4}[-/年])\b")
DIVIDERS = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|pesan asli|ursprüngliche nachricht|message d'origine|message original|mensaje original"
    r"|messaggio originale|forwarded message|reply above this line)\s*-{2,}|_{20,}|-{2,}\s*original appointment\s*-{2,})\s*$",
    re.IGNORECASE,
)
SENDER = re.compile(r"^\s*\*?(from|dari|von|de|da)\s?:\*?\s+\S", re.IGNORECASE)
FIELD = re.compile(
    r"^\s*\*?(sent|date|to|cc|subject|dikirim|tanggal|kepada|subjek|perihal|gesendet|datum|an|betreff|envoyé|à|objet|enviado"
    r"|fecha|para|asunto|inviato|data|a|oggetto)\s?:\*?\s",
    re.IGNORECASE,
)
DASH = "-- "
LONGEST_HEADER = 4


def cut_history(whole: str) -> str:
    """The words above the quote. When nothing stands above it (answers below or between), all of it stays."""
    lines = whole.split("\n")
    end = next((position for position in range(len(lines)) if _begins_history(lines, position)), len(lines))
    above = _without_tail(lines[:end])
    return "\n".join(above).strip() or whole.strip()


def _begins_history(lines: list[str], position: int) -> bool:
    line = lines[position]
    if DIVIDERS.match(line):
        return True
    if STARTS.match(line):
        for length in range(1, LONGEST_HEADER + 1):
            if WROTE.match(" ".join(lines[position : position + length])):
                return True
    if SENDER.match(line):
        return sum(bool(FIELD.match(each)) for each in lines[position + 1 : position + 7]) >= 2
    return False


def _without_tail(lines: list[str]) -> list[str]:
    """A quote at the very end goes, and so does a signature behind its mark."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    mark = next((position for position, line in enumerate(kept) if line == DASH and position), len(kept))
    return kept[:mark]


class _Reader(HTMLParser):
    """Text of HTML with its line breaks; quotes of mail programs become lines with `>`."""

    BREAKS = frozenset(["p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "hr"])
    HIDDEN = frozenset(["script", "style", "head", "title", "template"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0
        self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in self.HIDDEN
        self.quoted += tag == "blockquote"
        if tag in self.BREAKS:
            self._break()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(self.hidden - (tag in self.HIDDEN), 0)
        self.quoted = max(self.quoted - (tag == "blockquote"), 0)
        if tag in self.BREAKS and tag != "br":
            self._break()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(re.sub(r"\s+", " ", data.replace("\u00a0", " ")))

    def _break(self) -> None:
        self.pieces.append("\n" + "> " * min(self.quoted, 3))


def plain_of_html(html: str) -> str:
    """For showing and searching only; the HTML itself stays beside it."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (ValueError, AssertionError, RecursionError):
        return ""
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n(?:\s*\n){2,}", "\n\n", "\n".join(line if line.strip("> ") else "" for line in lines)).strip()
