"""What the house itself says in a chat, in the visitor's language."""

from __future__ import annotations

from app.domain.orders.schemas import OrderRead

WORDS = {
    "en": {
        "asked": "Where is my order {number}?",
        "unknown": "I cannot find an order {number} for that mail address. A colleague will look into it.",
        "pending": "Order {number} is placed and waits for its payment.",
        "open": "Order {number} is paid and being packed.",
        "open_by": "Order {number} is paid and being packed. It leaves by {day}.",
        "shipped": "Order {number} is on its way. {parcel}",
        "delivered": "Order {number} has arrived.",
        "cancelled": "Order {number} was cancelled.",
        "parcel": "Carrier: {carrier}. Tracking number: {tracking}.",
    },
    "id": {
        "asked": "Pesanan saya {number} sudah sampai mana?",
        "unknown": "Pesanan {number} dengan alamat e-mail itu tidak ditemukan. Rekan kami akan memeriksanya.",
        "pending": "Pesanan {number} sudah dibuat dan menunggu pembayaran.",
        "open": "Pesanan {number} sudah dibayar dan sedang dikemas.",
        "open_by": "Pesanan {number} sudah dibayar dan sedang dikemas. Dikirim paling lambat {day}.",
        "shipped": "Pesanan {number} sedang dalam perjalanan. {parcel}",
        "delivered": "Pesanan {number} sudah tiba.",
        "cancelled": "Pesanan {number} dibatalkan.",
        "parcel": "Kurir: {carrier}. Nomor resi: {tracking}.",
    },
}


def status_words(language: str, name: str, **parts: str) -> str:
    return WORDS[language][name].format(**parts).strip()


def tell_status(language: str, asked: str, order: OrderRead | None) -> str:
    """`asked` is shown where nothing was found, so that the answer tells no more than the question did."""
    if order is None:
        return status_words(language, "unknown", number=asked)
    number = order.number or order.external_id
    if order.status == "open" and order.ship_by is not None:
        return status_words(language, "open_by", number=number, day=order.ship_by.strftime("%Y-%m-%d %H:%M UTC"))
    parcel = status_words(language, "parcel", carrier=order.carrier or "?", tracking=order.tracking) if order.tracking else ""
    return status_words(language, order.status, number=number, parcel=parcel)
