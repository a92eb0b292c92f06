"""What a stranger types never leads inside."""

from __future__ import annotations

import httpcore
import pytest

from connectors.base.client import ChannelHttp, open_http
from connectors.base.errors import Refused, Unavailable
from connectors.base.reach import PublicOnly, is_public, public_addresses
from connectors.base.reroute import Reroute
from tests.connectors.base.test_client import NOW


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "fe80::1%eth0",
     "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"],
)  # fmt: skip
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public(address: str) -> None:
    assert is_public(address)


async def test_a_name_that_leads_inside_is_refused() -> None:
    for host in ("localhost", "127.1", "0x7f000001", "2130706433"):
        with pytest.raises((Refused, Unavailable)):
            await public_addresses(host, 80)


async def test_the_pool_of_the_product_opens_no_socket_inside() -> None:
    async with open_http(Reroute()) as client:
        http = ChannelHttp(client, ("127.0.0.1",), lambda: NOW)
        with pytest.raises(Refused) as refused:
            await http.request("GET", "http://127.0.0.1:1/latest/meta-data")
    assert refused.value.code == "private_address"


async def test_no_unix_sockets() -> None:
    with pytest.raises(httpcore.ConnectError):
        await PublicOnly().connect_unix_socket("/var/run/anything")
