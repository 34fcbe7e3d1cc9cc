"""From arguments to plans: which files are taken, which are passed over and why, and every way to fail."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from planguard.errors import CallError, ExitCode, NotAPlanError, PlanError
from planguard.plan import reading
from planguard.plan.kind import HOW
from planguard.plan.reading import FoundPlans, PlanInput, Skipped, find_plans, read_input, shown

INPUTS = Path(__file__).parents[2] / "fixtures" / "inputs"
PLAN = (INPUTS / "first.json").read_bytes()
SAVED = (INPUTS / "first.tfplan").read_bytes()
STATE = (INPUTS / "state.json").read_bytes()
MISSING = ("cannot be read: there is no such file", "check the path, and that the plan was saved")
DENIED = ("cannot be read: permission denied", "let the user that runs planguard read it")
PIPE = "to pipe a plan in, give `-`: `terraform show -json tfplan | planguard check -`"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)


def places(found: FoundPlans) -> list[str]:
    return [plan.place for plan in found.plans]


def refused(call: Callable[[], object]) -> tuple[str | None, str, str | None]:
    with pytest.raises(PlanError) as caught:
        call()
    assert caught.value.exit_code is ExitCode.UNREADABLE_PLAN
    return caught.value.place, caught.value.message, caught.value.hint


def read(argument: str) -> reading.RawPlan:
    [plan] = find_plans([argument]).plans
    return read_input(plan)


# --- arguments -----------------------------------------------------------------------------------------------------


def test_files_are_taken_in_their_order() -> None:
    write({"b.json": PLAN, "a.json": b"", "saved": SAVED})
    found = find_plans(["b.json", "-", "./a.json", "saved"])
    assert found == FoundPlans(
        (
            PlanInput("b.json", Path("b.json")),
            PlanInput("standard input", None),
            PlanInput("./a.json", Path("a.json")),
            PlanInput("saved", Path("saved")),
        )
    )


def test_a_file_by_several_names_is_one_plan() -> None:
    write({"d/a.json": PLAN})
    Path("link.json").symlink_to("d/a.json")
    os.link("d/a.json", "hard.json")
    assert places(find_plans(["d/a.json", "./d/a.json", "link.json", "hard.json", "d", "d/../d/a.json"])) == [
        "d/a.json"
    ]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ([], "no plan given", "name a plan file, a directory, or `-` for standard input"),
        (["-", "-"], "`-` is given twice", "standard input can be read once: name the other plan's file"),
    ],
    ids=["nothing", "standard input twice"],
)
def test_a_wrong_call(arguments: list[str], message: str, hint: str) -> None:
    with pytest.raises(CallError) as caught:
        find_plans(arguments)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("name", ["none.json", "none/plan.json", "file/plan.json"])
def test_a_file_that_is_missing(name: str) -> None:
    write({"file": PLAN})
    assert refused(lambda: find_plans([name])) == (name, *MISSING)


def test_a_name_that_no_file_can_have() -> None:
    assert refused(lambda: find_plans(["a\0b"])) == ("a\\x00b", "not the name of a file", None)
    place, message, _ = refused(lambda: find_plans(["a" * 300]))
    assert (place, message) == ("a" * 300, "cannot be read: file name too long")


def test_a_file_that_vanishes() -> None:
    write({"a.json": PLAN})
    [plan] = find_plans(["a.json"]).plans
    Path("a.json").unlink()
    assert refused(lambda: read_input(plan)) == ("a.json", *MISSING)


def test_a_file_that_becomes_a_directory() -> None:
    write({"a.json": PLAN})
    [plan] = find_plans(["a.json"]).plans
    Path("a.json").unlink()
    Path("a.json").mkdir()
    assert refused(lambda: read_input(plan)) == ("a.json", "a directory where a file should be", HOW)


def test_a_pipe_is_not_waited_for() -> None:
    os.mkfifo("pipe")
    assert refused(lambda: find_plans(["pipe"])) == ("pipe", "a pipe, not a file", PIPE)
    assert refused(lambda: read_input(PlanInput("pipe", Path("pipe")))) == ("pipe", "a pipe, not a file", PIPE)


def test_a_file_that_becomes_a_pipe_at_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo("pipe")
    monkeypatch.setattr(reading, "_status", lambda path, place: None)
    assert refused(lambda: read_input(PlanInput("pipe", Path("pipe")))) == ("pipe", "a pipe, not a file", PIPE)


def test_a_socket_and_a_device() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert refused(lambda: find_plans(["socket"])) == ("socket", "a socket, not a file", PIPE)
    assert refused(lambda: find_plans([os.devnull])) == (os.devnull, "a device, not a file", PIPE)


def test_a_link_to_itself() -> None:
    Path("loop.json").symlink_to("loop.json")
    place, message, _ = refused(lambda: find_plans(["loop.json"]))
    assert (place, message) == ("loop.json", "cannot be read: too many levels of symbolic links")


@contextmanager
def somebody_else() -> Iterator[Path]:
    """A folder that everybody may enter; root acts as the user ``nobody`` while in here."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o777)
        if os.geteuid() == 0:
            os.seteuid(65534)
            try:
                yield folder
            finally:
                os.seteuid(0)
        else:
            yield folder
    finally:
        shutil.rmtree(folder)


