"""A new channel is one new folder, named after its key throughout."""

from __future__ import annotations

import compileall
from pathlib import Path

from app.cli.new_channel import rename
from connectors.registry import ROOT
from tests.cli.conftest import Type


def test_writes_the_whole_template_under_its_own_name(type_in: Type, tmp_path: Path) -> None:
    made = type_in("new-channel", "tokoplay", "--name", "TokoPlay", "--into", tmp_path)
    assert made.exit_code == 0, made.output
    names = {str(path.relative_to(ROOT / "_template")) for path in (ROOT / "_template").rglob("*") if path.is_file()}
    written = {str(path.relative_to(tmp_path / "tokoplay")) for path in (tmp_path / "tokoplay").rglob("*") if path.is_file()}
    assert written == {name for name in names if "__pycache__" not in name}
    texts = [path.read_text() for path in (tmp_path / "tokoplay").rglob("*.*") if path.is_file()]
    assert not [text for text in texts if "emplate" in text]
    assert 'key="tokoplay"' in (tmp_path / "tokoplay" / "manifest.py").read_text()
    assert compileall.compile_dir(tmp_path / "tokoplay", quiet=1)


def test_refuses_a_bad_key_and_a_taken_one(type_in: Type, tmp_path: Path) -> None:
    assert "is no channel key" in str(type_in("new-channel", "Toko-Play", "--into", tmp_path).exception)
    (tmp_path / "toko").mkdir()
    assert "is there already" in str(type_in("new-channel", "toko", "--into", tmp_path).exception)
    assert list(tmp_path.rglob("*")) == [tmp_path / "toko"]


def test_names_classes_words_and_addresses() -> None:
    text = "from connectors._template.x import TemplateClient  # Template's x-template-signature"
    assert rename(text, key="tokoplay", name="Toko Play") == (
        "from connectors.tokoplay.x import TokoPlayClient  # Toko Play's x-tokoplay-signature"
    )
