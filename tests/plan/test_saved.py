"""Saved binary plans: what the archive says, and Terraform at work, real and played."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planguard.errors import ExitCode, NotAPlanError, PlanError, PlanguardError
from planguard.plan import saved, show
from planguard.plan.kind import HOW, is_archive
from planguard.plan.saved import SavedPlan, SourceModule, parse_saved_plan, read_saved_plan

INPUTS = Path(__file__).parents[2] / "fixtures" / "inputs"
FIRST = (INPUTS / "first.tfplan").read_bytes()
UPDATE = (INPUTS / "update.tfplan").read_bytes()
BY_HAND = "where the plan was made: `terraform show -json FILE > plan.json`"
DAMAGED = ("a damaged saved plan", "plan again with `terraform plan -out=FILE`")


def members(data: bytes = FIRST) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(content: dict[str, bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The first plan with some members replaced; None takes one away."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, data in (members() | content).items():
            if data is not None:
                target.writestr(name, data)
    return buffer.getvalue()


def refused(call: Callable[[], object], place: str = "p") -> tuple[str, str | None]:
    with pytest.raises(PlanError) as caught:
        call()
    assert caught.value.place == place
    assert caught.value.exit_code is ExitCode.UNREADABLE_PLAN
    return caught.value.message, caught.value.hint


# --- the archive ---------------------------------------------------------------------------------------------------


def test_a_saved_plan_is_known_by_its_first_bytes() -> None:
    assert is_archive(FIRST[:4])
    assert not is_archive(b"PK")
    assert not is_archive(b"{")


def test_a_first_plan_has_no_lineage() -> None:
    assert parse_saved_plan(FIRST, place="p") == SavedPlan(
        json=b"",
        lineage=None,
        serial=0,
        workspace="prod",
        backend_type="local",
        source={
            "": SourceModule(".", None, None, {"main.tf": (INPUTS / "main.tf").read_bytes()}),
            "note": SourceModule(
                "modules/note", "./modules/note", None, {"main.tf": (INPUTS / "modules/note/main.tf").read_bytes()}
            ),
        },
        lock=members()[".terraform.lock.hcl"],
        terraform_version="1.11.4",
        is_opentofu=False,
    )


def test_a_later_plan_names_the_state_it_was_made_from() -> None:
    plan = parse_saved_plan(UPDATE, place="p")
    state = json.loads((INPUTS / "state-v4.json").read_bytes())
    assert (plan.workspace, plan.lineage, plan.serial) == ("dev", state["lineage"], state["serial"])


def test_no_value_of_a_plan_shows_in_its_repr() -> None:
    assert "token" not in repr(parse_saved_plan(FIRST, place="p"))


@pytest.mark.parametrize(
    "sign", [b'# maintained automatically by "tofu init".', b'provider "registry.opentofu.org/a/b" {']
)
def test_the_lock_file_tells_opentofu(sign: bytes) -> None:
    assert parse_saved_plan(archive({".terraform.lock.hcl": sign}), place="p").is_opentofu


def test_the_providers_tell_opentofu() -> None:
    tfplan = members()["tfplan"] + field(5, b'provider["registry.opentofu.org/hashicorp/aws"]')
    assert parse_saved_plan(archive({"tfplan": tfplan}), place="p").is_opentofu


@pytest.mark.parametrize(
    ("content", "lost"),
    [
        ({".terraform.lock.hcl": None}, {"lock": None}),
        ({"tfconfig/modules.json": None}, {"source": {}}),
        ({"tfstate": b'{"version":4}'}, {"serial": None}),
        ({"tfplan": b"\x08\x03"}, {"workspace": None, "backend_type": None, "terraform_version": None}),
        ({"tfplan": b""}, {"workspace": None, "backend_type": None, "terraform_version": None}),
        ({"tfplan": b"\x08\x04" + members()["tfplan"][2:]}, {"workspace": None, "backend_type": None}),
    ],
    ids=[
        "no lock file",
        "no manifest of modules",
        "state without serial",
        "protobuf without fields",
        "empty protobuf",
        "unknown version of the protobuf",
    ],
)
def test_what_the_archive_does_not_say_is_none(content: dict[str, bytes | None], lost: dict[str, object]) -> None:
    whole = parse_saved_plan(FIRST, place="p")
    plan = parse_saved_plan(archive(content), place="p")
    for name in ("lineage", "serial", "workspace", "backend_type", "source", "lock", "terraform_version"):
        assert getattr(plan, name) == lost.get(name, getattr(whole, name))


def test_a_state_store_stands_for_a_backend() -> None:
    tfplan = b"\x08\x03" + field(29, field(1, b"aws_s3") + field(3, b"blue")) + field(14, b"1.15.0")
    plan = parse_saved_plan(archive({"tfplan": tfplan}), place="p")
    assert (plan.backend_type, plan.workspace, plan.terraform_version) == ("aws_s3", "blue", "1.15.0")


def test_names_that_leave_the_archive_are_passed_over() -> None:
    names = ("tfconfig/m-/../../etc/x.tf", "/tfconfig/m-/y.tf", "tfconfig/m-\\z.tf", "tfconfig/m-w.tf")
    strange: dict[str, bytes | None] = dict.fromkeys(names, b"x")
    assert parse_saved_plan(archive(strange), place="p") == parse_saved_plan(FIRST, place="p")


@pytest.mark.parametrize("missing", ["tfplan", "tfstate"])
def test_a_zip_without_the_plan_is_something_else(missing: str) -> None:
    with pytest.raises(NotAPlanError) as caught:
        parse_saved_plan(archive({missing: None}), place="p")
    assert (caught.value.message, caught.value.hint) == ("a zip archive, but not a saved plan", HOW)


def field(number: int, content: bytes) -> bytes:
    """One protobuf field of bytes."""
    tag = number << 3 | 2
    head = bytes([tag]) if tag < 0x80 else bytes([tag & 0x7F | 0x80, tag >> 7])
    assert len(content) < 128
    return head + bytes([len(content)]) + content


PROTO = members()["tfplan"]
BROKEN_MEMBERS: dict[str, dict[str, bytes | None]] = {
    "protobuf cut off": {"tfplan": PROTO[:-1]},
    "protobuf with a group": {"tfplan": PROTO + b"\x0b"},
    "protobuf with an unknown wire type": {"tfplan": PROTO + b"\x0f\x00"},
    "protobuf with field 0": {"tfplan": PROTO + b"\x00\x00"},
    "protobuf with an endless number": {"tfplan": PROTO + b"\x08" + b"\xff" * 11},
    "protobuf with too large a number": {"tfplan": PROTO + b"\x28" + b"\xff" * 9 + b"\x7f"},
    "protobuf with a cut number": {"tfplan": PROTO + b"\x80"},
    "protobuf with two backends": {"tfplan": PROTO + field(13, field(3, b"dev"))},
    "protobuf with backend and state store": {"tfplan": PROTO + field(29, field(3, b"dev"))},
    "protobuf with two workspaces": {"tfplan": b"\x08\x03" + field(13, field(3, b"a") + field(3, b"b"))},
    "protobuf with a number as backend": {"tfplan": b"\x08\x03\x68\x01"},
    "protobuf with a number as workspace": {"tfplan": b"\x08\x03" + field(13, b"\x18\x01")},
    "protobuf with a number as version": {"tfplan": b"\x08\x03\x70\x01"},
    "workspace that is no text": {"tfplan": b"\x08\x03" + field(13, field(3, b"\xff"))},
    "state that is no JSON": {"tfstate": b"x"},
    "state with another lineage": {"tfstate": b'{"lineage":1}'},
    "state that is cut off": {"tfstate": members()["tfstate"][:-3]},
    "manifest that is no JSON": {"tfconfig/modules.json": b"[{]"},
    "manifest of another shape": {"tfconfig/modules.json": b'[{"Key":1}]'},
    "manifest without one of the modules": {"tfconfig/modules.json": b'[{"Key":"","Dir":"."}]'},
}


@pytest.mark.parametrize("name", BROKEN_MEMBERS)
def test_a_damaged_member_is_an_error(name: str) -> None:
    assert refused(lambda: parse_saved_plan(archive(BROKEN_MEMBERS[name]), place="p")) == DAMAGED


def twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target, pytest.warns(UserWarning, match="Duplicate name"):
        for name, data in members().items():
            target.writestr(name, data)
        target.writestr("tfplan", b"\x08\x03")
    return buffer.getvalue()


def encrypted() -> bytes:
    """The flag that says a member is encrypted, set in the list of members."""
    data = bytearray(FIRST)
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    return bytes(data)


def claims(size: int) -> bytes:
    """The first member claims another size in the list of members."""
    data = bytearray(FIRST)
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: FIRST[:-30],
        lambda: FIRST[: len(FIRST) // 2],
        lambda: FIRST[:4],
        lambda: FIRST[:60] + bytes(40) + FIRST[100:],
        twice,
        encrypted,
        lambda: claims(3),
        lambda: claims(3_000_000),
    ],
    ids=[
        "cut at the end",
        "cut in half",
        "only the first bytes",
        "overwritten",
        "a member twice",
        "encrypted",
        "too small",
        "too large",
    ],
)
def test_a_damaged_archive_is_an_error(make: Callable[[], bytes]) -> None:
    assert refused(lambda: parse_saved_plan(make(), place="p")) == DAMAGED


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"tfconfig/m-/bomb.tf": bytes(5_000_000)})
    assert len(bomb) < 20_000
    monkeypatch.setattr(saved, "_MOST_BYTES", 4_000_000)
    message = ("a saved plan of more than 512 MiB", f"write its JSON {BY_HAND}")
    assert refused(lambda: parse_saved_plan(bomb, place="p")) == message


def test_members_that_do_not_matter_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "_MOST_BYTES", 4_000_000)
    assert parse_saved_plan(archive({"something/else": bytes(5_000_000)}), place="p").workspace == "prod"


@settings(deadline=None)
@given(st.data())
def test_a_mutated_plan_is_refused_or_read(data: st.DataObject) -> None:
    plan = bytearray(data.draw(st.sampled_from([FIRST, UPDATE, archive({}, zipfile.ZIP_STORED)])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(plan)))
        plan[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    try:
        parse_saved_plan(bytes(plan), place="p")
    except PlanguardError as error:
        assert error.exit_code is ExitCode.UNREADABLE_PLAN


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(PROTO)))
def test_a_mutated_member_is_refused_or_read(noise: bytes, at: int) -> None:
    for name in ("tfplan", "tfstate", "tfconfig/modules.json"):
        content = members()[name]
        try:
            parse_saved_plan(archive({name: content[:at] + noise + content[at + len(noise) :]}), place="p")
        except PlanguardError as error:
            assert error.exit_code is ExitCode.UNREADABLE_PLAN


# --- terraform, played by a script ---------------------------------------------------------------------------------

# What Terraform 1.11.4 really says (its lines are broken at 78 columns where no terminal is).
VERSION = """
Error: Couldn't show local plan