def test_a_file_without_permission() -> None:
    with somebody_else() as folder:
        path = folder / "plan.json"
        path.write_bytes(PLAN)
        path.chmod(0)
        assert refused(lambda: read(str(path))) == (str(path), *DENIED)
        [plan] = find_plans([str(folder)]).plans
        assert refused(lambda: read_input(plan)) == (str(path), *DENIED)


def test_a_directory_without_permission() -> None:
    with somebody_else() as folder:
        closed = folder / "closed"
        closed.mkdir()
        (folder / "plan.json").write_bytes(PLAN)
        closed.chmod(0)
        try:
            assert refused(lambda: find_plans([str(folder)])) == (str(closed), *DENIED)
            assert refused(lambda: find_plans([str(closed / "plan.json")])) == (str(closed / "plan.json"), *DENIED)
        finally:
            closed.chmod(0o700)


def test_a_directory_that_can_be_listed_and_no_more() -> None:
    with somebody_else() as folder:
        (folder / "d" / "sub").mkdir(parents=True)
        (folder / "d" / "plan.json").write_bytes(PLAN)
        (folder / "d" / "link").symlink_to("sub")
        (folder / "d").chmod(0o400)
        try:
            place, message, hint = refused(lambda: find_plans([str(folder / "d")]))
        finally:
            (folder / "d").chmod(0o700)
        assert (place, message, hint) == (str(folder / "d" / "sub"), *DENIED)


def test_a_disk_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(5, "Input/output error")

    write({"a.json": PLAN})
    [plan] = find_plans(["a.json"]).plans
    monkeypatch.setattr(os, "open", fail)
    wanted = ("a.json", "cannot be read: input/output error", "check the path and its disk")
    assert refused(lambda: read_input(plan)) == wanted


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("a/plän 1.json", "a/plän 1.json"),
        ("a\x1b[2Jb\n", "a\\x1b[2Jb\\n"),
        ("caf\udce9", "caf\\udce9"),
        ("\u202eb", "\\u202eb"),
    ],
    ids=["text", "control characters", "bytes that are no text", "writing direction"],
)
def test_a_path_is_printed_without_harm(path: str, printed: str) -> None:
    assert shown(path) == printed


# --- directories ---------------------------------------------------------------------------------------------------


def test_a_directory_stands_for_the_plans_below_it() -> None:
    write(
        {
            "d/z.json": PLAN,
            "d/a/plan.json": PLAN.replace(b'"hello', b'"hallo'),
            "d/a/tfplan": SAVED,
            "d/a/B.TFPLAN": SAVED,
            "d/b/plan.out": SAVED,
            "d/b/x.plan": PLAN,
            "d/README.md": b"",
            "d/main.tf": b"",
            "d/notes.txt": PLAN,
            "d/.hidden/plan.json": PLAN,
            "d/.terraform/plan.json": PLAN,
        }
    )
    found = find_plans(["d"])
    assert places(found) == ["d/z.json", "d/a/B.TFPLAN", "d/a/plan.json", "d/a/tfplan", "d/b/plan.out", "d/b/x.plan"]
    assert found.skipped == ()


