"""What was written now, apart from the history below it, as each mail program writes that history."""

from __future__ import annotations

import pytest

from connectors.base.mail_quotes import cut_history, plain_of_html

HEADS = (
    "On Mon, Mar 2, 2026 at 8:00 AM Shop <shop@example.org> wrote:",
    "On Mon, Mar 2, 2026 at 8:00 AM A Shop With A Long Name <\nshop@example.org> wrote:",
    "On 2 Mar 2026, at 08:00, Shop <shop@example.org> wrote:",
    "Pada Sen, 2 Mar 2026 pukul 08.00 Shop <shop@example.org> menulis:",
    "Pada tanggal Sen, 2 Mar 2026 pukul 08.00 Shop <shop@example.org>\nmenulis:",
    "Am Mo., 2. März 2026 um 08:00 Uhr schrieb Shop <shop@example.org>:",
    "Am 02.03.26 um 08:00 schrieb Shop:",
    "Le lun. 2 mars 2026 à 08:00, Shop <shop@example.org> a écrit :",
    "El lun, 2 mar 2026 a las 8:00, Shop (<shop@example.org>) escribió:",
    "Il giorno lun 2 mar 2026 alle ore 08:00 Shop <shop@example.org> ha scritto:",
    "-----Original Message-----\nFrom: Shop",
    "-----Ursprüngliche Nachricht-----\nVon: Shop",
    "________________________________\nFrom: Shop <shop@example.org>",
    "From: Shop <shop@example.org>\nSent: Monday, March 2, 2026 8:00 AM\nTo: Ann\nSubject: Hi",
    "Dari: Shop <shop@example.org>\nDikirim: Senin, 2 Maret 2026\nKepada: Ann\nSubjek: Hai",
    "Von: Shop <shop@example.org>\nGesendet: Montag\nAn: Ann\nBetreff: Hallo",
    "De : Shop <shop@example.org>\nEnvoyé : lundi\nÀ : Ann\nObjet : Bonjour",
    "De: Shop <shop@example.org>\nEnviado: lunes\nPara: Ann\nAsunto: Hola",
    "Da: Shop <shop@example.org>\nInviato: lunedì\nA: Ann\nOggetto: Ciao",
)


@pytest.mark.parametrize("head", HEADS)
def test_the_history_is_cut(head: str) -> None:
    assert (
        cut_history(f"Yes, please.\nTwo of them.\n\n{head}\n\n> The old words.\nMore old words.") == "Yes, please.\nTwo of them."
    )


@pytest.mark.parametrize(
    "said",
    [
        "On Friday I wrote: to your colleague.",
        "From: Leeds to: London, is that covered?",
        "Am Montag schrieb ich Ihnen schon.",
        "> quoted first\nand my answer below",
        "Pada hari Senin saya menulis surat.",
        "One\n\n---\n\nTwo",
    ],
)
def test_words_that_only_look_like_it_stay(said: str) -> None:
    assert cut_history(said) == said


def test_a_signature_behind_its_mark_goes() -> None:
    assert cut_history("Thanks\n-- \nAnn Cole\nLeeds") == "Thanks"


def test_when_nothing_stands_above_the_quote_all_of_it_stays() -> None:
    whole = "On Mon, Mar 2, 2026 Shop <s@example.org> wrote:\n> Which size?\nThe L."
    assert cut_history(whole) == whole


def test_html_becomes_lines() -> None:
    given = "<style>x</style><div>Hi&nbsp;there</div><p>A &amp; B<br>C</p><ul><li>one</li></ul><script>bad()</script>"
    assert plain_of_html(given) == "Hi there\n\nA & B\nC\n\none"


def test_quotes_in_html_are_marked() -> None:
    assert "> old words" in plain_of_html("<p>new</p><blockquote><div>old words</div></blockquote>")


@pytest.mark.parametrize("odd", ["", "<", "<p", "<!", "<![CDATA[x", "</div></div>", "<p>" * 5000, "&#xffffffff;"])
def test_broken_html_is_read_as_far_as_it_goes(odd: str) -> None:
    plain_of_html(odd)
