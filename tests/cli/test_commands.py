"""The other commands, help, and that the quick way through ``check`` is the same as the full one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planguard.cli import app as full
from planguard.cli.arguments import CHECK_OPTIONS, parse_check
from planguard.engine.rule import DOMAINS, SEVERITIES
from planguard.version import __version__
from tests.cli.conftest import GATE, PLANS, QUIET, Call, pack
from tests.conftest import FIXTURES

# --- rules ---------------------------------------------------------------------------------------------------------


def test_rules_are_listed_for_machines_with_the_fields_of_the_contract(planguard: Call) -> None:
    answer = planguard("rules", "list", "--format", "json", *GATE)
    assert (answer.code, answer.err) == (0, "")
    listed = {one["id"]: one for one in json.loads(answer.out)}
    assert list(listed) == sorted(listed)
    assert len(listed) == 6
    contract = ["id", "title", "aliases", "domain", "provider", "severity", "resources", "controls", "kind"]
    assert all(list(one)[: len(contract)] == contract for one in listed.values())
    group = listed["test-group-open-to-world"]
    assert {name: group[name] for name in contract} == {
        "id": "test-group-open-to-world",
        "title": "Security group lets the whole world in",
        "aliases": ["CKV_TEST_1"],
        "domain": "network",
        "provider": "aws",
        "severity": "critical",
        "resources": ["aws_security_group"],
        "controls": {"nist-800-53r5": ["SC-7"]},
        "kind": "python",
    }
    assert listed["test-owner-missing"]["kind"] == "yaml"
    assert listed["test-owner-missing"]["provider"] == "any"


def test_rules_are_listed_for_people_by_domain(planguard: Call) -> None:
    answer = planguard("rules", "list", *GATE)
    assert answer.code == 0
    domains = [line.split()[0] for line in answer.out.splitlines() if line and not line.startswith(" ")][:-1]
    assert domains == ["baseline", "encryption", "environment", "logging", "network"]
    assert re.search(
        r"^  critical  test-group-open-to-world +Security group lets the whole", answer.out, re.MULTILINE
    )
    assert answer.out.endswith("\n6 rules; `planguard rules show ID` shows one\n")


def test_the_list_can_be_narrowed(planguard: Call) -> None:
    answer = planguard("rules", "list", "--format", "json", "--only", "network", "--skip", "CKV_TEST_2", *GATE)
    assert [one["id"] for one in json.loads(answer.out)] == ["test-group-open-to-world"]


def test_a_list_in_a_format_that_is_none_is_refused(planguard: Call) -> None:
    answer = planguard("rules", "list", "--format", "yaml", *GATE)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == ["error: --format `yaml` is not a format of a list"]


def test_every_built_in_rule_is_listed_with_known_words(planguard: Call) -> None:
    answer = planguard("rules", "list", "--format", "json")
    assert answer.code == 0
    for one in json.loads(answer.out):
        assert one["severity"] in SEVERITIES
        assert one["domain"] in DOMAINS
        assert one["kind"] in ("python", "yaml")
        assert one["resources"]


@pytest.mark.parametrize("name", ["test-group-open-to-world", "CKV_TEST_1"])
@pytest.mark.parametrize("command", [("rules", "show"), ("explain",)], ids=["rules show", "explain"])
def test_a_rule_is_shown_by_id_and_by_alias(command: tuple[str, ...], name: str, planguard: Call) -> None:
    answer = planguard(*command, name, *GATE)
    assert (answer.code, answer.err) == (0, "")
    page = answer.out.splitlines()
    assert page[:2] == ["test-group-open-to-world", "Security group lets the whole world in"]
    for expected in (
        "  severity   critical",
        "  domain     network",
        "  controls   nist-800-53r5: SC-7",
        "  aliases    CKV_TEST_1",
        "Why",
        "  Whoever finds the port can knock on it.",
        "How to fix",
        "  Allow named ranges.",
        "Flagged: everywhere",
        "Left alone: one net",
    ):
        assert expected in page


@pytest.mark.parametrize("command", [("rules", "show"), ("explain",)], ids=["rules show", "explain"])
def test_a_rule_that_there_is_not_is_put_right(command: tuple[str, ...], planguard: Call) -> None:
    answer = planguard(*command, "test-group-open-to-word", *GATE)
    assert (answer.code, answer.out) == (2, "")
    assert answer.helps == ["help: did you mean `test-group-open-to-world`?"]


def test_a_report_is_explained_as_the_verbose_text_of_the_same_plan(planguard: Call, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    planguard("check", "noop/plan.json", "--verbose", "--format", f"json={report}", *GATE)
    answer = planguard("explain", report)
    assert answer.code == 0
    assert answer.out == planguard("check", "noop/plan.json", "--verbose", *GATE).out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"not JSON",
        b'{"schema":"planguard/report/v2"}',
        b'{"schema":"planguard/report/v1"}',
        b"\xff",
    ],
    ids=["empty", "an object", "a list", "text", "another version", "half a report", "no text"],
)
def test_a_file_that_is_no_report_is_refused(content: bytes, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(content)
    answer = planguard("explain", file)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == [f"error: {file}: not a report of planguard"]


# --- graph ---------------------------------------------------------------------------------------------------------

_NODE = {
    "id": str,
    "address": str,
    "type": str,
    "mode": str,
    "module": str,
    "action": str,
    "actions": list,
    "in_before": bool,
    "in_after": bool,
    "changed": bool,
    "deposed": (str, type(None)),
    "previous_address": (str, type(None)),
}
_EDGE = {
    "source": str,
    "target": str,
    "attribute": str,
    "certainty": str,
    "by": str,
    "before": bool,
    "after": bool,
}


@pytest.mark.parametrize("path", PLANS, ids=lambda path: str(path.with_suffix("")))
def test_a_graph_is_whole(path: Path, planguard: Call) -> None:
    answer = planguard("graph", path)
    assert (answer.code, answer.err) == (0, "")
    graph = json.loads(answer.out)
    assert list(graph) == ["schema", "file", "terraform_version", "objects", "expected", "nodes", "edges", "crowds"]
    assert graph["schema"] == "planguard/graph/v1"
    assert graph["file"] == str(path)
    assert graph["objects"] == graph["expected"] == len(graph["nodes"])
    names = [one["id"] for one in graph["nodes"]]
    assert len(set(names)) == len(names)
    for one in graph["nodes"]:
        assert list(one) == list(_NODE)
        assert all(isinstance(one[name], kind) for name, kind in _NODE.items())
        assert one["mode"] in ("managed", "data", "ephemeral")
        assert one["in_before"] or one["in_after"] or one["action"] == "delete"
    for one in graph["edges"]:
        assert list(one) == list(_EDGE)
        assert all(isinstance(one[name], kind) for name, kind in _EDGE.items())
        assert one["certainty"] in ("exact", "key", "possible")
        assert one["by"] in ("reference", "value")
        assert {one["source"], one["target"]} <= set(names)
        assert one["before"] or one["after"]
    assert graph["edges"] == sorted(graph["edges"], key=lambda one: (one["source"], one["target"], one["attribute"]))
    changes = json.loads((FIXTURES / path).read_bytes()).get("resource_changes", [])
    assert {(one["address"], one.get("deposed")) for one in changes} <= {
        (one["address"], one["deposed"]) for one in graph["nodes"]
    }


def test_a_graph_goes_into_a_file(planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "graph.json"
    answer = planguard("graph", "noop/plan.json", "-o", file)
    assert (answer.code, answer.out) == (0, "")
    assert file.read_text() == planguard("graph", "noop/plan.json").out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("noop/plan.json", "--format", "jpeg"), 2, "--format `jpeg` is not a format of a graph"),
        (("noop",), 2, "noop: more than one plan"),
        (("nowhere.json",), 3, "nowhere.json: cannot be read: there is no such file"),
        (("errored/plan.json",), 3, "errored/plan.json: terraform stopped with an error while it made this plan"),
        (("inputs/state.json",), 3, "inputs/state.json: a state, not a plan"),
    ],
    ids=["another format", "two plans", "no plan", "an errored plan", "a state"],
)
def test_a_graph_that_cannot_be_drawn_is_refused(
    words: tuple[str, ...], code: int, told: str, planguard: Call
) -> None:
    answer = planguard("graph", *words)
    assert (answer.code, answer.out) == (code, "")
    assert answer.errors == [f"error: {told}"]
    assert len(answer.helps) == 1


# --- help ----------------------------------------------------------------------------------------------------------

HELP = {
    (): ("Usage: planguard", "check", "rules", "graph", "explain", "--version"),
    ("check",): (
        "PLAN",
        "terraform show -json",
        "standard input",
        "--rules",
        "--no-builtin",
        "--only",
        "--skip",
        "--format",
        "NAME[=FILE]",
        "--source",
        "--env",
        "--project",
        "--workspace",
        "--jobs",
        "--now",
        "--verbose",
        "Exit codes: 0 allowed",
        "1 blocked",
        "2 the call is wrong",
        "3 a plan cannot be read",
        "4 evaluation failed",
    ),
    ("graph",): ("PLAN", "json, dot, mermaid or svg", "--output", "planguard graph plan.json"),
    ("rules",): ("list", "show", "new", "docs"),
    ("rules", "new"): ("ID", "--dir", "--kind", "--resource", "planguard rules test"),
    ("rules", "docs"): ("--output", "--check", "by domain, provider, control"),
    ("rules", "list"): ("--format", "text or json", "--only", "--skip", "--no-builtin"),
    ("rules", "show"): ("ID|ALIAS", "CKV_AWS_16", "--rules"),
    ("explain",): ("ID|ALIAS|DECISION-FILE", "report in JSON"),
}


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize(
    ("command", "expected"), HELP.items(), ids=[" ".join(words) or "planguard" for words in HELP]
)
def test_help_says_what_a_newcomer_needs(
    command: tuple[str, ...], expected: tuple[str, ...], option: str, planguard: Call
) -> None:
    answer = planguard(*command, option)
    assert (answer.code, answer.err) == (0, "")
    said = " ".join(answer.out.split())
    assert [one for one in expected if one not in said] == []


def test_the_version_is_told(planguard: Call) -> None:
    answer = planguard("--version")
    assert (answer.code, answer.out, answer.err) == (0, f"planguard {__version__}\n", "")


def test_a_command_without_words_shows_its_help(planguard: Call) -> None:
    answer = planguard()
    assert "Usage: planguard" in answer.out + answer.err
    assert answer.code in (0, 2)


def test_a_command_that_there_is_not_is_refused(planguard: Call) -> None:
    answer = planguard("chekc", "plan.json")
    assert (answer.code, answer.out) == (2, "")
    assert "chekc" in answer.err


# --- the quick way and the full one --------------------------------------------------------------------------------


FULL: Any = typer.main.get_command(full.app)


def _full_options() -> dict[str, dict[str, Any]]:
    return {
        param.name: {
            "names": tuple(sorted(param.opts)),
            "kind": "flag" if param.is_flag else "list" if param.multiple else "value",
        }
        for param in FULL.commands["check"].params
        if param.param_type_name == "option" and param.name != "help"
    }


def test_both_ways_know_the_same_options() -> None:
    quick = {one.field: {"names": tuple(sorted(one.names)), "kind": one.kind} for one in CHECK_OPTIONS}
    assert quick == _full_options()


WORDS = st.text(alphabet="ab/.=* x0", min_size=0, max_size=6)
NUMBERS = st.integers(1, 99).map(str)
TIMES = st.just("2026-01-31T12:00:00Z")


def _written(option: Any) -> st.SearchStrategy[list[str]]:
    name = st.sampled_from(option.names)
    if option.kind == "flag":
        return name.map(lambda one: [one])
    values = NUMBERS if option.field == "jobs" else TIMES if option.field == "now" else WORDS
    apart = st.tuples(name, values).map(list)
    joined = st.tuples(name, values).map(lambda pair: [f"{pair[0]}={pair[1]}"])
    return st.one_of(apart, joined)


CALLS = st.tuples(
    st.lists(
        st.one_of(*map(_written, CHECK_OPTIONS), WORDS.map(lambda word: [f"p{word}"]), st.just(["-"])), max_size=8
    ),
    WORDS,
).map(lambda pair: ["check", *[word for part in pair[0] for word in part], f"p{pair[1]}"])

_DEFAULTS: dict[str, Any] = {
    "rules": [],
    "no_builtin": False,
    "only": [],
    "skip": [],
    "format_": [],
    "source": None,
    "env": None,
    "project": None,
    "workspace": None,
    "terraform_bin": None,
    "jobs": 1,
    "now": None,
    "force_now": False,
    "policy": None,
    "policy_ref": None,
    "waivers": None,
    "promoted_from": [],
    "verbose": False,
}


def settled(call: dict[str, Any]) -> dict[str, Any]:
    """A call with its defaults, paths as paths and numbers as numbers."""
    found = {**_DEFAULTS, **{name: value for name, value in call.items() if value is not None}}
    found["rules"] = [Path(one) for one in found["rules"]]
    found["source"] = None if found["source"] is None else Path(found["source"])
    found["jobs"] = int(found["jobs"])
    return found


@settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=CALLS)
def test_both_ways_understand_a_call_alike(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []

    def noted(**call: Any) -> int:
        seen.append(call)
        return 0

    monkeypatch.setattr(full, "check_call", noted)
    assert FULL.main(words, standalone_mode=False) == 0
    quick = parse_check(words)
    assert quick is not None
    assert settled(quick) == settled(seen[0])


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "--verbose"],
        ["check", "p", "--help"],
        ["check", "p", "--format"],
        ["check", "p", "--verbose=yes"],
        ["check", "p", "--no-such-option"],
        ["check", "p", "-vv"],
        ["check", "p", "--env", "--verbose"],
        ["check", "--", "p"],
        ["rules", "list"],
        [],
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_what_the_quick_way_does_not_understand_goes_the_full_way(words: list[str]) -> None:
    assert parse_check(words) is None


def test_both_ways_end_in_the_same_bytes(planguard: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("check", "noop/plan.json", "--format", "json", *pack("gate"))
    quick = planguard(*words)
    monkeypatch.setattr("planguard.cli.main.parse_check", lambda _: None)
    assert planguard(*words) == quick


def test_the_full_way_explains_a_double_dash(planguard: Call) -> None:
    answer = planguard("check", *QUIET, "--", "noop/plan.json")
    assert answer.code == 0
    assert re.search(r"^allow  no violations$", answer.out, re.MULTILINE)