def test_the_current_directory(here: Path) -> None:
    write({"a/plan.json": PLAN})
    assert places(find_plans(["."])) == ["a/plan.json"]
    assert places(find_plans([str(here)])) == [str(here / "a/plan.json")]


def test_something_else_is_passed_over_and_named() -> None:
    write(
        {
            "d/plan.json": PLAN,
            "d/state.json": STATE,
            "d/package.json": b'{"name":"x"}',
            "d/list.json": b"[1]",
            "d/tsconfig.json": b'{\n // "strict"\n}',
            "d/stream.json": (INPUTS / "plan-stream.json").read_bytes(),
            "d/text.plan": (INPUTS / "plan.txt").read_bytes(),
            "d/prod.plan": b"\x89PNG\r\n\x1a\n\x00",
            "d/schemas.json": (INPUTS / "schemas.json").read_bytes(),
            "d/zip.tfplan": b"PK\x05\x06" + bytes(18),
        }
    )
    found = find_plans(["d", "d"])
    assert places(found) == ["d/plan.json"]
    assert found.skipped == (
        Skipped("d/list.json", "a JSON array, not the object that a plan is"),
        Skipped("d/package.json", "JSON, but not a plan"),
        Skipped("d/prod.plan", "a binary file"),
        Skipped("d/schemas.json", "the schemas of providers, not a plan"),
        Skipped("d/state.json", "a state, not a plan"),
        Skipped("d/stream.json", "the log of `terraform plan -json`, which has no values in it"),
        Skipped("d/text.plan", "a plan as terraform prints it for people, not as JSON"),
        Skipped("d/tsconfig.json", "broken JSON at byte 3"),
        Skipped("d/zip.tfplan", "a zip archive, but not a saved plan"),
    )