Plan read error: plan file was created by Terraform 1.11.3, but this is
1.11.4; plan files cannot be transferred between different Terraform versions
"""
NO_SCHEMAS = """
Error: Failed to load plugin schemas

Error while loading schemas for plugin components: Failed to obtain provider
schema: Could not load the schema for provider
registry.terraform.io/hashicorp/aws: failed to instantiate provider
"registry.terraform.io/hashicorp/aws" to obtain schema: unavailable provider
"registry.terraform.io/hashicorp/aws"..
"""
NO_PACKAGE = """
Error: registry.terraform.io/hashicorp/aws: there is no package for registry.terraform.io/hashicorp/aws 5.100.0 \
cached in .terraform/providers
"""
TOFU_VERSION = """
Error: Couldn't show local plan

Plan read error: plan file was created by OpenTofu or Terraform 1.9.0, but
this is 1.10.1; plan files cannot be transferred between different versions
of OpenTofu / Terraform
"""
TOFU_ENCRYPTED = """
Error: Couldn't show local plan

Plan read error: the given plan file is encrypted and requires a valid
encryption configuration to decrypt
"""


class Play:
    """A folder that is all of PATH, with programs that say what they are told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"

    def program(self, name: str, *, out: str = "", err: str = "", code: int = 0, more: str = "") -> Path:
        script = self.folder / name
        (self.folder / f"{name}.out").write_text(out)
        (self.folder / f"{name}.err").write_text(err)
        script.write_text(
            textwrap.dedent(f"""\
            #!/bin/sh
            echo "{name} $*" >> "{self.calls}"
            {more}
            /bin/cat "{self.folder}/{name}.out"
            /bin/cat "{self.folder}/{name}.err" >&2
            exit {code}
            """)
        )
        script.chmod(0o755)
        return script

    def called(self) -> list[str]:
        return [line.split()[0] for line in self.calls.read_text().splitlines()]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return Play(programs)


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    path = folder / "my plan;.tfplan"
    path.write_bytes(FIRST)
    return path


