"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, Unacceptable


class VariantNotFound(NotFound):
    code = "variant_not_found"


class ListingNotFound(NotFound):
    code = "listing_not_found"


class SkuTaken(Conflict):
    code = "sku_taken"


class MappingRefused(Unacceptable):
    code = "mapping_refused"
