"""Stories of the demo that happen in the shop itself rather than on a pretend channel."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.domain.inbox.handing_schemas import DraftWrite
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import drafting, working

WAITING = """
select c.id, split_part(u.name, ' ', 1) as buyer, coalesce(nullif(c.language, ''), u.language) as language
from conversation c join customer u on u.workspace_id = c.workspace_id and u.id = c.customer_id
where c.workspace_id = $1 and c.status = 'open' and c.awaiting_since is not null
  and not exists (select 1 from handoff h where h.workspace_id = $1 and h.conversation_id = c.id and h.state = 'offered')
order by exists (select 1 from conversation_order o where o.workspace_id = $1 and o.conversation_id = c.id) desc,
  c.assignee_id is not distinct from $2 desc, c.last_activity_at desc, c.id limit 1
"""
BEGUN = {
    "en": "Hi {buyer}, thank you for waiting. I asked the courier about your parcel, and",
    "id": "Halo Kak {buyer}, terima kasih sudah menunggu. Paketnya sudah saya tanyakan ke kurir, dan",
}
WORDS = {
    "en": "A reply is begun here. Press H, hand it over, then look with your colleague's eyes.",
    "id": "Balasan sudah dimulai di sini. Tekan H, serahkan, lalu lihat dengan mata rekan Anda.",
}


class Told(Struct, kw_only=True):
    """What the story did, in words by language; `facts` are what the screen may point at, `path` where it goes."""

    words: dict[str, str]
    facts: dict[str, Any]


async def begin_hand_over(work: UnitOfWork) -> Told:
    """A buyer who waits becomes the visitor's, with a reply half written."""
    row = await work.row(WAITING, work.workspace_id, work.actor.member_id)
    if row is None:
        raise Unacceptable("no buyer waits for an answer just now", extra={"fix": "Let the world run a little."})
    await working.update_conversation(work, row["id"], ConversationUpdate(assignee_id=work.actor.member_id))
    begun = BEGUN.get(row["language"], BEGUN["en"]).format(buyer=row["buyer"])
    await drafting.save_draft(work, row["id"], DraftWrite(text=begun))
    return Told(words=WORDS, facts={"path": f"/inbox/{row['id']}?queue=mine"})