def test_the_json_is_what_terraform_prints(play: Play, plan_file: Path) -> None:
    play.program("terraform", out='{"é":1}\n', err="a warning")
    play.program("tofu")
    plan = read_saved_plan(plan_file, None)
    assert (plan.json, plan.workspace) == ('{"é":1}\n'.encode(), "prod")
    assert play.calls.read_text() == f"terraform show -json -no-color {plan_file}\n"


def test_tofu_is_taken_where_there_is_no_terraform(play: Play, plan_file: Path) -> None:
    play.program("tofu", out="{}")
    assert read_saved_plan(plan_file, None).json == b"{}"


def test_the_other_program_is_asked_when_the_first_cannot(play: Play, plan_file: Path) -> None:
    play.program("terraform", err=VERSION, code=1)
    play.program("tofu", out="{}")
    assert read_saved_plan(plan_file, None).json == b"{}"
    assert play.called() == ["terraform", "tofu"]


def test_tofu_comes_first_for_a_plan_of_opentofu(play: Play, plan_file: Path) -> None:
    plan_file.write_bytes(archive({".terraform.lock.hcl": b'by "tofu init"'}))
    play.program("terraform", out="{}")
    play.program("tofu", out="{}")
    read_saved_plan(plan_file, None)
    assert play.called() == ["tofu"]


