"""Who sent this post, and which deliveries it makes. https://developers.facebook.com/docs/messenger-platform/instagram/features/webhook"""

from __future__ import annotations

from connectors.base.graph_hooks import receive_hub as receive_post

__all__ = ["receive_post"]
