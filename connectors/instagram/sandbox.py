"""The pretend Instagram: one professional account behind a page, and its talks over the shared world.
https://developers.facebook.com/docs/messenger-platform/instagram
"""

from __future__ import annotations

from typing import Any

from connectors.base.faults import Faults
from connectors.base.graph_sandbox import ROOT, refused
from connectors.base.graph_sandbox_page import PageIds, PretendPage
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import Buyer, Comment, World
from connectors.instagram.manifest import TEXT_LIMIT

IDS = PageIds(
    channel="instagram",
    platform="instagram",
    object="instagram",
    page="104500000000022",
    account="17841400000000022",
    app="2100000000000022",
    token="EAAPretendPageTokenOfInstagram0000000000000000022",
    app_secret="22d0c0ffee22d0c0ffee22d0c0ffee22",
    file_host="lookaside.fbsbx.com",
    file_path="/ig_messaging_cdn",
    message_prefix="aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEO",
    text_limit=TEXT_LIMIT,
    comment_field="comments",
    in_bytes=True,
)

CREDENTIALS = {
    "app_id": IDS.app,
    "page_id": IDS.page,
    "page_token": IDS.token,
    "app_secret": IDS.app_secret,
    "verify_token": "pretend-verify-instagram",
}


def _profile(buyer: Buyer) -> dict[str, str]:
    return {"username": buyer.user}


def _under_post(comment: Comment, buyer: Buyer) -> dict[str, Any]:
    """https://developers.facebook.com/docs/instagram-platform/webhooks: it carries no time of its own."""
    return {
        "from": {"id": IDS.person(buyer), "username": buyer.user},
        "media": {"id": f"{IDS.account}{comment.post}", "media_product_type": "FEED"},
        "id": comment.id,
        **({"parent_id": comment.parent} if comment.parent else {}),
        "text": comment.text,
    }


def sandbox(world: World, faults: Faults) -> Sandbox:
    page = PretendPage(world, faults, IDS, _profile, _under_post)

    def person(request: Request) -> Answer:
        """Who wrote to this account, and nobody else. https://developers.facebook.com/docs/messenger-platform/instagram/features/user-profile"""
        talk = world.shelf(IDS.channel).threads.get(f"24{request.parts['rest']}")
        if talk is None:
            return refused(400, 100, "Unsupported get request. Object does not exist", subcode=33, kind="GraphMethodException")
        return answer({"id": talk.id, "username": world.state.buyers[talk.buyer].user})

    page.box.route("GET", f"{ROOT}/24{{rest}}")(page.keeper.guarded(person))
    return page.box