def test_a_program_that_is_named_is_the_only_one(play: Play, plan_file: Path) -> None:
    play.program("terraform", out="{}")
    own = play.program("terraform-1.11.3", err=NO_PACKAGE, code=1)
    refused(lambda: read_saved_plan(plan_file, str(own), place="p"))
    assert play.called() == ["terraform-1.11.3"]


def test_a_program_can_be_named_by_a_relative_path(
    play: Play, plan_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = play.program("mine", out="{}")
    monkeypatch.chdir(own.parent)
    assert read_saved_plan(plan_file, "./mine").json == b"{}"


def test_the_cause_that_says_most_is_reported(play: Play, plan_file: Path) -> None:
    play.program("terraform", err=VERSION, code=1)
    play.program("tofu", err=NO_PACKAGE, code=1)
    message, _ = refused(lambda: read_saved_plan(plan_file, None, place="p"))
    assert message.startswith("`tofu` needs the providers")


def not_installed(tool: str, folder: Path) -> tuple[str, str]:
    return (
        f"`{tool}` needs the providers of this plan, and they are not installed in `{folder}`",
        f"run `{tool} init` there, or write the JSON {BY_HAND}",
    )


@pytest.mark.parametrize("err", [NO_SCHEMAS, NO_PACKAGE], ids=["no schemas", "no package"])
def test_providers_that_are_not_installed(play: Play, plan_file: Path, err: str) -> None:
    play.program("terraform", err=err, code=1)
    assert refused(lambda: read_saved_plan(plan_file, None, place="p")) == not_installed(
        "terraform", plan_file.parent
    )


@pytest.mark.parametrize(
    ("name", "err", "message", "hint"),
    [
        (
            "terraform",
            VERSION,
            "made by terraform 1.11.3, and `terraform` here is 1.11.4: only the same version can read a saved plan",
            f"name that version with `--terraform-bin`, or write the JSON {BY_HAND}",
        ),
        (
            "tofu",
            TOFU_ENCRYPTED,
            "encrypted by OpenTofu",
            "write the JSON where the plan was made: `tofu show -json FILE > plan.json`",
        ),
        (
            "terraform",
            "\x1b[31m╷\x1b[0m\n│ Error: Something else: hunter2\n│ \n│ token = hunter2\n╵\n",
            "`terraform show -json` ended with exit code 1 with `Something else`",
            "run `terraform show -json` on it by hand to see the whole message",
        ),
        (
            "terraform",
            "panic: hunter2\n",
            "`terraform show -json` ended with exit code 1",
            "run `terraform show -json` on it by hand to see the whole message",
        ),
    ],
    ids=["another version", "encrypted", "another error", "a crash"],
)
def test_why_terraform_failed(play: Play, plan_file: Path, name: str, err: str, message: str, hint: str) -> None:
    play.program(name, err=err, code=1)
    assert refused(lambda: read_saved_plan(plan_file, None, place="p")) == (message, hint)


def test_the_version_of_a_plan_of_opentofu(play: Play, plan_file: Path) -> None:
    plan_file.write_bytes(archive({".terraform.lock.hcl": b'by "tofu init"'}))
    play.program("tofu", err=TOFU_VERSION, code=1)
    message, _ = refused(lambda: read_saved_plan(plan_file, None, place="p"))
    assert message == "made by tofu 1.9.0, and `tofu` here is 1.10.1: only the same version can read a saved plan"


def test_no_output_is_no_plan(play: Play, plan_file: Path) -> None:
    play.program("terraform", out="\n")
    message, _ = refused(lambda: read_saved_plan(plan_file, None, place="p"))
    assert message == "`terraform show -json` ended with exit code 0"


def test_no_program_at_all(play: Play, plan_file: Path) -> None:
    assert refused(lambda: read_saved_plan(plan_file, None, place="p")) == (
        "a saved binary plan, and neither `terraform` nor `tofu` is on PATH to read it",
        f"name one with `--terraform-bin`, or write its JSON {BY_HAND}",
    )


def test_a_program_that_is_not_there(play: Play, plan_file: Path) -> None:
    message, _ = refused(lambda: read_saved_plan(plan_file, "terraform-9", place="p"))
    assert message == "a saved binary plan, and there is no program `terraform-9` to read it"


def test_a_program_that_is_not_executable(play: Play, plan_file: Path) -> None:
    own = play.program("mine")
    own.chmod(0o644)
    message, _ = refused(lambda: read_saved_plan(plan_file, str(own), place="p"))
    assert message == f"a saved binary plan, and `{own}` is not executable"


def test_a_program_that_is_none(play: Play, plan_file: Path) -> None:
    own = play.program("mine")
    own.write_bytes(b"\x00\x01")
    message, _ = refused(lambda: read_saved_plan(plan_file, str(own), place="p"))
    assert message == "`mine` cannot be run"


def test_a_program_that_does_not_end(play: Play, plan_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "_PATIENCE", 0.3)
    play.program("terraform", more="exec /bin/sleep 60")
    message, _ = refused(lambda: read_saved_plan(plan_file, None, place="p"))
    assert message == "`terraform show -json` did not end within 0.005 minutes"


def test_a_file_that_changes_meanwhile(play: Play, plan_file: Path) -> None:
    play.program("terraform", out="{}", more=f'echo >> "{plan_file}"')
    assert refused(lambda: read_saved_plan(plan_file, None, place="p")) == (
        "changed while it was read",
        "run planguard again when nobody writes the file",
    )


def test_a_file_that_vanishes_meanwhile(play: Play, plan_file: Path) -> None:
    play.program("terraform", out="{}", more=f'/bin/rm "{plan_file}"')
    message, _ = refused(lambda: read_saved_plan(plan_file, None, place="p"))
    assert message == "changed while it was read"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "x.tfplan"
    message, _ = refused(lambda: read_saved_plan(path, None), str(path))
    assert message == "cannot be read: no such file or directory"


def test_what_terraform_gets_to_see(play: Play, plan_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_CLI_ARGS", "TF_CLI_ARGS_show", "TF_LOG", "TF_LOG_PATH"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("TF_DATA_DIR", "data")
    play.program("terraform", out="{}", more=f'/usr/bin/env > "{play.folder}/env"; /bin/cat > "{play.folder}/stdin"')
    read_saved_plan(plan_file, None)
    seen = dict(line.split("=", 1) for line in (play.folder / "env").read_text().splitlines() if "=" in line)
    assert {name: seen[name] for name in seen if name.startswith("TF_")} == {
        "TF_DATA_DIR": "data",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        **{name: os.environ[name] for name in ("TF_CLI_CONFIG_FILE",) if name in os.environ},
    }
    assert seen["CHECKPOINT_DISABLE"] == "1"
    assert (play.folder / "stdin").read_bytes() == b""


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        (["a/b/c/d/.terraform/x", "a/.terraform/x"], "a/b/c/d"),
        (["a/b/main.tf", "a/.terraform/x"], "a/b"),
        (["a/main.tf.json"], "a"),
        (["main.tf", "cwd/.terraform/x"], "cwd"),
        (["cwd/main.tofu"], "cwd"),
        ([], "a/b/c/d"),
    ],
    ids=[
        "the plan's own folder",
        "nearer wins",
        "three above",
        "four above is too far",
        "the current folder",
        "nothing",
    ],
)
def test_where_terraform_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], folder: str) -> None:
    for name in ("a/b/c/d", "cwd"):
        (tmp_path / name).mkdir(parents=True)
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / "cwd")
    assert show.working_folder(tmp_path / "a/b/c/d/tfplan") == tmp_path / folder


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=200), code=st.integers(0, 255))
def test_whatever_a_program_prints(play: Play, plan_file: Path, noise: bytes, code: int) -> None:
    play.program("terraform", code=code)
    (play.folder / "terraform.err").write_bytes(noise)
    with pytest.raises(PlanError):
        read_saved_plan(plan_file, None)


