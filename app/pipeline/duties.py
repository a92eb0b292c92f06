"""What a working process does all the time."""

from __future__ import annotations

from functools import partial

from app.core.claims import free_leases
from app.core.duties import Dispatcher, Duty
from app.pipeline.execute import send_round
from app.pipeline.house import House
from app.pipeline.ingest import ingest_round
from app.pipeline.listen import listen_round, telling
from app.pipeline.media import media_round
from app.pipeline.pull import pull_round
from app.pipeline.push import push_round
from app.pipeline.relay import relay_round
from app.pipeline.timers import timer_round
from app.pipeline.watch import tidy_round, watch_round

LEASED = ("delivery", "feed", "message", "listing_state", "timer")


async def start_duties(house: House, *, alone: bool = False) -> Dispatcher:
    """Wakes come by the hub; the caller stops the dispatcher before it closes the house. `alone`: no other process works on
    this database, so what an earlier one had in hand is free again at once."""
    if alone:
        async with house.db.across() as conn:
            await free_leases(conn, LEASED, now=house.db.clock.now())
    dispatcher = Dispatcher(
        [
            Duty(name="relay", run=partial(relay_round, house)),
            Duty(name="ingest", run=partial(ingest_round, house), gather_s=0.04),
            Duty(name="send", run=partial(send_round, house)),
            Duty(name="push", run=partial(push_round, house), every_s=0.5),
            Duty(name="pull", run=partial(pull_round, house), handlers=2),
            Duty(name="timers", run=partial(timer_round, house)),
            Duty(name="media", run=partial(media_round, house)),
            Duty(name="listen", run=partial(listen_round, house, telling()), waits=True),
            Duty(name="watch", run=partial(watch_round, house)),
            Duty(name="tidy", run=partial(tidy_round, house), every_s=300.0),
        ]
    )
    house.hub.on_wake = dispatcher.wake
    dispatcher.start()
    return dispatcher
