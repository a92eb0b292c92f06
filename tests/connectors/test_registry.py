"""Folders found by their manifest; nothing else imported to find them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from connectors import registry

LIST = "import sys; from connectors.registry import manifests; manifests(); print(*sorted(sys.modules))"


def test_channels_are_listed_in_order_and_by_their_own_key() -> None:
    found = registry.manifests()
    assert list(found) == sorted(found)
    assert all(manifest.key == key for key, manifest in found.items())
    assert "base" not in found


def test_the_folder_to_copy_is_loadable_and_not_listed() -> None:
    assert "_template" not in registry.manifests()
    assert "template" not in registry.manifests()
    assert registry.manifest("_template").key == "template"


@pytest.mark.parametrize("key", ["moon", "base", "", "../connectors/telegram", "_template/x", "registry", "Template"])
def test_an_unknown_key_is_named_in_a_sentence(key: str) -> None:
    for look in (registry.manifest, registry.load, registry.load_sandbox, registry.icon):
        with pytest.raises(KeyError, match=r"There is no channel"):
            look(key)
    with pytest.raises(KeyError):
        registry.readme(key, "en")


def test_a_language_without_a_guide_falls_back_to_english() -> None:
    assert registry.readme("_template", "fr") == registry.readme("_template", "en")
    assert registry.readme("_template", "../x") == registry.readme("_template", "en")
    assert registry.readme("_template", "id") != registry.readme("_template", "en")


def test_listing_imports_no_client_and_no_vendors_sdk() -> None:
    asked = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True)
    loaded = asked.stdout.split()
    of_channels = {name for name in loaded if name.startswith("connectors.") and name.split(".")[1] in registry.manifests()}
    assert {name.split(".")[2] for name in of_channels if name.count(".") > 1} == {"manifest"}
    assert not {"ebaysdk", "sp_api", "requests"} & set(loaded)
