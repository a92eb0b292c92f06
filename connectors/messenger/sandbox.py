"""The pretend Messenger: one Facebook page and its talks over the shared world.
https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from __future__ import annotations

from typing import Any

from connectors.base.faults import Faults
from connectors.base.graph_manifest import PAGE_SENDING
from connectors.base.graph_sandbox import ROOT
from connectors.base.graph_sandbox_page import PageIds, PretendPage
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import Buyer, Comment, World

IDS = PageIds(
    channel="messenger",
    platform="messenger",
    object="page",
    page="104500000000021",
    account="104500000000021",
    app="2100000000000021",
    token="EAAPretendPageTokenOfMessenger0000000000000000021",
    app_secret="21d0c0ffee21d0c0ffee21d0c0ffee21",
    file_host="scontent.xx.fbcdn.net",
    file_path="/v/t1.15752-9",
    message_prefix="m_pretend-",
    text_limit=PAGE_SENDING.text_limit,
    comment_field="feed",
)

CREDENTIALS = {
    "app_id": IDS.app,
    "page_id": IDS.page,
    "page_token": IDS.token,
    "app_secret": IDS.app_secret,
    "verify_token": "pretend-verify-messenger",
}


def _profile(buyer: Buyer) -> dict[str, str]:
    return {"name": buyer.name, "email": f"{IDS.person(buyer)}@facebook.com"}


def _under_post(comment: Comment, buyer: Buyer) -> dict[str, Any]:
    """https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed: the parent of a first comment is the post."""
    post = f"{IDS.page}_{comment.post}"
    return {
        "from": {"id": IDS.person(buyer), "name": buyer.name},
        "post": {"id": post, "permalink_url": f"https://www.facebook.com/{IDS.page}/posts/{comment.post}", "is_published": True},
        "item": "comment",
        "verb": "add",
        "comment_id": comment.id,
        "parent_id": comment.parent or post,
        "post_id": post,
        "message": comment.text,
        "created_time": int(comment.at.timestamp()),
    }


def sandbox(world: World, faults: Faults) -> Sandbox:
    page = PretendPage(world, faults, IDS, _profile, _under_post)

    def ids_for_pages(request: Request) -> Answer:
        """People of the app are known by their user name here."""
        buyer = world.buyer_by_user(request.parts["user"])
        if buyer is None or IDS.person(buyer) not in world.shelf(IDS.channel).threads:
            return answer({"data": []})
        return answer({"data": [{"id": IDS.person(buyer), "page": {"id": IDS.page, "name": "Kopi Tepi"}}]})

    page.box.route("GET", f"{ROOT}/{{user}}/ids_for_pages")(page.keeper.guarded(ids_for_pages))
    return page.box
