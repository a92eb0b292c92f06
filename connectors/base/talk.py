"""What buyers write and sellers answer, by topic and language. `{title}`, `{order}`, `{city}`, `{name}` are filled in."""

from __future__ import annotations

import random
from dataclasses import dataclass

Turns = tuple[str, ...]
"""Buyer, seller, buyer, seller ... in turn."""


@dataclass(frozen=True, slots=True)
class Topic:
    """`about`: an order, a good, or nothing in particular."""

    name: str
    about: str
    subjects: dict[str, str]
    stories: dict[str, tuple[Turns, ...]]


TOPICS = (
    Topic(
        "size",
        "good",
        {"en": "Size of the {title}", "id": "Ukuran {title}"},
        {
            "en": (
                (
                    "Hi, does the {title} run small? I usually wear L and do not want to send it back.",
                    "It is cut true to size. If you like it loose across the shoulders, take one size up.",
                    "Perfect, ordering now.",
                ),
                (
                    "What is the chest width of the {title}, laid flat?",
                    "56 cm for M, 59 for L. Both shrink about 1 cm at the first wash.",
                ),
            ),
            "id": (
                (
                    "Kak, {title} ini ukurannya sesuai standar? Saya biasa pakai L.",
                    "Sesuai standar, Kak. Kalau suka longgar boleh naik satu ukuran.",
                    "Siap, saya pesan ya.",
                ),
                ("Lebar dada {title} berapa cm ya?", "M 56 cm, L 59 cm, Kak. Susut kira-kira 1 cm setelah cuci pertama."),
            ),
        },
    ),
    Topic(
        "late",
        "order",
        {"en": "Where is order {order}?", "id": "Pesanan {order} sampai mana?"},
        {
            "en": (
                (
                    "My order {order} has not moved for four days. Can you see where it is?",
                    "It left our hub on Monday and is with customs now. They usually take two days.",
                    "Thanks, I will wait until Friday.",
                ),
                (
                    "Tracking says delivered, but nothing is in my mailbox. Order {order}.",
                    "I have asked the courier for the photo of the delivery and will write as soon as it is here.",
                ),
            ),
            "id": (
                (
                    "Kak, pesanan {order} kok belum bergerak dari kemarin ya?",
                    "Paketnya sudah di gudang {city}, Kak. Besok diantar.",
                    "Oke Kak, ditunggu.",
                ),
                (
                    "Statusnya sudah diterima tapi paketnya belum ada. Pesanan {order}.",
                    "Kami sudah minta foto serah terima ke kurir, Kak. Kabarnya kami sampaikan hari ini.",
                ),
            ),
        },
    ),
    Topic(
        "wrong",
        "order",
        {"en": "Wrong item in {order}", "id": "Barang salah di {order}"},
        {
            "en": (
                (
                    "The parcel came today, but it holds an L and I ordered M. It is for a wedding on Saturday.",
                    "I am sorry, that is our packing mistake. An M is put aside and leaves today at our cost.",
                    "Thank you for being so quick!",
                ),
                (
                    "One of the two bags in {order} is torn open, coffee everywhere.",
                    "Oh no. Send me a picture of the label and a new bag leaves tomorrow.",
                ),
            ),
            "id": (
                (
                    "Kak, yang datang ukuran L, padahal saya pesan M. Mau dipakai hari Sabtu.",
                    "Maaf sekali Kak, salah kami. Ukuran M kami kirim hari ini, ongkir dari kami.",
                    "Terima kasih Kak, cepat sekali.",
                ),
                (
                    "Satu bungkus di pesanan {order} robek, kopinya tumpah.",
                    "Waduh, maaf Kak. Mohon foto labelnya, besok kami kirim gantinya.",
                ),
            ),
        },
    ),
    Topic(
        "there",
        "good",
        {"en": "{title}: still there?", "id": "{title} masih ada?"},
        {
            "en": (
                ("Is the {title} still available? I can pay today.", "Yes, it is here and would leave tomorrow morning."),
                ("Do you ship the {title} to {city}?", "We do, by DHL, four to six days.", "Great, and can it be gift wrapped?"),
            ),
            "id": (
                ("Kak, {title} masih ready?", "Masih, Kak. Kalau pesan sebelum jam 3, hari ini dikirim."),
                (
                    "Bisa kirim {title} ke {city}? Berapa ongkirnya?",
                    "Bisa Kak, JNE Reguler dua hari.",
                    "Kalau ambil dua bisa gabung ongkir?",
                ),
            ),
        },
    ),
    Topic(
        "coffee",
        "good",
        {"en": "About {title}", "id": "Tentang {title}"},
        {
            "en": (
                (
                    "When was the {title} roasted? I brew on Sundays and like it a week old.",
                    "On Thursday. It opens up best after six days.",
                ),
                (
                    "Is the {title} ground or whole bean?",
                    "Whole bean. Write your brewer in the order note and we grind it.",
                    "V60, please.",
                ),
            ),
            "id": (
                ("{title} tanggal sangrainya kapan Kak?", "Hari Kamis, Kak. Paling enak setelah enam hari."),
                (
                    "Kalau ambil 12 bungkus {title} dapat harga grosir?",
                    "Bisa Kak, potongan 10 persen mulai 10 bungkus.",
                    "Oke saya rekap dulu.",
                ),
            ),
        },
    ),
    Topic(
        "invoice",
        "order",
        {"en": "Invoice for order {order}", "id": "Faktur pesanan {order}"},
        {
            "en": (
                (
                    "Could you add our VAT number to the invoice of {order}? The books close on Friday.",
                    "Send me the number and the corrected invoice is with you today.",
                ),
            ),
            "id": (
                (
                    "Mohon faktur untuk pesanan {order} atas nama kantor, sebelum hari Jumat ya.",
                    "Siap Kak, mohon nama dan NPWP-nya.",
                    "Sudah saya kirim lewat surel.",
                ),
            ),
        },
    ),
    Topic(
        "cancel",
        "order",
        {"en": "Cancel {order}?", "id": "Batalkan {order}?"},
        {
            "en": (
                ("I ordered {order} twice by accident. Can one be cancelled?", "Done, the second one is cancelled and refunded."),
            ),
            "id": (("Kak, pesanan {order} bisa dibatalkan? Saya salah alamat.", "Bisa Kak, sudah kami batalkan."),),
        },
    ),
    Topic(
        "address",
        "order",
        {"en": "New address for {order}", "id": "Alamat baru {order}"},
        {
            "en": (
                (
                    "We moved last week. Can you still change the address of {order} to {city}?",
                    "It has not left yet. Send me the street and I change it.",
                ),
            ),
            "id": (
                ("Kak, alamat pesanan {order} bisa diganti ke {city}?", "Bisa, belum dikirim. Mohon alamat lengkapnya, Kak."),
            ),
        },
    ),
    Topic(
        "thanks",
        "order",
        {"en": "Thank you", "id": "Terima kasih"},
        {
            "en": (
                ("It fits and it is beautiful. Thank you!", "That is lovely to hear. Enjoy it!"),
                ("The Gayo is the best we had this year. We will be back.", "Thank you, see you in the spring!"),
            ),
            "id": (("Barangnya sudah sampai, bagus sekali. Terima kasih Kak.", "Sama-sama Kak, semoga cocok!"),),
        },
    ),
)
ASKS_AGAIN = {
    "en": (
        "Any news?",
        "Sorry to ask again, but I leave on Friday.",
        "Thanks. One more thing: can I pay by card?",
        "Understood, thank you.",
    ),
    "id": ("Bagaimana Kak?", "Maaf tanya lagi, Jumat saya berangkat.", "Baik, terima kasih Kak.", "Satu lagi: bisa bayar QRIS?"),
}
COMPLAINS = {
    "en": ("This is the second time I write and nobody answers.", "I would like my money back for {order}, please."),
    "id": ("Saya sudah dua kali tanya tapi belum dijawab.", "Saya minta dana {order} dikembalikan ya."),
}


def pick(rng: random.Random, language: str, *, has_order: bool, is_coffee: bool) -> tuple[Topic, Turns]:
    """A topic that fits and one of its stories."""
    fitting = [
        topic
        for topic in TOPICS
        if (topic.about != "order" or has_order)
        and (topic.name != "coffee" or is_coffee)
        and (topic.name != "size" or not is_coffee)
    ]
    topic = rng.choice(fitting)
    return topic, rng.choice(topic.stories[language])


def fill(text: str, **slots: str) -> str:
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return text
