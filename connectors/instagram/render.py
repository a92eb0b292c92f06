"""What a reply on Instagram may be: text is counted in bytes. https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api"""

from __future__ import annotations

from connectors.base.graph_manifest import FILE_BYTES
from connectors.base.graph_render import Limits
from connectors.instagram.manifest import FILE_TYPES, IMAGE_BYTES, TEXT_LIMIT

LIMITS = Limits(
    text=TEXT_LIMIT,
    unit="bytes",
    kinds={"image": IMAGE_BYTES, "audio": FILE_BYTES, "video": FILE_BYTES, "file": FILE_BYTES},
    types=FILE_TYPES,
)
