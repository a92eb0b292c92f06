"""Every address of the product, gathered from its rooms."""

from __future__ import annotations

from typing import Any

from app.domain.catalog.routes import ROUTES as CATALOG
from app.domain.connections.routes import ROUTES as CONNECTIONS
from app.domain.customers.routes import ROUTES as CUSTOMERS
from app.domain.inbox.desk_routes import ROUTES as DESK
from app.domain.inbox.handing_routes import ROUTES as HANDING
from app.domain.inbox.incident_routes import ROUTES as DECIDING
from app.domain.inbox.merging_routes import ROUTES as MERGING
from app.domain.inbox.routes import ROUTES as INBOX
from app.domain.inbox.seeking_routes import ROUTES as SEEKING
from app.domain.inbox.timing_routes import ROUTES as TIMING
from app.domain.inventory.floor_routes import ROUTES as FLOOR
from app.domain.inventory.routes import ROUTES as INVENTORY
from app.domain.orders.routes import ROUTES as ORDERS
from app.domain.workspaces.routes import ROUTES as WORKSPACES
from app.web.connection_acts import ROUTES as CONNECTION_ACTS
from app.web.consent import ROUTES as CONSENT
from app.web.deliveries import ROUTES as DELIVERIES
from app.web.demo import ROUTES as DEMO
from app.web.files import ROUTES as FILES
from app.web.goods import ROUTES as GOODS
from app.web.health import ROUTES as HEALTH
from app.web.hooks import take_hook
from app.web.openapi import ROUTES as DESCRIPTION
from app.web.order_acts import ROUTES as ORDER_ACTS
from app.web.shop_page import ROUTES as SHOP_PAGE
from app.web.socket import ROUTES as SOCKET
from app.web.static import ROUTES as SCREEN
from app.web.stock_files import ROUTES as STOCK_FILES
from app.web.widget import ROUTES as WIDGET

ROOMS: list[Any] = [
    *WORKSPACES,
    *CONNECTIONS,
    *CUSTOMERS,
    *CATALOG,
    *INVENTORY,
    *FLOOR,
    *ORDERS,
    *INBOX,
    *HANDING,
    *MERGING,
    *TIMING,
    *DESK,
    *SEEKING,
    *DECIDING,
]
ENTRANCES: list[Any] = [
    *CONNECTION_ACTS,
    *CONSENT,
    *GOODS,
    *STOCK_FILES,
    *FILES,
    *ORDER_ACTS,
    *DELIVERIES,
    *DEMO,
    take_hook,
    *WIDGET,
    *SHOP_PAGE,
    *SOCKET,
    *HEALTH,
    *DESCRIPTION,
    *SCREEN,
]
ROUTES: list[Any] = [*ROOMS, *ENTRANCES]
