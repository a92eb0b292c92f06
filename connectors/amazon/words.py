"""The buyer's own words out of Amazon's mail template, which comes in the seller's language and in changing spellings. Pure."""

from __future__ import annotations

import html
import re
from itertools import pairwise

from connectors.base.mail_read import Mail

# A titled line of dashes: "------------- Begin message -------------", in whatever language.
DASHED = re.compile(r"^[ \t]*-{3,}[ \t]*[^\W\d_][^\n]{1,80}?[ \t]*-{3,}[ \t]*$", re.MULTILINE)
BEGIN = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*)?(?:begin message|message|mensagem|iniciar mensagem|mensaje|comienzo del mensaje|nachricht|beginn der nachricht|"
    r"messaggio|inizio messaggio|d[ée]but du message|bericht|begin bericht)[ \t]*:?[ \t]*(?:-{2,})?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
END = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*)?(?:end message|encerrar mensagem|mensagem final|fin del mensaje|ende der nachricht|fine messaggio|"
    r"fin du message|einde bericht)[ \t]*:?[ \t]*(?:-{2,})?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
PRE = re.compile(r"<pre\b[^>]*pre-wrap[^>]*>(.*?)</pre\s*>", re.IGNORECASE | re.DOTALL)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAG = re.compile(r"<[a-z/!][^>]*>", re.IGNORECASE)
MARKS = re.compile(r"^.*(?:\[commMgrTok:[^\]\n]*\]|SPC-[A-Z]{2}Amazon-\d+).*$\n?", re.MULTILINE)
BY_SERVICE = re.compile(
    r"(?:we(?:'|’)ve been contacted by a customer|we have been contacted by a customer|wurden von einem kunden kontaktiert)",
    re.IGNORECASE,
)


def buyers_words(mail: Mail) -> str:
    """Between the markers; of the one wrapped <pre> in HTML; else all that stands above the history."""
    between = _between(mail.text)
    if between is not None:
        return _clean(between)
    if not _between_any(mail.whole_text) and (found := _in_pre(mail.html)) is not None and not mail.in_reply_to:
        return _clean(found)
    above = _clean(_before_markers(mail.text))
    if above:
        return above
    inside = _between(mail.whole_text)
    if inside is not None:
        return _clean(inside)
    return _clean(_in_pre(mail.html) or "")


def template_of(mail: Mail) -> str:
    """What Amazon wrote around: for the order number, which a buyer's own words do not decide."""
    words = buyers_words(mail)
    return mail.whole_text.replace(words, " ", 1) if words else mail.whole_text


def _between_any(text: str) -> bool:
    return _between(text) is not None


def _between(text: str) -> str | None:
    """Double markers (French and English) count as one pair: the last beginning, the first end after it."""
    begins = sorted(DASHED.finditer(text), key=lambda found: found.start())
    if len(begins) >= 2:
        return _innermost(text, [(found.start(), found.end()) for found in begins])
    begin = BEGIN.search(text)
    if begin is None:
        return None
    end = END.search(text, begin.end())
    return text[begin.end() : end.start()] if end else None


def _innermost(text: str, lines: list[tuple[int, int]]) -> str:
    """The widest stretch between two neighbouring marker lines holds the message; empty ones lie between doubled markers."""
    gaps = [(before[1], after[0]) for before, after in pairwise(lines)]
    filled = [gap for gap in gaps if text[gap[0] : gap[1]].strip()]
    start, end = filled[0] if filled else gaps[0]
    return text[start:end]


def _before_markers(text: str) -> str:
    found = DASHED.search(text) or BEGIN.search(text)
    return text[: found.start()] if found else text


def _in_pre(markup: str) -> str | None:
    found = PRE.findall(markup)
    if len(found) != 1:
        return None
    return html.unescape(TAG.sub("", BREAK.sub("\n", found[0]))).replace("\r\n", "\n")


def _clean(text: str) -> str:
    return MARKS.sub("", text).strip()
