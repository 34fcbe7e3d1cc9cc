"""Modules and files: what is found, what overrides, what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from planguard.errors import ExitCode, SourceError
from planguard.plan.source import SourceModule, load_source, source_from_files
from planguard.plan.source.tree import is_configuration_file


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def local_of(module: SourceModule | None, name: str = "v") -> list[str] | None:
    return module.local_references(name) if module is not None else None


def value(reference: str) -> str:
    return f"locals {{\n  v = {reference}\n}}\n"


def call(name: str, source: str) -> str:
    return f'module "{name}" {{\n  source = "{source}"\n}}\n'


TREE = {
    "main.tf": value("var.root")
    + call("web", "./modules/web")
    + call("up", "../shared")
    + call("vpc", "org/vpc/aws"),
    "modules/web/main.tf": value("var.web") + call("inner", "../inner"),
    "modules/inner/main.tf": value("var.inner"),
    "../shared/main.tf": value("var.shared"),
    ".terraform/modules/vpc/sub/main.tf": value("var.vpc") + call("more", "./more") + call("other", "org/other/aws"),
    ".terraform/modules/vpc/sub/more/main.tf": value("var.more"),
    ".terraform/modules/vpc.other/main.tf": value("var.other"),
    ".terraform/modules/modules.json": json.dumps(
        {
            "Modules": [
                {"Key": "", "Source": "", "Dir": "."},
                {"Key": "web", "Source": "./old", "Dir": "old"},
                {"Key": "vpc", "Source": "registry.terraform.io/org/vpc/aws", "Dir": ".terraform/modules/vpc/sub"},
                {"Key": "vpc.other", "Source": "x", "Dir": ".terraform\\modules\\vpc.other"},
            ]
        }
    ),
}


def test_modules_on_disk(tmp_path: Path) -> None:
    source = load_source(written(tmp_path / "root", TREE))
    expected = {
        (): "var.root",
        ("web",): "var.web",
        ("web", "inner"): "var.inner",
        ("up",): "var.shared",
        ("vpc",): "var.vpc",
        ("vpc", "more"): "var.more",
        ("vpc", "other"): "var.other",
    }
    assert {path: local_of(source.module(path)) for path in expected} == {k: [v] for k, v in expected.items()}
    shared = source.module(("up",))
    assert shared is not None
    local = shared.block("local", "v")
    assert local is not None
    assert (shared.path, shared.folder, local.file, local.line) == (("up",), "../shared", "../shared/main.tf", 2)


def test_modules_that_are_not_there(tmp_path: Path) -> None:
    source = load_source(written(tmp_path, {"main.tf": call("gone", "./gone") + call("far", "git::https://x")}))
    assert source.module(("gone",)) is None
    assert source.module(("far",)) is None
    assert source.module(("far", "inner")) is None
    assert source.module(("unknown",)) is None


@pytest.mark.parametrize("record", ["", "[]", '{"Modules": 1}', '{"Modules": [{"Key": "far"}]}', "\x00"])
def test_damaged_record_of_installed_modules_is_no_record(tmp_path: Path, record: str) -> None:
    files = {"main.tf": call("far", "org/far/aws"), ".terraform/modules/modules.json": record}
    assert load_source(written(tmp_path, files)).module(("far",)) is None


def test_modules_in_memory() -> None:
    files = {name: text.encode() for name, text in TREE.items()}
    modules = {"vpc": ".terraform/modules/vpc/sub", "web.inner": "modules/inner"}
    source = source_from_files(files, modules)
    paths = [(), ("web",), ("web", "inner"), ("vpc",), ("up",), ("vpc", "more"), ("vpc", "other")]
    found = [local_of(source.module(path)) for path in paths]
    expected = ["root", "web", "inner", "vpc", "shared", "more"]
    assert found == [[f"var.{name}"] for name in expected] + [None]


def test_root_elsewhere() -> None:
    files = {"m-/main.tf": value("var.root").encode(), "m-a/main.tf": value("var.a").encode()}
    source = source_from_files(files, {"": "m-", "a": "m-a"})
    assert local_of(source.module(())) == ["var.root"]
    assert local_of(source.module(("a",))) == ["var.a"]


def test_two_calls_of_one_folder_are_parsed_once() -> None:
    files = {"main.tf": (call("a", "./m") + call("b", "./m")).encode(), "m/main.tf": value("var.m").encode()}
    source = source_from_files(files)
    first, second = source.module(("a",)), source.module(("b",))
    assert local_of(first) == local_of(second) == ["var.m"]
    assert source.module(("a",)) is first


def test_module_that_calls_itself_is_as_deep_as_one_asks(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    source = load_source(written(tmp_path, {"main.tf": value("var.x") + call("again", "./loop")}))
    assert local_of(source.module(("again",) * 20)) == ["var.x"]


def test_only_what_is_asked_for_is_parsed(tmp_path: Path) -> None:
    source = load_source(written(tmp_path, {"main.tf": call("bad", "./bad"), "bad/main.tf": "}"}))
    assert source.module(()) is not None
    with pytest.raises(SourceError):
        source.module(("bad",))


def test_overrides() -> None:
    files = {
        "b.tf": 'locals { v = var.b }\nresource "aws_x" "y" {\n  a = 1\n}\nmodule "m" { source = "./one" }\n',
        "a_override.tf": '\nresource "aws_x" "y" { a = 2 }\nlocals { v = var.late }\n',
        "override.tf.json": '{"module": {"m": {"source": "./two"}}}',
        "two/main.tf": value("var.two"),
    }
    source = source_from_files({name: text.encode() for name, text in files.items()})
    module = source.module(())
    assert module is not None
    assert module.local_references("v") == ["var.late"]
    block = module.block("resource", "aws_x", "y")
    assert block is not None
    assert (block.file, block.line) == ("b.tf", 2)
    assert local_of(source.module(("m",))) == ["var.two"]
    assert module.local_references("unknown") == []


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("main.tf", True),
        ("main.tf.json", True),
        (".#main.tf", False),
        (".main.tf", False),
        ("main.tf~", False),
        ("#main.tf#", False),
        ("main.tfvars", False),
        ("main.json", False),
    ],
)
def test_files_that_belong_to_a_module(name: str, read: bool) -> None:
    assert is_configuration_file(name) is read


def test_hidden_folders_and_folders_named_like_files_are_not_entered(tmp_path: Path) -> None:
    files = {"main.tf": value("var.x"), "old.tf/main.tf": "}", ".hidden/main.tf": "}", ".terraform/main.tf": "}"}
    assert local_of(load_source(written(tmp_path, files)).module(())) == ["var.x"]


def test_byte_order_mark_and_crlf() -> None:
    text = b"\xef\xbb\xbflocals {\r\n  v = <<EOT\r\n${var.x}\r\nEOT\r\n  w = var.y\r\n}\r\n"
    module = source_from_files({"main.tf": text}).module(())
    assert module is not None
    assert module.local_references("v") + module.local_references("w") == ["var.x", "var.y"]
    block = module.block("local", "w")
    assert block is not None
    assert block.line == 5


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("main.tf", b"a = 1\nb = = secret\nc = 1\n", "main.tf:2: cannot be parsed as HCL"),
        ("main.tf", b'a = 1\nb "x" {\n', "main.tf:3: cannot be parsed as HCL"),
        ("main.tf", b"locals {\n\n  v = <<EOT\nx\n${a b}\nEOT\n}\n", "main.tf:5: cannot be parsed as HCL"),
        ("main.tf", b"a = 1\n# \xff\n", "main.tf:2: the file is not UTF-8"),
        ("x.tf.json", b'{"locals":\n {"a": 1,}}', "x.tf.json:2: cannot be parsed as JSON"),
        ("x.tf.json", b'{"locals": {"a": "${b c}"}}', "x.tf.json:1: cannot be parsed as JSON"),
        ("x.tf.json", b"[]", "x.tf.json:1: cannot be parsed as JSON"),
        ("x.tf.json", b"[" * 100_000, "x.tf.json:1: cannot be parsed as JSON"),
    ],
)
def test_file_that_cannot_be_parsed(name: str, text: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        source_from_files({name: text}).module(())
    assert str(caught.value) == message
    assert caught.value.exit_code is ExitCode.WRONG_CALL
    assert caught.value.hint is not None


def test_recursion_in_the_grammar_library_is_an_error_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def recurse(text: str) -> None:
        raise RecursionError

    monkeypatch.setattr("hcl2.api.parses_to_tree", recurse)
    with pytest.raises(SourceError, match=r"^main\.tf:1: cannot be parsed as HCL$"):
        source_from_files({"main.tf": b"a = 1"}).module(())


def test_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        load_source(tmp_path / "gone")
    with pytest.raises(SourceError, match=r"no \.tf files"):
        load_source(tmp_path)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "dangling.tf").symlink_to(tmp_path / "gone")
    with pytest.raises(SourceError, match=r"^dangling\.tf: cannot be read: no such file or directory$"):
        load_source(tmp_path).module(())
    (tmp_path / "dangling.tf").unlink()
    os.mkfifo(tmp_path / "pipe.tf")
    with pytest.raises(SourceError, match=r"^pipe\.tf: is not a regular file$"):
        load_source(tmp_path).module(())


def test_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SourceError, match=r"cannot be read: permission denied$"):
        load_source(tmp_path)


def test_grammar_is_imported_only_when_something_is_parsed() -> None:
    script = (
        "import sys\n"
        "from planguard.plan.source import source_from_files\n"
        "source = source_from_files({'main.tf': b'a = 1'})\n"
        "assert 'hcl2' not in sys.modules and 'lark' not in sys.modules\n"
        "source.module(())\n"
        "assert 'hcl2' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
