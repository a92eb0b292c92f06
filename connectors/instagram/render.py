"""What a reply on Instagram may be: text is counted in bytes. https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api"""

from __future__ import annotations

from connectors.base.graph_render import Limits
from connectors.instagram.manifest import FILE_BYTES, IMAGE_BYTES, TEXT_LIMIT

# https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message
FILE_TYPES = (
    *("image/png", "image/jpeg", "image/gif"),
    *("audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg"),
    *("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"),
    "application/pdf",
)

LIMITS = Limits(
    text=TEXT_LIMIT,
    unit="bytes",
    kinds={"image": IMAGE_BYTES, "audio": FILE_BYTES, "video": FILE_BYTES, "file": FILE_BYTES},
    types=FILE_TYPES,
)
