"""The pretend shop page: buyers of the shared world who are signed in at the shop and write in its chat widget.

There is no outside service to imitate. The page takes our script's address at `/widget`, its visitors post to that hook with
the identity their shop signed, and read our answers from the event stream the real widget reads.
"""

from __future__ import annotations

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.signing import digest, fingerprint
from connectors.base.wire import mapping, text
from connectors.base.world import Buyer, Good, Happening, Message, Naming, Thread, World
from connectors.webchat.passes import encoded
from connectors.webchat.sandbox_visitors import Said, Visitors

CREDENTIALS = {"identity_secret": "pretend-identity-secret-9b1d7c40e2aa"}
SIGNED_IN_S = 3600
CHANNEL = "webchat"


def visitor_of(buyer: Buyer) -> str:
    """The thread our connector names for this buyer's account at the shop."""
    return f"u-{fingerprint(account_of(buyer))}"


def account_of(buyer: Buyer) -> str:
    return f"shop-account-{buyer.key}"


def _no_listing(good: Good, position: int) -> str:
    return good.sku


NAMING = Naming(
    currency="USD",
    order_id=str,
    thread_id=lambda number, buyer: visitor_of(buyer),
    message_id=lambda number: f"page-{number}",
    listing_id=_no_listing,
    line_id=lambda order, position: f"{order}-{position}",
    one_thread_per_buyer=True,
    sells=False,
    remembers=False,
)


def identity(secret: str, buyer: Buyer, now: int) -> str:
    """What the shop's own server signs for a buyer who is signed in there."""
    claims = {"sub": account_of(buyer), "name": buyer.name, "email": buyer.email, "iat": now, "exp": now + SIGNED_IN_S}
    head = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{head}.{encoded(digest(secret, head.encode()))}"


def _part(value: object) -> str:
    return encoded(msgspec.json.encode(value))


class PretendShopPage:
    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.box = Sandbox(CHANNEL, world, faults)
        self.visitors = Visitors(faults, self._hear)
        self.box.poster = self.visitors
        world.open(CHANNEL, NAMING)
        world.watch(CHANNEL, self._tell)
        self.box.route("GET", "/widget")(self._show)
        self.box.route("PUT", "/widget")(self._install)
        self.box.route("DELETE", "/widget")(self._take_off)

    def _show(self, request: Request) -> Answer:
        if not self.visitors.hooks:
            return answer({"detail": "this page has no chat yet"}, 404)
        return answer({"hook_url": self.visitors.hooks[-1]})

    def _install(self, request: Request) -> Answer:
        """The newest address wins; visitors whose words were lost say them again."""
        hook = text(mapping(request.json()).get("hook_url"))
        if "/hooks/" not in hook:
            return answer({"detail": "hook_url is no hook of the widget"}, 400)
        self.visitors.hooks = [*(each for each in self.visitors.hooks if each != hook), hook]
        self.visitors.bring()
        return answer({"hook_url": hook})

    def _take_off(self, request: Request) -> Answer:
        hook = request.query.get("hook_url", "")
        if hook not in self.visitors.hooks:
            return answer({"detail": "this page has no such chat"}, 404)
        self.visitors.hooks.remove(hook)
        return answer({"hook_url": hook})

    def _tell(self, happening: Happening) -> None:
        if happening.kind == "message":
            thread = self.world.shelf(CHANNEL).threads[happening.thread]
            self.visitors.say(self._said(thread, thread.messages[-1]))

    def _said(self, thread: Thread, message: Message) -> Said:
        buyer = self.world.state.buyers[thread.buyer]
        remark: dict[str, object] = {"kind": "message", "id": message.id, "text": message.text, "language": buyer.language}
        proof = identity(CREDENTIALS["identity_secret"], buyer, int(self.world.now().timestamp()))
        return Said(thread.id, message.number, {"authorization": f"Bearer {proof}"}, remark, list(message.files))

    def _hear(self, thread_id: str, external_id: str, said: str) -> None:
        """What the visitor now sees, once."""
        thread = self.world.shelf(CHANNEL).threads.get(thread_id)
        if thread is not None and all(message.key != external_id for message in thread.messages):
            self.world.reply(CHANNEL, thread_id, said, key=external_id)


def sandbox(world: World, faults: Faults) -> Sandbox:
    return PretendShopPage(world, faults).box
