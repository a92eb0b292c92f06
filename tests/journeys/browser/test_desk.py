"""What is said often is written once: a saved reply by slash, with its facts filled, and a macro that shows before it does."""

from __future__ import annotations

import re

from playwright.async_api import StorageState, expect

from tests.journeys.browser.desk import OUT, SENT_WITHIN_MS, OpenDesk, once, written_by
from tests.journeys.conftest import Shop, wait_for


async def test_a_saved_reply_is_written_once_and_sent_with_its_facts(open_desk: OpenDesk, live_shop: Shop) -> None:
    desk, other = await open_desk(), await open_desk()
    hello, track = once("Greeting"), once("Tracking")
    await other.go("/replies")
    await desk.go("/replies")
    for name, text in ((hello, f"Dear {{{{customer.name}}}}, this is {hello}."), (track, "Parcel {{order.tracking}}")):
        await desk.page.get_by_role("button", name="New saved reply").click()
        await desk.page.get_by_label("Name", exact=True).fill(name)
        await desk.page.get_by_label("Text", exact=True).fill(text)
        await desk.page.get_by_role("button", name="Save", exact=True).click()
        await expect(desk.page.get_by_role("button", name=name)).to_be_visible()
        await expect(other.page.get_by_role("button", name=name)).to_be_visible()
    conversation = await written_by(live_shop, "telegram", "Rina Hartono", once("hello"))
    await desk.open(conversation)
    await desk.page.get_by_role("button", name="Insert a saved reply").click()
    offered = desk.page.get_by_role("listbox", name="Saved replies")
    await desk.composer.press_sequentially(track)
    await expect(offered.get_by_role("option")).to_have_text([f"{track}Parcel {{{{order.tracking}}}}no value: order.tracking"])
    await desk.composer.press("Enter")
    await expect(desk.composer).to_have_value("Parcel {{order.tracking}}")
    await expect(desk.page.get_by_text("Nothing is known here for order.tracking.")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await desk.composer.fill(f"/{hello}")
    await expect(offered.get_by_role("option")).to_have_count(1)
    await desk.composer.press("Enter")
    filled = f"Dear {conversation['customer']['name']}, this is {hello}."
    await expect(desk.composer).to_have_value(filled)
    await desk.composer.press("Control+Enter")
    await expect(desk.said(filled)).to_contain_text(re.compile(OUT), timeout=SENT_WITHIN_MS)
    assert await live_shop.said("telegram", filled) == 1
    assert await live_shop.said("telegram", "Parcel {{order.tracking}}") == 0


async def test_a_macro_shows_what_it_will_do_and_then_does_it(open_desk: OpenDesk, live_shop: Shop) -> None:
    name, tag = once("Done"), once("tag")
    text = once("All is settled")
    reply = await live_shop.post("saved-replies", {"name": name, "texts": [{"text": text}]})
    desk = await open_desk()
    await desk.go("/replies?shelf=macros")
    await desk.page.get_by_role("button", name="New macro").click()
    await desk.page.get_by_label("Name", exact=True).fill(name)
    await desk.page.get_by_role("combobox", name="Send", exact=True).select_option(value=reply["id"])
    await desk.page.get_by_label("Add tags").fill(tag)
    await desk.page.get_by_role("combobox", name="Then", exact=True).select_option(label="Close")
    await desk.page.get_by_role("button", name="Save", exact=True).click()
    await expect(desk.page.get_by_role("button", name=name)).to_be_visible()
    conversation = await written_by(live_shop, "telegram", "Budi Santoso", once("is it settled"))
    await desk.open(conversation)
    await desk.page.keyboard.press("m")
    sheet = desk.page.get_by_role("dialog", name="Run a macro")
    await sheet.get_by_role("combobox", name="Macro").select_option(label=name)
    would = sheet.get_by_role("region", name="This will happen")
    await expect(would.get_by_role("listitem")).to_have_text([f"Sends: {text}", f"Adds the tag {tag}", "Closes it"])
    untouched = await live_shop.get(f"conversations/{conversation['id']}")
    assert (untouched["status"], untouched["tags"]) == ("open", [])
    await sheet.get_by_role("button", name="Run it").click()
    await expect(sheet).to_have_count(0)
    await expect(desk.page.get_by_text("Closed", exact=True).first).to_be_visible()

    async def sent() -> bool:
        return await live_shop.said("telegram", text) == 1

    await wait_for(sent, within_s=SENT_WITHIN_MS / 1000)
    done = await live_shop.get(f"conversations/{conversation['id']}")
    assert (done["status"], done["tags"]) == ("closed", [tag])


async def test_whoever_a_note_names_is_told_and_the_buyer_is_not(
    open_desk: OpenDesk, live_shop: Shop, colleague: StorageState
) -> None:
    desk, putu = await open_desk(), await open_desk(state=colleague)
    members = (await live_shop.get("members"))["items"]
    name = next(one["name"] for one in members if one["email"] == "putu@nusagoods.example")
    await putu.go("/inbox?queue=mentions")
    await putu.mark()
    conversation = await written_by(live_shop, "telegram", "Wulan Sari", once("may I change it"))
    await desk.open(conversation)
    await desk.composer.press("Escape")
    await desk.page.keyboard.press("n")
    note, words = desk.page.get_by_role("textbox", name="Note"), once("can you")
    await note.press_sequentially(f"@{name[:3]}")
    await expect(desk.page.get_by_role("listbox", name="Colleagues").get_by_role("option")).to_have_count(1)
    await note.press("Enter")
    await expect(note).to_have_value(f"@{name} ")
    await note.press_sequentially(words)
    await note.press("Control+Enter")
    await expect(putu.row(conversation)).to_be_visible()
    await expect(putu.page.get_by_text("A note names you.")).to_be_visible()
    assert await putu.was_not_reloaded()
    await expect(desk.said(words)).to_be_visible()
    assert await live_shop.said("telegram", f"@{name} {words}") == 0
