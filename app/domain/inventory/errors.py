"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, Unacceptable


class OutOfStock(Conflict):
    code = "out_of_stock"


class BelowZero(Unacceptable):
    code = "below_zero"


class KeyReused(Unacceptable):
    code = "key_reused"


class UnknownSku(NotFound):
    code = "unknown_sku"


class UnknownLocation(NotFound):
    code = "unknown_location"


class UnknownListing(NotFound):
    code = "unknown_listing"


class UnknownConnection(NotFound):
    code = "unknown_connection"


class UnknownOrder(NotFound):
    code = "unknown_order"


class UnknownIncoming(NotFound):
    code = "unknown_incoming"


class UnknownCount(NotFound):
    code = "unknown_count"


class UnknownIncident(NotFound):
    code = "unknown_incident"


class UnknownImport(NotFound):
    code = "unknown_import"


class IsBundle(Unacceptable):
    code = "is_bundle"


class SkuTwice(Unacceptable):
    code = "sku_twice"


class NotABundle(Unacceptable):
    """Its parts cannot be these."""

    code = "bad_components"


class SameState(Unacceptable):
    code = "same_state"


class SameLocation(Unacceptable):
    code = "same_location"


class NameTaken(Unacceptable):
    code = "name_taken"


class LastLocation(Unacceptable):
    """Somewhere must be for sale: an order has to reserve from a place."""

    code = "last_location"


class ReturnedAlready(Unacceptable):
    """More would come back than the order sold."""

    code = "returned_already"


class TooManyReceived(Unacceptable):
    code = "too_many_received"


class Settled(Conflict):
    """Received, applied or closed already: nothing more happens to it."""

    code = "settled"


class FromTheFuture(Unacceptable):
    code = "from_the_future"


class FileUnreadable(Unacceptable):
    code = "file_unreadable"


class LinesBad(Unacceptable):
    """Some lines cannot be taken; nothing is done until they are mended or left out."""

    code = "lines_bad"