# --- terraform itself ----------------------------------------------------------------------------------------------


def terraform_version() -> str | None:
    program = shutil.which("terraform")
    if program is None:
        return None
    done = subprocess.run([program, "version", "-json"], capture_output=True, check=False)
    return str(json.loads(done.stdout)["terraform_version"]) if done.returncode == 0 else None


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CHECKPOINT_DISABLE", "1")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.devnull)
    found = terraform_version()
    if found is None:
        pytest.skip("there is no terraform on PATH")
    return found


@pytest.mark.parametrize("name", ["first", "update"])
def test_the_real_terraform_reads_the_stored_plans(version: str, name: str) -> None:
    if version != "1.11.4":
        pytest.skip("the stored plans can be read by terraform 1.11.4 only")
    assert read_saved_plan(INPUTS / f"{name}.tfplan", None).json == (INPUTS / f"{name}.json").read_bytes()


def test_the_real_terraform_refuses_another_version(version: str, tmp_path: Path) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(archive({"tfplan": PROTO.replace(b"1.11.4", b"1.0.99")}))
    assert parse_saved_plan(path.read_bytes(), place="p").terraform_version == "1.0.99"
    message, _ = refused(lambda: read_saved_plan(path, "terraform", place="p"))
    wanted = (
        f"made by terraform 1.0.99, and `terraform` here is {version}: only the same version can read a saved plan"
    )
    assert message == wanted


