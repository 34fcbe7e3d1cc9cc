"""Facts kept on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from planguard.plan.source import SourceModule, source_from_files

FILES = {
    "main.tf": b"""
locals {
  v = var.x
}
resource "a" "b" {
  c {
    d = 1
  }
}
module "m" {
  source = "./m"
}
""",
    "m/main.tf.json": b'{"locals": {"v": "${var.y}"}}',
}


def facts(cache: Path | None, files: dict[str, bytes] | None = None) -> object:
    source = source_from_files(FILES if files is None else files, cache=cache)
    modules: list[SourceModule | None] = [source.module(()), source.module(("m",))]
    return [(each.locals, each.blocks, each.sources) for each in modules if each is not None]


def forbid_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(text: str) -> None:
        raise AssertionError

    monkeypatch.setattr("planguard.plan.source.tree.parse_hcl", parse)
    monkeypatch.setattr("planguard.plan.source.tree.parse_json", parse)


def test_second_time_nothing_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "made" / "here"
    first = facts(cache)
    assert first == facts(None)
    assert len(list(cache.iterdir())) == 2
    forbid_parsing(monkeypatch)
    assert facts(cache) == first


def test_file_of_the_same_content_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts(tmp_path)
    forbid_parsing(monkeypatch)
    module = source_from_files({"other.tf": FILES["main.tf"]}, cache=tmp_path).module(())
    assert module is not None
    block = module.block("resource", "a", "b")
    assert block is not None
    assert block.file == "other.tf"


def test_other_content_and_other_syntax_are_other_entries(tmp_path: Path) -> None:
    facts(tmp_path, {"main.tf": b""})
    facts(tmp_path, {"main.tf": b" "})
    facts(tmp_path, {"main.tf.json": b"{}"})
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"\xff\x00", b"\x93\x90\x80", b"\x93\x01\x80\x80", b"\x91" * 100_000])
def test_damaged_entry_is_rewritten(tmp_path: Path, damage: bytes) -> None:
    expected = facts(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in before:
        path.write_bytes(damage)
    assert facts(tmp_path) == expected
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert facts(blocked / "cache") == facts(None)

    def refuse(self: Path, target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", refuse)
    assert facts(tmp_path / "cache") == facts(None)
    assert list((tmp_path / "cache").iterdir()) == []


def test_file_that_cannot_be_parsed_leaves_no_entry(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="cannot be parsed"):
        facts(tmp_path, {"main.tf": b"}"})
    assert list(tmp_path.iterdir()) == []
