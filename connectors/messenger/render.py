"""What a reply on Messenger may be. https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api"""

from __future__ import annotations

from connectors.base.graph_manifest import FILE_BYTES, PAGE_SENDING
from connectors.base.graph_render import Limits

LIMITS = Limits(
    text=PAGE_SENDING.text_limit,
    unit="characters",
    kinds={"image": 8_000_000, "audio": FILE_BYTES, "video": FILE_BYTES, "file": FILE_BYTES},
)
