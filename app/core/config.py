"""Settings, read once from the environment and passed in. README.md lists each; a test holds both together."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import BadSetting
from connectors.base.reroute import Reroute


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`database_url` signs in as a member of the roles app and duty; `migration_url` owns the tables. `redis_url` empty =
    embedded form: hub and duties live in the web process. `secret_keys` are AES keys by id, the first one encrypts."""

    database_url: str
    migration_url: str = ""
    redis_url: str = ""
    secret_keys: tuple[tuple[str, bytes], ...] = ()
    data: Path = Path("~/.onecounter").expanduser()
    files_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    reroute: Reroute = Reroute()
    sandbox: bool = False
    sandbox_url: str = ""
    pool_size: int = 12

    @property
    def secure(self) -> bool:
        """Cookies may demand https."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Raises BadSetting naming the variable and what it should hold."""
        sandbox = env.get("ONECOUNTER_SANDBOX", "") == "1"
        rules = env.get("ONECOUNTER_REROUTE", "")
        if rules and not sandbox:
            raise BadSetting("ONECOUNTER_REROUTE", "is refused unless ONECOUNTER_SANDBOX=1: it sends real hosts elsewhere")
        try:
            reroute = Reroute.parse(rules)
        except ValueError as error:
            raise BadSetting("ONECOUNTER_REROUTE", str(error)) from error
        return cls(
            database_url=_required(env, "ONECOUNTER_DATABASE_URL", "postgresql://user:password@host:5432/name"),
            migration_url=env.get("ONECOUNTER_MIGRATION_URL", ""),
            redis_url=env.get("ONECOUNTER_REDIS_URL", ""),
            secret_keys=parse_keys(_required(env, "ONECOUNTER_SECRET_KEY", "id:base64 of 32 random bytes")),
            data=Path(env.get("ONECOUNTER_DATA", "~/.onecounter")).expanduser(),
            files_url=env.get("ONECOUNTER_FILES_URL", ""),
            public_url=env.get("ONECOUNTER_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            reroute=reroute,
            sandbox=sandbox,
            sandbox_url=env.get("ONECOUNTER_SANDBOX_URL", ""),
            pool_size=int(env.get("ONECOUNTER_POOL_SIZE", "12")),
        )


def _required(env: Mapping[str, str], name: str, example: str) -> str:
    value = env.get(name, "")
    if not value:
        raise BadSetting(name, f"is not set; it should look like {example}")
    return value


def parse_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """`new:base64,old:base64`: the first encrypts, all decrypt. A value without an id has the id `k1`."""
    keys = []
    for number, piece in enumerate(text.split(","), start=1):
        key_id, found, value = piece.strip().partition(":")
        if not found:
            key_id, value = f"k{number}", key_id
        try:
            key = base64.b64decode(value, validate=True)
        except ValueError as error:
            raise BadSetting("ONECOUNTER_SECRET_KEY", f"key {key_id} is not base64") from error
        if len(key) != 32 or len(set(key)) < 8:
            raise BadSetting("ONECOUNTER_SECRET_KEY", f"key {key_id} must be 32 random bytes in base64")
        keys.append((key_id, key))
    return tuple(keys)