UNUSABLE = {
    "cut off": ("x.json", PLAN[:1000], "JSON that breaks off in the middle"),
    "cut off early": ("x.json", b'{"format_ver', "JSON that breaks off in the middle"),
    "cut off, other order of keys": ("x.json", b'{"resource_changes":[', "JSON that breaks off in the middle"),
    "cut off, in UTF-16": ("x.json", PLAN[:1000].decode().encode("utf-16"), "JSON that breaks off in the middle"),
    "empty": ("x.json", b"", "empty"),
    "empty saved plan": ("tfplan", b"", "empty"),
    "broken, without the ending of JSON": ("x.plan", b'{"a"', "JSON that breaks off in the middle"),
    "damaged saved plan": ("tfplan", SAVED[:900], "a damaged saved plan"),
    "two documents": ("x.json", PLAN + PLAN, "more than one JSON document"),
    "errored": (
        "x.json",
        json.dumps(json.loads((INPUTS / "errored.json").read_bytes()), sort_keys=True).encode(),
        "terraform stopped with an error while it made this plan",
    ),
    "unknown format": (
        "x.json",
        b'{"format_version":"2.0"}',
        "JSON in format `2.0` that this planguard does not know",
    ),
    "encrypted": (
        "tfplan",
        b'{"meta":{},"encrypted_data":"","encryption_version":"v0"}',
        "a plan or state that OpenTofu encrypted",
    ),
    "compressed": ("x.json", b"\x1f\x8b\x08\x00", "a compressed file"),
    "broken UTF-16": ("x.json", b"\xff\xfe{", "UTF-16 text that ends in the middle of a character"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_stands_for_a_plan_is_never_passed_over(name: str) -> None:
    file, data, message = UNUSABLE[name]
    write({"d/0.json": PLAN, f"d/{file}": data})
    found = find_plans(["d"])
    assert places(found) == ["d/0.json", f"d/{file}"]
    assert refused(lambda: read_input(found.plans[1]))[:2] == (f"d/{file}", message)


def test_a_directory_without_a_plan() -> None:
    write({"empty/.keep": b"", "d/state.json": STATE, "d/x.json": b"{}", "one/state.json": STATE})
    assert refused(lambda: find_plans(["empty"])) == ("empty", "no plan in this directory", HOW)
    wanted = "no plan in this directory: one/state.json is a state, not a plan"
    assert refused(lambda: find_plans(["one"])) == ("one", wanted, HOW)
    wanted = "no plan in this directory: d/state.json is a state, not a plan, and 1 more that are none"
    assert refused(lambda: find_plans(["d"])) == ("d", wanted, HOW)


def test_links_in_a_directory() -> None:
    write({"d/plan.json": PLAN, "elsewhere/tfplan": SAVED, "elsewhere/more/x.json": PLAN})
    Path("d/loop").symlink_to("..")
    Path("d/more").symlink_to("../elsewhere/more")
    Path("d/tfplan").symlink_to("../elsewhere/tfplan")
    found = find_plans(["d"])
    assert places(found) == ["d/plan.json", "d/tfplan"]
    reason = "a link to a directory, which is not followed"
    assert found.skipped == (Skipped("d/loop", reason), Skipped("d/more", reason))


def test_a_directory_that_is_named_by_a_link() -> None:
    write({"elsewhere/x.json": PLAN})
    Path("d").symlink_to("elsewhere")
    assert places(find_plans(["d"])) == ["d/x.json"]


def test_a_link_that_leads_nowhere() -> None:
    write({"d/plan.json": PLAN})
    Path("d/x.json").symlink_to("missing.json")
    found = find_plans(["d"])
    assert places(found) == ["d/plan.json", "d/x.json"]
    assert refused(lambda: read_input(found.plans[1])) == ("d/x.json", *MISSING)


def test_a_pipe_in_a_directory() -> None:
    write({"d/plan.json": PLAN})
    os.mkfifo("d/x.json")
    assert find_plans(["d"]).skipped == (Skipped("d/x.json", "not a regular file"),)


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_plan_is_read() -> None:
    write({"plan.json": PLAN})
    plan = read("plan.json")
    assert (plan.place, plan.size, plan.saved) == ("plan.json", len(PLAN), None)
    assert {key: msgspec.json.decode(raw) for key, raw in plan.top.items()} == json.loads(PLAN)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_a_plan_as_powershell_writes_it(encoding: str) -> None:
    write({"plan.json": PLAN.decode().encode(encoding)})
    assert read("plan.json").size == len(PLAN)


def test_another_file_that_is_named_is_refused() -> None:
    write({"state.json": STATE})
    with pytest.raises(NotAPlanError):
        read("state.json")


def standard_input(data: bytes) -> object:
    return io.TextIOWrapper(io.BytesIO(data), encoding="ascii")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", standard_input("\ufeff".encode() + PLAN))
    plan = read("-")
    assert (plan.place, plan.size) == ("standard input", len(PLAN))


def test_standard_input_with_a_saved_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", standard_input(SAVED))
    assert refused(lambda: read("-")) == (
        "standard input",
        "a saved binary plan, which has to be a file",
        "name the file, or pipe its JSON: `terraform show -json tfplan | planguard check -`",
    )


def test_standard_input_that_is_empty_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", standard_input(b""))
    assert refused(lambda: read("-"))[:2] == ("standard input", "empty")
    closed = io.TextIOWrapper(io.BytesIO())
    closed.close()
    for stdin in (None, closed):
        monkeypatch.setattr(sys, "stdin", stdin)
        wanted = ("standard input", "cannot be read", "pipe a plan in, or name its file")
        assert refused(lambda: read("-")) == wanted


def fake_terraform(folder: Path, monkeypatch: pytest.MonkeyPatch, document: Path) -> None:
    program = folder / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec /bin/cat "{document}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_a_saved_plan_is_read_through_terraform(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"tfplan": SAVED})
    fake_terraform(here, monkeypatch, INPUTS / "first.json")
    plan = read("tfplan")
    assert plan.saved is not None
    assert (plan.place, plan.size, plan.saved.workspace) == ("tfplan", len(PLAN), "prod")
    assert json.loads(bytes(plan.top["terraform_version"])) == "1.11.4"


def test_what_terraform_prints_is_judged_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"tfplan": SAVED})
    fake_terraform(here, monkeypatch, INPUTS / "state.json")
    assert refused(lambda: read("tfplan")) == ("tfplan", "a state, not a plan", HOW)


def test_no_value_of_a_plan_shows_in_its_repr() -> None:
    write({"plan.json": PLAN})
    shown = repr(read("plan.json"))
    assert not any(
        bytes(value).decode() in shown for value in read("plan.json").top.values() if len(bytes(value)) > 6
    )
