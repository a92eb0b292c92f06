"""Finds channel folders and loads one when it is asked for.

Listing imports manifests only, so that a vendor's SDK costs nothing until its channel is used. A folder whose name
begins with an underscore is loadable and testable, but no channel of the product.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import cast

from connectors.base.contract import Connector, Consent, Context
from connectors.base.faults import Faults
from connectors.base.manifest import Manifest
from connectors.base.sandbox import Sandbox
from connectors.base.world import World

ROOT = Path(__file__).parent
FOLDER = re.compile(r"_?[a-z][a-z0-9_]*")
LANGUAGES = ("en", "id")

Connect = Callable[[Context], Connector]
MakeSandbox = Callable[[World, Faults], Sandbox]


@cache
def manifests() -> Mapping[str, Manifest]:
    """Every channel by key, in the order of keys."""
    names = sorted(folder.name for folder in ROOT.iterdir() if folder.name[0] != "_" and _is_channel(folder.name))
    return MappingProxyType({name: manifest(name) for name in names})


def manifest(key: str) -> Manifest:
    """Of one folder. KeyError for an unknown one."""
    return cast(Manifest, _module(key, "manifest").MANIFEST)


def load(key: str) -> Connect:
    """What builds this channel's connector. The first call imports the channel's client and SDK."""
    return cast(Connect, _module(key, "connector").connect)


def load_consent(key: str) -> Consent:
    """How a seller grants access in their browser. KeyError for a channel that works by keys."""
    if manifest(key).consent != "oauth":
        raise KeyError(f"{key} is connected by keys")
    return cast(Consent, _module(key, "consent"))


def load_sandbox(key: str) -> tuple[MakeSandbox, Mapping[str, str]]:
    """The maker of the pretend channel, and the secrets that it accepts."""
    module = _module(key, "sandbox")
    return cast(MakeSandbox, module.sandbox), cast(Mapping[str, str], module.CREDENTIALS)


def readme(key: str, language: str) -> str:
    """The connect guide (Markdown) in a person's language; English where there is none in it."""
    folder = _folder(key)
    wanted = folder / f"README.{language}.md"
    found = wanted if language in LANGUAGES and wanted.is_file() else folder / "README.md"
    return found.read_text(encoding="utf-8")


def icon(key: str) -> str:
    """The channel's glyph as SVG."""
    return (_folder(key) / "icon.svg").read_text(encoding="utf-8")


def _is_channel(name: str) -> bool:
    return name != "base" and bool(FOLDER.fullmatch(name)) and (ROOT / name / "manifest.py").is_file()


def _folder(key: str) -> Path:
    if not _is_channel(key):
        raise KeyError(f"There is no channel {key!r}; there are: {', '.join(manifests()) or 'none'}.")
    return ROOT / key


def _module(key: str, part: str) -> ModuleType:
    return importlib.import_module(f"connectors.{_folder(key).name}.{part}")
