"""Expected refusals. Each carries an HTTP status and a stable code the screen can switch on.

AppError
├── Invalid       400  the request makes no sense; `fields` says where
├── SignedOut     401  no or dead sign-in
├── Forbidden     403  signed in, not allowed
├── NotFound      404  not there, or another workspace's
├── Conflict      409  true when read, not any more
├── Unacceptable  422  well-formed, but a rule says no
├── TooMany       429  slow down; `after` seconds
└── Down          503  try again; nothing was done

BadSetting is for start-up: one clear line and exit code 2.
"""

from __future__ import annotations

from collections.abc import Mapping


class AppError(Exception):
    status = 500
    code = "error"

    def __init__(
        self, detail: str, *, code: str = "", fields: Mapping[str, str] | None = None, extra: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.extra = dict(extra or {})


class Invalid(AppError):
    status, code = 400, "invalid"


class SignedOut(AppError):
    status, code = 401, "signed_out"


class Forbidden(AppError):
    status, code = 403, "forbidden"


class NotFound(AppError):
    status, code = 404, "not_found"


class Conflict(AppError):
    status, code = 409, "conflict"


class Unacceptable(AppError):
    status, code = 422, "unacceptable"


class TooMany(AppError):
    status, code = 429, "too_many"


class Down(AppError):
    status, code = 503, "down"


class BadSetting(Exception):
    """`name` is the variable, `problem` continues the sentence."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name
