"""Pretend Trading calls about messages. They know questions about items and the mail folders, not conversations."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from connectors.base.world import Message, Thread
from connectors.ebay.sandbox_messages import Messages
from connectors.ebay.sandbox_shop import CHANNEL, SELLER, Shop, stamp
from connectors.ebay.sandbox_xml import Failed, asked, moment, page_of, put, put_pages

BODY_MAX = 2000


class Letters:
    def __init__(self, shop: Shop, messages: Messages) -> None:
        self.shop = shop
        self.messages = messages

    def questions(self) -> list[tuple[Thread, Message, list[Message]]]:
        """Each buyer's message about an item, with the answers given before the next one."""
        found: list[tuple[Thread, Message, list[Message]]] = []
        for thread in self.messages.threads():
            if not self.messages.item_of(thread):
                continue
            for said in thread.messages:
                if said.side == "buyer":
                    found.append((thread, said, []))
                elif found and found[-1][0] is thread:
                    found[-1][2].append(said)
        return found

    def get_member_messages(self, asked_for: Element, content: Element) -> None:
        wanted = asked(asked_for, "MemberMessageID")
        start, end = moment(asked(asked_for, "StartCreationTime")), moment(asked(asked_for, "EndCreationTime"))
        if asked(asked_for, "MailMessageType") == "" or (not wanted and not start and not asked(asked_for, "ItemID")):
            raise Failed(10002, "MailMessageType and a window or an item are required.")
        if asked(asked_for, "MessageStatus") == "All":
            raise Failed(10002, "MessageStatus takes Answered or Unanswered.")
        size, page = page_of(asked_for)
        found = [
            entry
            for entry in self.questions()
            if (wanted in ("", entry[1].id)) and (start is None or entry[1].at >= start) and (end is None or entry[1].at <= end)
        ]
        shown = SubElement(content, "MemberMessage")
        for thread, said, answers in found[(page - 1) * size : page * size]:
            self.put_question(shown, thread, said, answers)
        put_pages(content, len(found), size)
        put(content, "HasMoreItems", "true" if page * size < len(found) else "false")

    def put_question(self, parent: Element, thread: Thread, said: Message, answers: list[Message]) -> None:
        exchange = SubElement(parent, "MemberMessageExchange")
        item = SubElement(exchange, "Item")
        put(item, "ItemID", self.messages.item_of(thread))
        question = SubElement(exchange, "Question")
        put(question, "MessageType", "AskSellerQuestion")
        put(question, "QuestionType", "General")
        put(question, "SenderID", self.messages.user(thread))
        put(question, "RecipientID", SELLER)
        put(question, "Subject", thread.subject or "A question")
        put(question, "Body", said.text)
        put(question, "MessageID", said.id)
        for answer_given in answers:
            put(exchange, "Response", answer_given.text)
        put(exchange, "MessageStatus", "Answered" if answers else "Unanswered")
        put(exchange, "CreationDate", stamp(said.at))
        put(exchange, "LastModifiedDate", stamp(answers[-1].at if answers else said.at))

    def get_my_messages(self, asked_for: Element, content: Element) -> None:
        level, folder = asked(asked_for, "DetailLevel"), asked(asked_for, "FolderID")
        ids = [node.text or "" for node in asked_for.findall("MessageIDs/MessageID")]
        if level not in ("ReturnHeaders", "ReturnMessages"):
            raise Failed(10002, "DetailLevel is required.")
        if level == "ReturnMessages" and not 1 <= len(ids) <= 10:
            raise Failed(10002, "From one to ten MessageIDs are allowed.")
        start, end = moment(asked(asked_for, "StartTime")), moment(asked(asked_for, "EndTime"))
        shown = SubElement(content, "Messages")
        for thread in self.messages.threads():
            for said in thread.messages:
                in_time = (start is None or said.at >= start) and (end is None or said.at <= end)
                in_folder = ids or (said.side == "seller") == (folder == "1")
                if in_folder and in_time and (not ids or said.id in ids):
                    self.put_mail(shown, thread, said, with_text=level == "ReturnMessages")

    def put_mail(self, parent: Element, thread: Thread, said: Message, *, with_text: bool) -> None:
        node, buyer = SubElement(parent, "Message"), self.messages.user(thread)
        put(node, "Sender", SELLER if said.side == "seller" else buyer)
        put(node, "RecipientUserID", buyer if said.side == "seller" else SELLER)
        put(node, "SendToName", buyer if said.side == "seller" else SELLER)
        put(node, "Subject", thread.subject or "A question")
        put(node, "MessageID", said.id)
        put(node, "ExternalMessageID", said.id)
        if with_text:
            put(node, "Text", f"<html><body><table><tr><td>{said.text}</td></tr></table></body></html>")
        put(node, "Read", "true" if said.read else "false")
        put(node, "ReceiveDate", stamp(said.at))
        if self.messages.item_of(thread):
            put(node, "ItemID", self.messages.item_of(thread))

    def checked_body(self, asked_for: Element) -> str:
        body = asked(asked_for, "MemberMessage/Body")
        if not body or len(body) > BODY_MAX:
            raise Failed(20118, f"The message body must have 1 to {BODY_MAX} characters.")
        return body

    def add_answer(self, asked_for: Element, _content: Element) -> None:
        body, parent = self.checked_body(asked_for), asked(asked_for, "MemberMessage/ParentMessageID")
        thread = next((thread for thread, said, _ in self.questions() if said.id == parent), None)
        if thread is None:
            raise Failed(18055, "Invalid Parent Message Id.", value=parent)
        if asked(asked_for, "MemberMessage/RecipientID") != self.messages.user(thread):
            raise Failed(20148, "Invalid recipient.")
        self.shop.world.reply(CHANNEL, thread.id, body)

    def add_order_talk(self, asked_for: Element, _content: Element) -> None:
        body, buyer = self.checked_body(asked_for), asked(asked_for, "MemberMessage/RecipientID")
        for name in ("QuestionType", "Subject"):
            if not asked(asked_for, f"MemberMessage/{name}"):
                raise Failed(10002, f"{name} is required.")
        item_id = asked(asked_for, "ItemID")
        for thread in self.messages.threads():
            if self.messages.user(thread) == buyer and self.messages.item_of(thread) == item_id:
                self.shop.world.reply(CHANNEL, thread.id, body)
                return
        raise Failed(20163, "You are not the partner of this member in a transaction.")
