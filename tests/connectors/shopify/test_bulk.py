"""A large catalogue by one file, and every way back to pages."""

from __future__ import annotations

import msgspec
import pytest

from connectors.base.errors import Malformed
from connectors.shopify.bulk import WORTH_IT, join
from tests.connectors.shopify.wire import hold_to_schema


@pytest.fixture
def large(desk):
    desk.store.bulk.claimed = WORTH_IT + 1
    return desk


async def test_the_file_brings_what_pages_bring_under_the_same_keys(desk):
    pages, _ = await desk.everything("listings")
    desk.store.bulk.claimed = WORTH_IT + 1
    desk.store.bulk.looks = 3
    whole, cursor = await desk.everything("listings")
    assert desk.documents("mutation BulkRun") == 1
    assert sorted(delivery.key for delivery in whole) == sorted(delivery.key for delivery in pages)
    assert [desk.read(delivery) for delivery in whole] == [desk.read(delivery) for delivery in pages]
    assert msgspec.json.decode(cursor)["since"]


async def test_a_small_catalogue_needs_no_file(desk):
    await desk.everything("listings")
    assert desk.documents("BulkRun") == 0


async def test_our_own_operation_is_taken_up_again_after_a_crash(large):
    first = await large.connector.pull("listings", "")
    again = await large.connector.pull("listings", "")
    assert msgspec.json.decode(first.cursor)["bulk"] == msgspec.json.decode(again.cursor)["bulk"]
    assert large.documents("mutation BulkRun") == 1


async def test_while_another_operation_runs_the_sweep_goes_by_pages(large):
    large.store.bulk.looks = 99
    other = {"id": "other", "status": "RUNNING", "url": None, "query": "{}", "looks": 99}
    large.store.bulk.made["other"] = other
    found, _ = await large.everything("listings")
    assert len(found) == len(large.skus())


@pytest.mark.parametrize("lost", ["file", "operation"])
async def test_a_file_that_cannot_be_had_leads_to_pages(large, lost):
    batch = await large.connector.pull("listings", "")
    if lost == "file":
        large.store.bulk.files.clear()
    else:
        large.store.bulk.made[next(iter(large.store.bulk.made))]["status"] = "FAILED"
    found, _ = await large.everything("listings", batch.cursor)
    assert len(found) == len(large.skus())


async def test_the_answers_hold_to_the_schema(large):
    await large.everything("listings")
    for request, answer in large.answers:
        hold_to_schema(msgspec.json.decode(request.body), msgspec.json.decode(answer.body)["data"])


def test_levels_find_their_variant_by_either_parent_and_strays_are_left_out():
    lines = [
        {"id": "v1", "sku": "A", "inventoryItem": {"id": "i1"}},
        {"location": {"id": "1"}, "__parentId": "v1"},
        {"location": {"id": "2"}, "__parentId": "i1"},
        {"location": {"id": "3"}, "__parentId": "gone"},
    ]
    (found,) = join(b"\n".join(map(msgspec.json.encode, lines)) + b"\n")
    assert [level["location"]["id"] for level in found["inventoryItem"]["inventoryLevels"]["nodes"]] == ["1", "2"]
    with pytest.raises(Malformed):
        join(b"{half")