def test_the_real_terraform_misses_a_provider(version: str, tmp_path: Path) -> None:
    if version != "1.11.4":
        pytest.skip("the stored plans can be read by terraform 1.11.4 only")
    path = tmp_path / "tfplan"
    wanted = (
        b'terraform {\n  required_providers {\n    x = { source = "example/x" }\n  }\n}\nresource "x_y" "z" {\n}\n'
    )
    path.write_bytes(archive({"tfconfig/m-/main.tf": wanted, "tfconfig/m-note/main.tf": b"", "tfplan": PROTO}))
    assert refused(lambda: read_saved_plan(path, "terraform", place="p")) == not_installed("terraform", tmp_path)


def test_a_fresh_plan_from_end_to_end(version: str, tmp_path: Path) -> None:
    shutil.copytree(INPUTS / "modules", tmp_path / "modules")
    shutil.copy(INPUTS / "main.tf", tmp_path)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_CLI_ARGS")}
    for command in (["init"], ["workspace", "new", "blue"], ["plan", "-out=tfplan"]):
        subprocess.run(["terraform", *command], cwd=tmp_path, env=environment, check=True, capture_output=True)
    plan = read_saved_plan(tmp_path / "tfplan", None)
    assert (plan.workspace, plan.backend_type, plan.terraform_version) == ("blue", "local", version)
    assert sorted(plan.source) == ["", "note"]
    assert json.loads(plan.json)["terraform_version"] == version
