"""The Messenger connector: a page's talks, and what is Messenger's own about them."""

from __future__ import annotations

from connectors.base.contract import Connector, Context
from connectors.base.graph_page_connector import Face, PageConnector
from connectors.messenger.client import PLATFORM, person_on_page
from connectors.messenger.manifest import MANIFEST
from connectors.messenger.normalise import normalise_delivery
from connectors.messenger.render import LIMITS

FACE = Face(manifest=MANIFEST, platform=PLATFORM, limits=LIMITS, normalise=normalise_delivery, find=person_on_page)


def connect(context: Context) -> Connector:
    return PageConnector(context, FACE)
