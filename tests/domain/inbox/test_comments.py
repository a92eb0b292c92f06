"""What somebody says under a post is answered in private once; a second answer is refused before anything is sent."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from app.domain.inbox.errors import ReplyBlocked
from app.domain.inbox.schemas import ThreadRead
from app.domain.inbox.service import reading
from tests.domain.inbox.desk import TERMS, Desk, message

ONCE = msgspec.structs.replace(TERMS, answers_comment_once=True)


async def thread(desk: Desk, conversation: UUID) -> ThreadRead:
    async with desk.db.unit(desk.workspace) as work:
        (found,) = (await reading.read_context(work, conversation, desk.sending_of)).threads
    return found


async def test_a_comment_has_one_answer_until_they_say_more(desk: Desk) -> None:
    desk.terms = ONCE
    await desk.hear(message("Is the red one left?", kind="comment", thread="comment:1:rina"))
    conversation = (await desk.only()).id
    assert (await thread(desk, conversation)).can_reply
    await desk.write(conversation, "Yes, two.")
    told = await thread(desk, conversation)
    assert told.block is not None
    assert (told.can_reply, told.block.code) == (False, "already_answered")
    with pytest.raises(ReplyBlocked) as refused:
        await desk.write(conversation, "And in blue as well.")
    assert refused.value.code == "already_answered"
    assert await desk.texts(conversation) == ["Is the red one left?", "Yes, two."]
    await desk.hear(message("And the blue one?", 1, kind="comment", thread="comment:1:rina"))
    await desk.write(conversation, "Blue too.")
    assert "Blue too." in await desk.texts(conversation)


async def test_a_private_talk_and_another_channel_are_answered_at_will(desk: Desk) -> None:
    desk.terms = ONCE
    await desk.hear(message("Hello"))
    conversation = (await desk.only()).id
    await desk.write(conversation, "Hi.")
    await desk.write(conversation, "How can I help?")
    desk.terms = TERMS
    await desk.hear(message("Under a post", kind="comment", thread="comment:2:rina"))
    other = (await desk.conversations())[0].id
    await desk.write(other, "Hi.")
    await desk.write(other, "How can I help?")
    assert (await desk.texts(other))[-2:] == ["Hi.", "How can I help?"]


async def test_an_answer_that_failed_does_not_count(desk: Desk) -> None:
    desk.terms = ONCE
    await desk.hear(message("Is it left?", kind="comment", thread="comment:3:rina"))
    conversation = (await desk.only()).id
    first = await desk.write(conversation, "Yes.")
    async with desk.db.unit(desk.workspace) as work:
        await work.execute("update message set state = 'failed' where workspace_id = $1 and id = $2", work.workspace_id, first.id)
    assert (await thread(desk, conversation)).can_reply
