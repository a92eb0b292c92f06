"""Products of the pretend shop: goods of one item are variations of one product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.wire import integer
from connectors.base.world import Good, World
from connectors.woocommerce.sandbox_shapes import product_shape, variation_shape

FIRST_PRODUCT, FIRST_VARIATION = 100, 1000


def variation_id(position: int) -> int:
    return FIRST_VARIATION + position


class Catalog:
    def __init__(self, world: World) -> None:
        self._world = world
        self._items: dict[str, list[tuple[int, Good]]] = {}
        for position, good in enumerate(world.state.goods.values(), start=1):
            self._items.setdefault(good.item, []).append((variation_id(position), good))

    def _grouped(self) -> dict[int, list[tuple[int, Good]]]:
        """By product id, ascending. A good that is alone is a simple product under its own number."""
        found = {}
        for place, goods in enumerate(self._items.values()):
            found[FIRST_PRODUCT + place if len(goods) > 1 else goods[0][0]] = goods
        return dict(sorted(found.items()))

    def numbers(self, sku: str) -> tuple[int, int]:
        """Product and variation; variation 0 where there is none."""
        for product, goods in self._grouped().items():
            for number, good in goods:
                if good.sku == sku:
                    return product, number if len(goods) > 1 else 0
        raise KeyError(sku)

    def products(self) -> list[dict[str, Any]]:
        listings = self._world.shelf("woocommerce").listings
        found = []
        for product, goods in self._grouped().items():
            newest = max((listings[good.sku] for _, good in goods), key=lambda listing: listing.updated_at)
            name = goods[0][1].title.rpartition(",")[0] if len(goods) > 1 else goods[0][1].title
            found.append(product_shape(product, name, newest, [number for number, _ in goods] if len(goods) > 1 else []))
        return found

    def variations(self, product: int) -> list[dict[str, Any]]:
        goods = self._grouped().get(product, [])
        listings = self._world.shelf("woocommerce").listings
        return [variation_shape(number, product, good, listings[good.sku]) for number, good in goods] if len(goods) > 1 else []

    def change(self, entry: Mapping[str, Any], product: int, *, drop: bool) -> dict[str, Any]:
        """One entry of a batch: the thing as it now is, or an error in its place. `drop`: it only looks done."""
        number = integer(entry.get("id"))
        rows = self.variations(product) if product else self.products()
        if number not in [row["id"] for row in rows]:
            code = "woocommerce_rest_product_variation_invalid_id" if product else "woocommerce_rest_product_invalid_id"
            return {"id": number, "error": {"code": code, "message": "Invalid ID.", "data": {"status": 400}}}
        goods = self._grouped()[product or number]
        sku = next((good.sku for each, good in goods if each == number), "")
        count = max(integer(entry.get("stock_quantity")), 0)
        if sku and not drop and "stock_quantity" in entry:
            self._world.set_quantity("woocommerce", sku, count)
        rows = self.variations(product) if product else self.products()
        found = next(row for row in rows if row["id"] == number)
        return {**found, "stock_quantity": count} if drop else found
