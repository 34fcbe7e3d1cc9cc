"""What is taken for a plan, and how everything else is named."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planguard.errors import ExitCode, NotAPlanError, PlanError
from planguard.plan.encoding import to_utf8
from planguard.plan.kind import HOW, examine, recognise, safe_version

INPUTS = Path(__file__).parents[2] / "fixtures" / "inputs"
PLAN = (INPUTS / "first.json").read_bytes()
AGAIN = "write it again with `terraform show -json tfplan > plan.json`, and look whether that command failed"
NEWER = "formats 0.1, 0.2 and 1.* are known; a newer planguard may know this one"


def plan(**changes: Any) -> bytes:
    """A small plan with other top-level keys; None takes one away."""
    document = {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {}, **changes}
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "nothing")
    return buffer.getvalue()


def fixture(name: str) -> bytes:
    return (INPUTS / name).read_bytes()


# name: (content, message, hint). What was understood to be something else is a NotAPlanError.
OTHER = {
    "state from show": (fixture("state.json"), "a state, not a plan", HOW),
    "state of an empty workspace": (b'{"format_version":"1.0"}\n', "a state, not a plan", HOW),
    "state file": (fixture("state-v4.json"), "a state file, not a plan", HOW),
    "state file without lineage": (
        b'{"version":3,"terraform_version":"0.11.14","resources":[]}',
        "a state file, not a plan",
        HOW,
    ),
    "stream of plan -json": (
        fixture("plan-stream.json"),
        "the log of `terraform plan -json`, which has no values in it",
        HOW,
    ),
    "first line of that stream": (
        fixture("plan-stream.json").splitlines()[0],
        "the log of `terraform plan -json`, which has no values in it",
        HOW,
    ),
    "bookmark of a cloud plan": (
        b'{"remote_plan_format":1,"run_id":"run-x","hostname":"app.terraform.io"}',
        "a bookmark of a plan that is kept in HCP Terraform, not the plan",
        "in the configuration's folder, with admin access to the workspace: `terraform show -json FILE > plan.json`",
    ),
    "redacted plan of HCP": (
        b'{"plan_format_version":"1.2","resource_changes":[],"provider_format_version":"1.0","provider_schemas":{}}',
        "HCP Terraform's redacted plan, which has neither configuration nor sensitive values",
        "fetch `json-output` instead of `json-output-redacted`, with a token that has admin access",
    ),
    "encrypted by OpenTofu": (
        b'{"meta":{"key_provider.pbkdf2.x":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}',
        "a plan or state that OpenTofu encrypted",
        "where its key is configured: `tofu show -json FILE > plan.json`",
    ),
    "schemas of providers": (fixture("schemas.json"), "the schemas of providers, not a plan", HOW),
    "answer of validate": (fixture("validate.json"), "the answer of `terraform validate -json`, not a plan", HOW),
    "answer of version": (
        b'{"terraform_version":"1.11.4","platform":"linux_amd64","provider_selections":{}}',
        "the answer of `terraform version -json`, not a plan",
        HOW,
    ),
    "list of functions": (
        b'{"format_version":"1.0","function_signatures":{}}',
        "the list of terraform's functions, not a plan",
        HOW,
    ),
    "package.json": (b'{"name":"x","version":"1.0.0","dependencies":{}}', "JSON, but not a plan", HOW),
    "empty object": (b"{}", "JSON, but not a plan", HOW),
    "other JSON with a format version": (b'{"format_version":"1.0","things":[]}', "JSON, but not a plan", HOW),
    "other JSON with a number as version": (b'{"format_version":2}', "JSON, but not a plan", HOW),
    "array": (b'[{"format_version":"1.2"}]', "a JSON array, not the object that a plan is", HOW),
    "empty array": (b" [ ]\n", "a JSON array, not the object that a plan is", HOW),
    "array of numbers": (b"[1, 2]", "a JSON array, not the object that a plan is", HOW),
    "null": (b"null\n", "a single JSON value, not the object that a plan is", HOW),
    "number": (b"-1.5e3", "a single JSON value, not the object that a plan is", HOW),
    "string": (b'"a \\" b"', "a single JSON value, not the object that a plan is", HOW),
    "plan as text": (fixture("plan.txt"), "a plan as terraform prints it for people, not as JSON", HOW),
    "plan as text in colour": (
        fixture("plan-color.txt"),
        "a plan as terraform prints it for people, not as JSON",
        HOW,
    ),
    "plan without changes as text": (
        fixture("no-changes.txt"),
        "a plan as terraform prints it for people, not as JSON",
        HOW,
    ),
    "OpenTofu's plan as text": (
        b"\x1b[0m\x1b[1mOpenTofu will perform the following actions:\x1b[0m\r\n",
        "a plan as terraform prints it for people, not as JSON",
        HOW,
    ),
    "a refresh before the text": (
        b'module.a["x:y"].aws_vpc.b: Refreshing state... [id=vpc-1]\n',
        "a plan as terraform prints it for people, not as JSON",
        HOW,
    ),
    "error of terraform": (
        "\n\x1b[31m╷\x1b[0m\n\x1b[31m│\x1b[0m \x1b[1mError: No configuration files\x1b[0m\n".encode(),
        "a message of terraform, not a plan",
        AGAIN,
    ),
    "HCL": (
        fixture("main.tf"),
        "the source of a configuration, not a plan",
        HOW,
    ),
    "HCL with a comment first": (
        b'# the network\nresource "aws_vpc" "a" {\n}\n',
        "the source of a configuration, not a plan",
        HOW,
    ),
    "YAML": (b"policy:\n  gates: []\n", "YAML, not the JSON of a plan", HOW),
    "YAML with a document mark": (b"---\n# x\n", "YAML, not the JSON of a plan", HOW),
    "YAML list": (b"- name: x\n", "YAML, not the JSON of a plan", HOW),
    "web page": (
        b"<!DOCTYPE html><title>Sign in</title>",
        "a web page or XML, not a plan",
        "look whether a download was answered by a login page",
    ),
    "Git LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        "a pointer of Git LFS, not the file itself",
        "fetch the file with `git lfs pull`",
    ),
    "gzip": (gzip.compress(PLAN), "a compressed file", "unpack it first"),
    "zip": (a_zip(), "a zip archive, but not a saved plan", HOW),
    "ELF binary": (b"\x7fELF\x02\x01\x01" + bytes(64), "a binary file", HOW),
    "zero bytes": (bytes(64), "a binary file", HOW),
    "prose": (b"Dear team, the plan is attached.\n", "text, but neither JSON nor a saved plan", HOW),
    "errored plan": (
        fixture("errored.json"),
        "terraform stopped with an error while it made this plan",
        "fix the error and plan again: what this plan leaves out cannot be judged",
    ),
    "format 2.0": (plan(format_version="2.0"), "JSON in format `2.0` that this planguard does not know", NEWER),
    "format 2.0 with other keys": (
        b'{"format_version":"2.0","changes":[]}',
        "JSON in format `2.0` that this planguard does not know",
        NEWER,
    ),
    "format 0.3": (plan(format_version="0.3"), "JSON in format `0.3` that this planguard does not know", NEWER),
    "format 1": (plan(format_version="1"), "JSON in format `1` that this planguard does not know", NEWER),
    "format that is no version": (
        plan(format_version="hunter2 the secret"),
        "JSON in a format that this planguard does not know",
        NEWER,
    ),
    "format with a line break": (
        plan(format_version="1.2\n"),
        "JSON in a format that this planguard does not know",
        NEWER,
    ),
    "format that is very long": (
        plan(format_version="1" * 99),
        "JSON in a format that this planguard does not know",
        NEWER,
    ),
}

WRAPPER = "with hashicorp/setup-terraform, set `terraform_wrapper: false`"
# What is damaged is a PlanError.
BROKEN = {
    "empty": (b"", "empty", AGAIN),
    "white space": (b" \r\n\t" * 40000, "nothing but white space", AGAIN),
    "cut off": (PLAN[:1000], "JSON that breaks off in the middle", AGAIN),
    "cut off in a word": (
        b'{"format_version":"1.2","planned_values":nul',
        "JSON that breaks off in the middle",
        AGAIN,
    ),
    "cut off after a brace": (b"{", "JSON that breaks off in the middle", AGAIN),
    "NaN": (b'{"a":NaN}', "JSON with `NaN` or `Infinity`, which terraform never writes", AGAIN),
    "Infinity": (b'{"a":[1,Infinity]}', "JSON with `NaN` or `Infinity`, which terraform never writes", AGAIN),
    "minus Infinity": (b'{"a":-Infinity}', "JSON with `NaN` or `Infinity`, which terraform never writes", AGAIN),
    "broken UTF-8 in a value": (plan().replace(b"1.11.4", b"\xff"), "broken UTF-8", AGAIN),
    "broken UTF-8 in a key": (b'{"\xff":1}', "broken UTF-8", AGAIN),
    "UTF-8 cut off inside a value": (plan().replace(b"1.11.4", b"caf\xc3"), "broken UTF-8", AGAIN),
    "surrogates in UTF-8": (plan().replace(b"1.11.4", b"\xed\xa0\x80"), "broken UTF-8", AGAIN),
    "too deep": (b'{"a":' + b"[" * 20000 + b"]" * 20000 + b"}", "JSON that is nested deeper than any plan", AGAIN),
    "two documents": (plan() + b"\n" + plan(), "more than one JSON document", "give every plan a file of its own"),
    "text behind": (plan() + b"\nDone.\n", "a JSON document with something else behind it", AGAIN),
    "zero bytes behind": (plan() + b"\x00\x00", "a JSON document with something else behind it", AGAIN),
    "wrapper's command before": (
        b"[command]/opt/terraform-bin show -json tfplan\n" + plan(),
        "the output of a pipeline's wrapper around terraform, not only the plan",
        WRAPPER,
    ),
    "wrapper's lines behind": (
        plan() + b"\n::debug::Terraform exited with code 0.\n",
        "a plan with lines of a pipeline behind it",
        WRAPPER,
    ),
    "a key twice": (
        b'{"format_version":"1.2","resource_changes":[1],"planned_values":{},"resource_changes":[]}',
        "a key stands twice at the top level, so that two readers could take it for two plans",
        AGAIN,
    ),
    "a key twice, once escaped": (
        b'{"format_version":"1.2","planned_values":{},"planned\\u005fvalues":{}}',
        "a key stands twice at the top level, so that two readers could take it for two plans",
        AGAIN,
    ),
    "no colon": (b'{"format_version" "1.2"}', "broken JSON at byte 18", AGAIN),
    "single quotes": (b"{'a': 1}", "broken JSON at byte 1", AGAIN),
    "plan without a format": (plan(format_version=None), "a plan without `format_version`", AGAIN),
    "format as a number": (plan(format_version=1.2), "a plan whose `format_version` is not a text", AGAIN),
    "format is an object": (plan(format_version={}), "a plan whose `format_version` is not a text", AGAIN),
    "errored is a text": (plan(errored="false"), "`errored` is neither true nor false", AGAIN),
    "errored is null": (plan().replace(b"{", b'{"errored":null,', 1), "`errored` is neither true nor false", AGAIN),
}


@pytest.mark.parametrize("name", OTHER)
def test_something_else_is_named(name: str) -> None:
    data, message, hint = OTHER[name]
    with pytest.raises(NotAPlanError) as caught:
        recognise(data, "some/file.json")
    error = caught.value
    assert (error.message, error.hint, error.place) == (message, hint, "some/file.json")
    assert error.exit_code is ExitCode.UNREADABLE_PLAN


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused(name: str) -> None:
    data, message, hint = BROKEN[name]
    with pytest.raises(PlanError) as caught:
        recognise(data, "some/file.json")
    error = caught.value
    assert (error.message, error.hint, error.place) == (message, hint, "some/file.json")
    assert type(error) is PlanError
    assert error.exit_code is ExitCode.UNREADABLE_PLAN


@pytest.mark.parametrize("name", [*OTHER, *BROKEN])
def test_a_view_of_the_bytes_is_judged_like_them(name: str) -> None:
    data = (OTHER.get(name) or BROKEN[name])[0]
    assert examine(memoryview(data)) == examine(data)


@pytest.mark.parametrize("name", ["first.json", "update.json"])
def test_a_real_plan_gives_its_top_level(name: str) -> None:
    data = fixture(name)
    top = recognise(data, "p")
    assert {key: msgspec.json.decode(raw) for key, raw in top.items()} == json.loads(data)


def test_values_are_views_into_the_one_buffer() -> None:
    buffer = bytearray(plan(configuration={"a": 1}))
    raw = recognise(memoryview(buffer), "p")["configuration"]
    buffer[buffer.index(b"1}")] = ord("2")
    assert bytes(raw) == b'{"a": 2}'


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_known_formats(version: str) -> None:
    assert isinstance(examine(plan(format_version=version)), dict)


@pytest.mark.parametrize("key", ["planned_values", "resource_changes", "configuration"])
def test_one_key_of_a_plan_is_enough(key: str) -> None:
    assert isinstance(examine(plan(**{"planned_values": None, key: []})), dict)


@pytest.mark.parametrize(
    "data",
    [json.dumps(json.loads(PLAN), indent=2).encode(), b"\n\n  " + PLAN, PLAN + b" \r\n", "\ufeff".encode() + PLAN],
    ids=["indented", "white space before", "white space behind", "byte order mark"],
)
def test_ways_to_write_a_plan(data: bytes) -> None:
    assert len(recognise(to_utf8(data, place="p"), "p")) == 11


def test_a_plan_is_as_deep_as_it_likes_within_reason() -> None:
    value: Any = 1
    for _ in range(300):
        value = {"a": value}
    assert isinstance(examine(plan(variables=value)), dict)


def test_text_that_is_not_ascii_is_checked_across_blocks() -> None:
    text = "é" * 100_000
    for data in (plan(variables=text), json.dumps(json.loads(plan(variables=text)), ensure_ascii=False).encode()):
        assert isinstance(examine(data), dict)


SECRET = "hunter2-correct-horse"


@pytest.mark.parametrize(
    "data",
    [
        f'{{"{SECRET}":1}}'.encode(),
        f'{{"format_version":"{SECRET} "}}'.encode(),
        f'{{"format_version":"1.2","planned_values":{{}},"errored":"{SECRET}"}}'.encode(),
        f'{{"a":"{SECRET}'.encode(),
        f'{{"a" {SECRET}'.encode(),
        f'{{"{SECRET}":1,"{SECRET}":1}}'.encode(),
        f'{{"a":1}} {SECRET}'.encode(),
        f"Error: {SECRET}".encode(),
        f'"{SECRET}"'.encode(),
        f"{SECRET}: 1".encode(),
        f"resource {SECRET} {{".encode(),
        SECRET.encode(),
    ],
    ids=lambda data: data.decode().replace(SECRET, "…"),
)
def test_no_message_repeats_what_stands_in_the_file(data: bytes) -> None:
    trouble = examine(data)
    assert not isinstance(trouble, dict)
    assert SECRET not in trouble.message + trouble.hint


@pytest.mark.parametrize("name", [*OTHER, *BROKEN])
def test_every_message_is_one_clause(name: str) -> None:
    _, message, hint = OTHER.get(name) or BROKEN[name]
    for text in (message, hint):
        assert "\n" not in text
        assert not text.endswith(".")
    assert not re.match(r"(It|The|This|An?|Not|There)\b", message)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("1.12.0-beta1", True),
        ("1.2+ent", True),
        ("", False),
        ("1 2", False),
        ("1" * 41, False),
        ("1.2\n", False),
        (2, False),
    ],
    ids=repr,
)
def test_only_what_looks_like_a_version_is_shown(text: object, safe: bool) -> None:
    assert safe_version(text) == (text if safe else None)


def test_no_bytes_do_anything_but_pass_or_be_refused() -> None:
    @settings(deadline=None)
    @given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda rest: b"{" + rest))
    def check(data: bytes) -> None:
        try:
            recognise(data, "p")
        except PlanError as error:
            assert error.message
            assert error.hint

    check()


@settings(deadline=None)
@given(st.data())
def test_a_damaged_plan_is_refused_or_still_a_plan(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PLAN)))
    length = data.draw(st.integers(0, 20))
    broken = PLAN[:at] + data.draw(st.binary(max_size=5)) + PLAN[at + length :]
    try:
        top = recognise(to_utf8(broken, place="p"), "p")
    except PlanError:
        return
    assert {"format_version"} <= top.keys()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["format_version", "values", "errored", "version", "resource_changes", "x"]), values
    )
)
def test_any_json_object_is_judged(document: dict[str, Any]) -> None:
    with contextlib.suppress(PlanError):
        recognise(json.dumps(document).encode(), "p")
