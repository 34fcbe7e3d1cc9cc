"""Whatever is handed over as a plan: a sentence and an exit code, no traceback, no value out of the file."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import GATE, Answer, Call, run_planguard
from tests.conftest import FIXTURES

CANARY = "CANARY-7f3a91"
INPUTS = FIXTURES / "inputs"


def fixture(name: str) -> dict[str, Any]:
    """A plan of the fixtures, to be spoiled."""
    found: dict[str, Any] = json.loads((FIXTURES / name).read_bytes())
    return found


def written(document: Any) -> bytes:
    """A document as Terraform writes it: on one line."""
    return json.dumps(document, separators=(",", ":")).encode()


def with_at(path: tuple[str | int, ...], value: Any, name: str = "drift-refresh/plan-update.json") -> bytes:
    """A real plan with another value at one place."""
    document = fixture(name)
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return written(document)


def with_text(path: tuple[str | int, ...], text: bytes) -> bytes:
    """A real plan with these very bytes as the value of one place."""
    return with_at(path, "@@", "noop/plan.json").replace(b'"@@"', text)


def assert_refused(answer: Answer, file: str) -> None:
    """Exit code 3, one sentence and its advice on standard error, and nothing out of the file anywhere."""
    assert answer.code == 3
    assert len(answer.errors) == 1
    assert answer.errors[0].startswith(f"error: {file}: ")
    assert len(answer.helps) == 1
    assert len(answer.err.splitlines()) == 2
    assert CANARY not in answer.out + answer.err
    report = answer.report
    assert report["outcome"] == "block"
    assert report["decisions"] == []
    [unreadable] = report["unreadable"]
    assert answer.errors == [f"error: {unreadable['file']}: {unreadable['message']}"]
    assert answer.helps == [f"help: {unreadable['help']}"]


CHANGE = ("resource_changes", 0)
DETAIL = (*CHANGE, "change")
BLOCK = ("configuration", "root_module", "resources", 0)
NESTED = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
NOOP = written(fixture("noop/plan.json"))

BROKEN: dict[str, bytes] = {
    "nothing at all": b"",
    "white space": b" \n\t\n",
    "null": b"null",
    "a list": b"[]",
    "a list with something in it": written([CANARY]),
    "a number": b"42",
    "a word": written(CANARY),
    "an empty object": b"{}",
    "an object that is no plan": written({CANARY: CANARY}),
    "the plan as text": (INPUTS / "plan.txt").read_bytes(),
    "the plan as coloured text": (INPUTS / "plan-color.txt").read_bytes(),
    "the text of a plan without changes": (INPUTS / "no-changes.txt").read_bytes(),
    "half a plan": NOOP[: len(NOOP) // 2],
    "a plan without its last brace": NOOP[:-1],
    "two plans": NOOP + b"\n" + NOOP,
    "something behind the plan": NOOP + CANARY.encode(),
    "NaN in a value": with_text((*DETAIL, "after", "name"), b"NaN"),
    "Infinity in a value": with_text((*DETAIL, "after", "name"), b"-Infinity"),
    "a key twice at the top": NOOP[:-1] + b',"resource_changes":[]}',
    "a key twice in a resource change": with_text((*CHANGE, "mode"), b'"managed","mode":"data"'),
    "a key twice in a change": with_text((*DETAIL, "actions"), b'["no-op"],"actions":["create"]'),
    "after twice": with_text((*DETAIL, "after"), b'{"name":"a"},"after":{"name":"b"}'),
    "a key twice in after": with_text((*DETAIL, "after", "name"), b'"a","name":"b"'),
    "a key twice deep inside after": with_text(
        (*DETAIL, "after", "tags"), b'{"x":[{"a":"%s","a":1}]}' % CANARY.encode()
    ),
    "a key twice in the configuration": with_text(
        ("configuration", "root_module"), b'{},"root_module":{"resources":[]}'
    ),
    "a key twice in a block": with_text((*BLOCK, "type"), b'"aws_sns_topic","type":"aws_sqs_queue"'),
    "a key twice in an expression": with_text(
        (*BLOCK, "expressions"), b'{"a":{"references":["b.c"],"references":[]}}'
    ),
    "a key twice in the prior state": with_text(("prior_state", "values"), b'{},"values":{"root_module":{}}'),
    "a key twice in a value of the prior state": with_text(
        ("prior_state", "values", "root_module", "resources", 0, "values"), b'{"a":1,"a":2}'
    ),
    "a key twice in an output": with_text(
        ("output_changes", "account", "actions"), b'["no-op"],"actions":["create"]'
    ),
    "10,000 levels at the top": b'{"format_version":"1.2","resource_changes":' + NESTED + b"}",
    "10,000 levels of lists alone": b"[" * 10_000 + b"]" * 10_000,
    "10,000 levels inside before": with_text((*DETAIL, "before"), NESTED),
    "10,000 levels inside after": with_text((*DETAIL, "after", "tags"), NESTED),
    "10,000 levels inside after_unknown": with_text((*DETAIL, "after_unknown"), NESTED),
    "10,000 levels inside the configuration": with_text(("configuration", "root_module"), NESTED),
    "half a surrogate pair in a value": with_text((*DETAIL, "after", "name"), b'"%s\\ud800"' % CANARY.encode()),
    "half a surrogate pair in an address": with_text((*CHANGE, "address"), b'"aws_sqs_queue.\\udfff"'),
    "broken UTF-8 in a value": with_text((*DETAIL, "after", "name"), b'"%s\xff"' % CANARY.encode()),
    "a surrogate written as UTF-8": with_text((*DETAIL, "after", "name"), b'"\xed\xa0\x80"'),
    "a state file": (INPUTS / "state-v4.json").read_bytes(),
    "a state as terraform shows it": (INPUTS / "state.json").read_bytes(),
    "the state of a whole stack": (FIXTURES / "stacks/aws-shop-dev/state.json").read_bytes(),
    "the stream of plan -json": (INPUTS / "plan-stream.json").read_bytes(),
    "the answer of validate": (INPUTS / "validate.json").read_bytes(),
    "the schemas of providers": (INPUTS / "schemas.json").read_bytes(),
    "HCP's redacted plan": written(
        {"plan_format_version": "1.2", "provider_schemas": {}, "resource_changes": [CANARY]}
    ),
    "a bookmark of a plan in the cloud": written(
        {"remote_plan_format": 1, "run_id": f"run-{CANARY}", "hostname": "app.terraform.io"}
    ),
    "a plan that OpenTofu encrypted": written({"encrypted_data": CANARY, "encryption_version": "v0", "meta": {}}),
    "an errored plan": (FIXTURES / "errored/plan.json").read_bytes(),
    "an errored update": (INPUTS / "errored.json").read_bytes(),
    "a format of another major version": (FIXTURES / "hand-made/format-2.0.json").read_bytes(),
    "a format that is no version": with_at(("format_version",), CANARY),
    "no format": NOOP.replace(b'"format_version":"1.2",', b"", 1),
    "an unknown action": (FIXTURES / "hand-made/unknown-action.json").read_bytes(),
    "an action that shows no word": with_at((*DETAIL, "actions"), [CANARY]),
    "two actions that do not go together": with_at((*DETAIL, "actions"), ["update", "delete"]),
    "no action": with_at((*DETAIL, "actions"), []),
    "an unknown mode": with_at((*CHANGE, "mode"), CANARY),
    "an object twice": written(
        {**fixture("noop/plan.json"), "resource_changes": fixture("noop/plan.json")["resource_changes"][:1] * 2}
    ),
    "a compressed file": gzip.compress(NOOP),
    "a web page": f"<html><title>{CANARY}</title></html>".encode(),
    "a configuration": f'resource "aws_sqs_queue" "x" {{\n  name = "{CANARY}"\n}}\n'.encode(),
    "YAML": f"name: {CANARY}\n".encode(),
    "a message of terraform": f"╷\n│ Error: {CANARY}\n╵\n".encode(),
    "the output of a wrapper": b"[command]/usr/bin/terraform show -json tfplan\n" + NOOP,
    "zip magic and nothing behind it": b"PK\x03\x04" + CANARY.encode(),
    "a binary file": bytes(range(256)),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_is_refused(data: bytes, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    assert_refused(planguard("check", file, "--format", "json", *GATE), str(file))


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_is_refused_in_the_text_report(data: bytes, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    answer = planguard("check", file, *GATE)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.count("error: ") == 1
    assert answer.err.count("help: ") == 1
    assert CANARY not in answer.out + answer.err
    assert "Traceback" not in answer.out + answer.err


WRONG_TYPES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "resource_changes is a text": (("resource_changes",), CANARY),
    "resource_changes is an object": (("resource_changes",), {CANARY: CANARY}),
    "a resource change is a text": (CHANGE, CANARY),
    "a resource change is null": (CHANGE, None),
    "an address is a number": ((*CHANGE, "address"), 5),
    "a type is a list": ((*CHANGE, "type"), [CANARY]),
    "an index is an object": ((*CHANGE, "index"), {CANARY: 1}),
    "an index is a list": ((*CHANGE, "index"), [CANARY]),
    "a change is missing": (CHANGE, {"address": "a.b", "mode": "managed", "type": "a", "name": "b"}),
    "a change is a list": (DETAIL, [CANARY]),
    "actions are a number": ((*DETAIL, "actions"), 5),
    "actions are a text": ((*DETAIL, "actions"), "no-op"),
    "actions are numbers": ((*DETAIL, "actions"), [1]),
    "after is a list": ((*DETAIL, "after"), [CANARY]),
    "after is a text": ((*DETAIL, "after"), CANARY),
    "after is a number": ((*DETAIL, "after"), 5),
    "after is true": ((*DETAIL, "after"), True),
    "before is a list": ((*DETAIL, "before"), [CANARY]),
    "before is a text": ((*DETAIL, "before"), CANARY),
    "a module address is nonsense": ((*CHANGE, "module_address"), f'][" {CANARY}'),
    "a module address has no module": ((*CHANGE, "module_address"), CANARY),
    "a module address is a list": ((*CHANGE, "module_address"), [CANARY]),
    "the configuration is a list": (("configuration",), [CANARY]),
    "the root module is a text": (("configuration", "root_module"), CANARY),
    "blocks are an object": (("configuration", "root_module", "resources"), {CANARY: CANARY}),
    "a block is a text": (("configuration", "root_module", "resources", 0), CANARY),
    "module calls are a list": (("configuration", "root_module", "module_calls"), [CANARY]),
    "prior_state is a text": (("prior_state",), CANARY),
    "the values of prior_state are a list": (("prior_state", "values"), [CANARY]),
    "the resources of prior_state are a text": (("prior_state", "values", "root_module", "resources"), CANARY),
    "a resource of prior_state is a number": (("prior_state", "values", "root_module", "resources", 0), 5),
    "resource_drift is a text": (("resource_drift",), CANARY),
    "output_changes are a list": (("output_changes",), [CANARY]),
    "the actions of an output are a text": (("output_changes", "alerts", "actions"), CANARY),
    "variables are a list": (("variables",), [CANARY]),
    "checks are an object": (("checks",), {CANARY: 1}),
    "complete is a text": (("complete",), CANARY),
    "errored is a text": (("errored",), CANARY),
    "format_version is a number": (("format_version",), 1.2),
    "terraform_version is a list": (("terraform_version",), [CANARY]),
    "action_invocations are a text": (("action_invocations",), CANARY),
    "deferred_changes are a text": (("deferred_changes",), CANARY),
    "a created object has nothing after": ((*DETAIL,), {"actions": ["create"], "before": None, "after": None}),
}


@pytest.mark.parametrize(("path", "value"), WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_wrong_type_is_refused(path: tuple[str | int, ...], value: Any, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(with_at(path, value))
    assert_refused(planguard("check", file, "--format", "json", *GATE), str(file))


MASKS_AND_REFERENCES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "after_unknown is a text": ((*DETAIL, "after_unknown"), CANARY),
    "after_unknown is a list with true in it": ((*DETAIL, "after_unknown"), [True, CANARY]),
    "after_sensitive is a number": ((*DETAIL, "after_sensitive"), 5),
    "before_sensitive is a list": ((*DETAIL, "before_sensitive"), [True]),
    "replace_paths are a text": ((*DETAIL, "replace_paths"), CANARY),
    "importing is a number": ((*DETAIL, "importing"), 5),
    "expressions are a text": (("configuration", "root_module", "resources", 0, "expressions"), CANARY),
    "references are numbers": (
        ("configuration", "root_module", "resources", 0, "expressions"),
        {"name": {"references": [1, None, CANARY]}},
    ),
    "references are nonsense": (
        ("configuration", "root_module", "resources", 0, "expressions"),
        {"name": {"references": [f']["{CANARY}', "", ".", "[["]}},
    ),
    "relevant attributes are a number": (("relevant_attributes",), 5),
    "relevant attributes are true": (("relevant_attributes",), True),
    "a relevant resource is a list": (("relevant_attributes",), [{"resource": [CANARY]}]),
    "planned values are a text": (("planned_values",), CANARY),
    "provider_config is null": (("configuration", "provider_config"), None),
}


@pytest.mark.parametrize("path, value", MASKS_AND_REFERENCES.values(), ids=MASKS_AND_REFERENCES.keys())
def test_strange_part_is_refused_or_decided_on(
    path: tuple[str | int, ...], value: Any, planguard: Call, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(with_at(path, value))
    answer = planguard("check", file, "--format", "json", *GATE)
    if answer.code == 3:
        assert_refused(answer, str(file))
    else:
        assert answer.code in (0, 1)
        assert answer.err == ""
        assert CANARY not in answer.out


# --- places, and files that cannot be opened -----------------------------------------------------------------------


def test_a_missing_file_is_refused(planguard: Call) -> None:
    assert_refused(planguard("check", "no-such.json", "--format", "json", *GATE), "no-such.json")


def test_a_folder_without_plans_is_refused(planguard: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(CANARY)
    assert_refused(planguard("check", tmp_path, "--format", "json", *GATE), str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(NOOP)
    file.chmod(0)
    assert_refused(planguard("check", file, "--format", "json", *GATE), str(file))


def test_a_file_that_the_system_does_not_let_be_read_is_refused(
    planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(NOOP)
    real_open = os.open

    def denied(path: Any, *rest: Any, **more: Any) -> int:
        if str(path) == str(file):
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, *rest, **more)

    monkeypatch.setattr(os, "open", denied)
    answer = planguard("check", file, "--format", "json", *GATE)
    monkeypatch.undo()
    assert_refused(answer, str(file))
    assert answer.errors == [f"error: {file}: cannot be read: permission denied"]


def test_a_pipe_instead_of_a_file_is_refused_without_waiting(planguard: Call, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.json")
    file = tmp_path / "plan.json"
    assert_refused(planguard("check", file, "--format", "json", *GATE), str(file))


def test_standard_input_with_nothing_in_it_is_refused(planguard: Call) -> None:
    assert_refused(planguard("check", "-", "--format", "json", *GATE), "standard input")


def test_a_saved_plan_on_standard_input_is_refused(planguard: Call) -> None:
    saved = (INPUTS / "first.tfplan").read_bytes()
    assert_refused(planguard("check", "-", "--format", "json", *GATE, stdin=saved), "standard input")


def test_a_saved_plan_without_terraform_is_refused(
    planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = planguard("check", "inputs/first.tfplan", "--format", "json", *GATE)
    assert_refused(answer, "inputs/first.tfplan")
    assert "neither `terraform` nor `tofu` is on PATH" in answer.err


def _terraform_of_another_version(folder: Path) -> Path:
    program = folder / "terraform"
    program.write_text(
        "#!/bin/sh\n"
        f"echo 'Error: {CANARY}' >&2\n"
        "echo 'plan file was created by Terraform 1.11.4, but this is 1.5.7; plan files cannot be "
        "transferred between different Terraform versions' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    return program


def test_a_saved_plan_of_another_version_is_refused(planguard: Call, tmp_path: Path) -> None:
    program = _terraform_of_another_version(tmp_path)
    answer = planguard("check", "inputs/first.tfplan", "--terraform-bin", program, "--format", "json", *GATE)
    assert_refused(answer, "inputs/first.tfplan")
    assert "made by terraform 1.11.4, and `terraform` here is 1.5.7" in answer.err


def test_a_damaged_saved_plan_is_refused(planguard: Call, tmp_path: Path) -> None:
    saved = (INPUTS / "first.tfplan").read_bytes()
    file = tmp_path / "tfplan"
    file.write_bytes(saved[: len(saved) // 2])
    assert_refused(planguard("check", file, "--format", "json", *GATE), str(file))


def test_a_broken_plan_among_good_ones_is_told_and_counts(planguard: Call, tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "noop/plan-update.json", tmp_path / "a.json")
    (tmp_path / "b.json").write_bytes(NOOP[:-200])
    answer = planguard("check", tmp_path, "--format", "json", *GATE)
    assert answer.code == 3
    assert [one["plan"]["file"] for one in answer.report["decisions"]] == [str(tmp_path / "a.json")]
    assert [one["file"] for one in answer.report["unreadable"]] == [str(tmp_path / "b.json")]
    assert answer.report["outcome"] == "block"


# --- large, and strange but sound ----------------------------------------------------------------------------------


def test_a_text_of_100_megabytes_in_a_tag_is_decided_on(tmp_path: Path) -> None:
    import resource

    file = tmp_path / "plan.json"
    head, tail = with_at((*DETAIL, "after", "tags"), {"owner": "@@"}, "noop/plan.json").split(b"@@")
    with file.open("wb") as out:
        out.write(head)
        for _ in range(100):
            out.write(b"x" * 1_000_000)
        out.write(tail)
    report = tmp_path / "report.json"
    answer = run_planguard("check", file, "--format", f"json={report}", *GATE)
    assert answer.err == ""
    assert answer.code == 1
    assert report.stat().st_size < 20_000
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    assert most < 1_500


ODD_BUT_SOUND: dict[str, bytes] = {
    "with a byte order mark": b"\xef\xbb\xbf" + NOOP,
    "as PowerShell writes it": ("\ufeff" + NOOP.decode()).encode("utf-16-le"),
    "indented": json.dumps(fixture("noop/plan.json"), indent=4).encode(),
    "with a line feed behind it": NOOP + b"\n",
    "with keys that nobody knows": written({**fixture("noop/plan.json"), CANARY: CANARY}),
    "with NUL in a name": with_text((*DETAIL, "after", "description"), b'"a\\u0000b"'),
    "with a whole surrogate pair": with_text((*DETAIL, "after", "description"), b'"\\ud83d\\ude00"'),
    "with an enormous number": with_text((*DETAIL, "after", "from_port"), b"9" * 400),
    "with a number beyond any float": with_text((*DETAIL, "after", "from_port"), b"1e999"),
}


@pytest.mark.parametrize("data", ODD_BUT_SOUND.values(), ids=ODD_BUT_SOUND.keys())
def test_odd_file_is_decided_on_or_refused(data: bytes, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    answer = planguard("check", file, "--format", "json", *GATE)
    if answer.code == 3:
        assert_refused(answer, str(file))
    else:
        assert answer.code == 1
        assert answer.err == ""
        assert CANARY not in answer.out


@pytest.mark.parametrize("name", ["with a byte order mark", "as PowerShell writes it", "indented"])
def test_the_way_a_plan_is_written_does_not_count(name: str, planguard: Call, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain.json", tmp_path / "odd.json"
    plain.write_bytes(NOOP)
    odd.write_bytes(ODD_BUT_SOUND[name])
    answer = planguard("check", plain, odd, "--format", "json", *GATE)
    first, second = answer.report["decisions"]
    first["plan"].pop("file")
    second["plan"].pop("file")
    assert first == second


@pytest.mark.parametrize("levels", [100, 400, 480, 500, 700, 950])
@pytest.mark.parametrize("part", ["before", "after", "after_unknown", "after_sensitive"])
def test_a_value_of_many_levels_is_refused_or_decided_on(
    part: str, levels: int, planguard: Call, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(with_text((*DETAIL, part), b'{"a":' * levels + b"true" + b"}" * levels))
    answer = planguard("check", file, "--format", "json", *GATE)
    if answer.code == 3:
        assert_refused(answer, str(file))
    else:
        assert answer.code in (0, 1)
        assert answer.err == ""


# --- plans that are spoiled at random ------------------------------------------------------------------------------

SMALL = ("inputs/update.json", "noop/plan.json", "hand-made/deferred-changes.json", "deposed/plan-deposed.json")
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["no-op", "create", "delete", "aws_sqs_queue.jobs", "module.x", 'module.a["b', "data", "*"]),
)
NODES = st.recursive(
    LEAVES,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.text(max_size=6), below, max_size=3)),
    max_leaves=5,
)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        found += _places(below, (*path, step))
    return found


def _spoiled(document: dict[str, Any], draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, Any]:
    document = deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(document)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        part: Any = document
        for step in way:
            part = part[step]
        what = draw(st.sampled_from(["delete", "replace", "insert", "copy"]))
        if what == "delete":
            del part[last]
        elif what == "replace":
            part[last] = draw(NODES)
        elif what == "copy":
            part[last] = deepcopy(document)
        elif isinstance(part, list):
            part.insert(int(last), draw(NODES))
        else:
            part[draw(st.text(max_size=6))] = draw(NODES)
    return document


@st.composite
def spoiled_plans(draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    """A real plan in which a few places were deleted, replaced or added."""
    return written(_spoiled(fixture(draw(st.sampled_from(SMALL))), draw))


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=spoiled_plans())
def test_a_spoiled_plan_never_breaks_planguard(data: bytes, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    for words in (("check", file, "--format", "json", *GATE), ("graph", file)):
        answer = planguard(*words)
        assert answer.code in (0, 1, 3, 4)
        assert "Traceback" not in answer.out + answer.err
        assert "planguard failed" not in answer.out + answer.err
        if answer.code == 3:
            assert len(answer.errors) == 1
            assert len(answer.helps) == 1
