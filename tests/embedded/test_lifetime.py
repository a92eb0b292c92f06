"""Ports: one, or several in a row."""

from __future__ import annotations

import socket

from app.embedded import lifetime


def test_three_free_ports_in_a_row() -> None:
    first = lifetime.free_port(together=3)
    assert 20_000 <= first < 32_000
    assert all(lifetime.is_free("127.0.0.1", first + each) for each in range(3))


def test_a_row_with_a_taken_port_in_it_is_not_taken() -> None:
    first = lifetime.free_port(together=3)
    with socket.create_server(("127.0.0.1", first + 2)):
        assert lifetime.free_port(last=first, together=2) == first
        assert lifetime.free_port(last=first, together=3) != first
