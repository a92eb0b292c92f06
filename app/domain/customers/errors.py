"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, Unacceptable


class CustomerNotFound(NotFound):
    code = "customer_not_found"


class MergeNotFound(NotFound):
    code = "merge_not_found"


class CannotMerge(Unacceptable):
    code = "cannot_merge"


class StrongIdsDiffer(Conflict):
    code = "strong_ids_differ"


class MergeOver(Conflict):
    code = "already_undone"


class MergedSince(Conflict):
    code = "merged_since"
