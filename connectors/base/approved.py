"""Texts that a channel approved beforehand, as a connector reads them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedText:
    """`name` is what `Template.name` takes, `title` what people call it. `gaps` name what `variables` fill, in order; `named` that
    the channel wants these names again. `header`: what stands above, and when it is a file, that one goes along.
    `buttons`: labels, and after each whether its address has a gap."""

    name: str
    language: str
    text: str
    title: str = ""
    gaps: tuple[str, ...] = ()
    named: bool = False
    header: Literal["", "text", "image", "video", "document"] = ""
    header_text: str = ""
    buttons: tuple[tuple[str, bool], ...] = ()


@runtime_checkable
class Approving(Protocol):
    """A connector whose channel approves texts."""

    async def approved_texts(self) -> Sequence[ApprovedText]:
        """Those that may be sent now."""
        ...
