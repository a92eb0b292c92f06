"""Onecounter: one inbox and one stock count for every channel a shop sells on."""

from __future__ import annotations

import sys
from typing import Any, cast

# httpx brings its own command line when it can. Nobody asks for it here, and its terminal libraries cost a third of a second.
cast(dict[str, Any], sys.modules).setdefault("httpx._main", None)
