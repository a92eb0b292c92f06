"""Who is asked first, and in which words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.inbox.incident_schemas import Alternative, Penalty, Suggestion
from connectors.base.manifest import Cancelling

RANK = {"none": 0, "defect": 1, "rate": 2}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}
WORDS = {
    "en": {
        "sorry": "Hello{who}, we are sorry: {title} in your order {number} was sold elsewhere moments before.",
        "incoming": " More arrive{when}, and yours is kept from them. Will you wait, or shall we refund you today?",
        "substitute": " We can send {name} instead, at the price you paid. Is that fine, or shall we refund you today?",
        "cancel": " We will cancel it and refund you in full.",
        "when": " on {date}",
    },
    "id": {
        "sorry": "Kak{who}, mohon maaf: {title} di pesanan {number} baru saja terjual di tempat lain sebelumnya.",
        "incoming": " Stok baru datang{when}, dan satu kami simpan untuk Kakak. Boleh ditunggu, atau uangnya kami kembalikan hari ini?",
        "substitute": " Kami bisa kirim {name} sebagai gantinya dengan harga yang sama. Boleh, atau uangnya kami kembalikan hari ini?",
        "cancel": " Pesanan ini kami batalkan dan uangnya kami kembalikan penuh.",
        "when": " tanggal {date}",
    },
}


def penalty(terms: Cancelling | None, *, sold: int, cancelled: int) -> Penalty:
    """`sold` and `cancelled` are the account's orders of the channel's window, this one among the sold."""
    if terms is None:
        return Penalty(cost="none")
    if terms.cost == "defect":
        return Penalty(cost="defect")
    most = max(sold, 1)
    then = round(100 * min(cancelled + 1, most) / most, 1)
    return Penalty(
        cost="rate", now_pct=round(100 * cancelled / most, 1), then_pct=then, most_pct=terms.most_pct, warn=then > terms.warn_pct
    )


def ranked(found: Sequence[Suggestion]) -> list[Suggestion]:
    """Least penalty first, then the order placed last, then the smallest."""
    return sorted(
        found,
        key=lambda one: (
            one.decided, RANK[one.penalty.cost] + one.penalty.warn, -one.placed_at.timestamp(), one.total_minor, str(one.order_id),
        ),
    )  # fmt: skip


def draft(offer: Alternative, *, language: str, customer: str, title: str, number: str, zone: ZoneInfo) -> str:
    """Nothing where the buyer need not hear of it."""
    words = WORDS.get(language, WORDS["en"])
    if offer.offer not in words:
        return ""
    first = customer.split(" ")[0]
    when = words["when"].format(date=_date(offer.at, language, zone)) if offer.at else ""
    said = words["sorry"] + words[offer.offer]
    return said.format(who=f" {first}" if first else "", title=title, number=number, name=offer.name, when=when)


def _date(moment: datetime, language: str, zone: ZoneInfo) -> str:
    here = moment.astimezone(zone)
    return f"{here.day} {MONTHS.get(language, MONTHS['en'])[here.month - 1]}"
