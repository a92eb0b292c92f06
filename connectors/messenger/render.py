"""What a reply on Messenger may be. https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api"""

from __future__ import annotations

from connectors.base.graph_render import Limits
from connectors.messenger.manifest import FILE_BYTES, TEXT_LIMIT

LIMITS = Limits(
    text=TEXT_LIMIT,
    unit="characters",
    kinds={"image": 8_000_000, "audio": FILE_BYTES, "video": FILE_BYTES, "file": FILE_BYTES},
)
