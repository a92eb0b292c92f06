"""The Instagram connector: the talks of the account behind a page, and what is Instagram's own about them."""

from __future__ import annotations

from connectors.base.contract import Connector, Context
from connectors.base.graph_page_connector import Face, PageConnector
from connectors.instagram.client import PLATFORM, person_of_account
from connectors.instagram.manifest import MANIFEST
from connectors.instagram.normalise import normalise_delivery
from connectors.instagram.render import LIMITS

FACE = Face(manifest=MANIFEST, platform=PLATFORM, limits=LIMITS, normalise=normalise_delivery, find=person_of_account)


def connect(context: Context) -> Connector:
    return PageConnector(context, FACE)
