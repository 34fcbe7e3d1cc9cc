"""No report shows a sensitive value, whatever a rule does with it."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PLANS, Answer, Call, pack
from tests.conftest import FIXTURES, change, plan_document

TELLING = pack("telling")
MASKED = [path for path in PLANS if path.parts[0] in ("sensitive", "stacks")]
ORDINARY = {"true", "false", "null"}


# --- what is sensitive, found here without planguard's own code ----------------------------------------------------


def marked(value: Any, mask: Any) -> Iterator[Any]:
    """The leaves of a value that a mask marks."""
    if mask is True and isinstance(value, dict | list):
        for below in value.values() if isinstance(value, dict) else value:
            yield from marked(below, True)
    elif mask is True:
        yield value
    elif isinstance(mask, dict) and isinstance(value, dict):
        for key, below in mask.items():
            yield from marked(value.get(key), below)
    elif isinstance(mask, list) and isinstance(value, list):
        for item, below in zip(value, mask, strict=False):
            yield from marked(item, below)


def _of_changes(entries: list[dict[str, Any]]) -> Iterator[Any]:
    for one in entries:
        yield from marked(one.get("before"), one.get("before_sensitive"))
        yield from marked(one.get("after"), one.get("after_sensitive"))


def _of_state(module: dict[str, Any]) -> Iterator[Any]:
    for one in module.get("resources", []):
        yield from marked(one.get("values"), one.get("sensitive_values"))
    for below in module.get("child_modules", []):
        yield from _of_state(below)


def _of_modules(module: dict[str, Any]) -> Iterator[Any]:
    for one in module.get("variables", {}).values():
        if one.get("sensitive"):
            yield from marked(one.get("default"), True)
    for call in module.get("module_calls", {}).values():
        yield from _of_modules(call.get("module", {}))


def sensitive_values(plan: dict[str, Any]) -> set[str]:
    """Every value that is marked anywhere in a plan, or is that of a sensitive variable, as text."""
    root = plan.get("configuration", {}).get("root_module", {})
    found: list[Any] = []
    found += _of_changes([one["change"] for one in plan.get("resource_changes", [])])
    found += _of_changes([one["change"] for one in plan.get("resource_drift", [])])
    found += _of_changes(list(plan.get("output_changes", {}).values()))
    for part in (plan.get("prior_state", {}).get("values", {}), plan.get("planned_values", {})):
        found += _of_state(part.get("root_module", {}))
        for output in part.get("outputs", {}).values():
            found += marked(output.get("value"), output.get("sensitive"))
    found += _of_modules(root)
    for name, given in plan.get("variables", {}).items():
        found += marked(given.get("value"), root.get("variables", {}).get(name, {}).get("sensitive"))
    texts = {one if isinstance(one, str) else json.dumps(one) for one in found if one is not None}
    return {text for text in texts if len(text) >= 4 and text not in ORDINARY}


# --- what a reader sees --------------------------------------------------------------------------------------------

_DIGEST = re.compile(r"(?:pg1[cf]?|sha256):[0-9a-f]{64}")


def seen(text: str) -> str:
    """What a text shows, digests left out: sixty-four hexadecimal digits can hold any short number."""
    return _DIGEST.sub("", text)


def spellings(secret: str) -> set[str]:
    """A secret as it is, and as JSON, Python and markup would write it."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    }


def leaked(secrets: set[str], *texts: str) -> set[str]:
    """The secrets that stand in a text. Numbers count only as a number of their own."""
    found = set()
    for text in map(seen, texts):
        for secret in secrets:
            if re.fullmatch(r"[0-9.]+", secret):
                if re.search(rf"(?<![0-9.]){re.escape(secret)}(?![0-9.])", text):
                    found.add(secret)
            elif any(form in text for form in spellings(secret)):
                found.add(secret)
    return found


def plan_of(path: Path | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / path).read_bytes())
    return found


def test_this_test_knows_secrets_when_it_sees_them() -> None:
    found = sensitive_values(plan_of("sensitive/plan-update.json"))
    assert "not-a-real-token" in found
    assert any("\n" in one for one in found)
    assert any(one.isdigit() for one in found)
    assert sum(bool(sensitive_values(plan_of(path))) for path in MASKED) >= 10


# --- every way that a report is written ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", MASKED, ids=lambda path: str(path.with_suffix("")))
@pytest.mark.parametrize("form", ["json", "text"])
def test_no_sensitive_value_is_in_a_report(form: str, path: Path, planguard: Call) -> None:
    answer = planguard("check", path, "--verbose", "--format", form, *TELLING)
    assert answer.code == 4
    assert leaked(sensitive_values(plan_of(path)), answer.out, answer.err) == set()
    assert "(sensitive)" in answer.out or not sensitive_values(plan_of(path))


@pytest.mark.parametrize("path", MASKED, ids=lambda path: str(path.with_suffix("")))
@pytest.mark.parametrize("form", ["json", "dot", "mermaid", "svg"])
def test_no_sensitive_value_is_in_a_graph(form: str, path: Path, planguard: Call) -> None:
    if form != "json" and importlib.util.find_spec(f"planguard.reports.graph_{form}") is None:
        pytest.skip(f"no graph_{form} yet")
    answer = planguard("graph", path, "--format", form)
    assert answer.code == 0
    assert leaked(sensitive_values(plan_of(path)), answer.out, answer.err) == set()


def test_an_explained_report_shows_no_more_than_the_report(planguard: Call, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    written = planguard("check", "sensitive/plan-update.json", "--format", f"json={report}", *TELLING)
    assert written.code == 4
    answer = planguard("explain", report)
    assert answer.code == 0
    assert leaked(sensitive_values(plan_of("sensitive/plan-update.json")), answer.out) == set()


def test_a_refused_plan_shows_nothing_of_itself(planguard: Call) -> None:
    plan = plan_of("sensitive/plan-update.json")
    plan["resource_changes"][0]["change"]["actions"] = ["unheard-of"]
    answer = planguard("check", "-", *TELLING, stdin=json.dumps(plan).encode())
    assert answer.code == 3
    assert leaked(sensitive_values(plan), answer.out, answer.err) == set()


@pytest.mark.parametrize(
    "path", [path for path in MASKED if path.parts[0] == "sensitive"], ids=lambda path: path.stem
)
def test_no_sensitive_value_is_in_the_evidence(path: Path, planguard: Call) -> None:
    answer = planguard("check", path, "--format", "json", *pack("telling-evidence"))
    assert answer.code == 1
    assert leaked(sensitive_values(plan_of(path)), answer.out, answer.err) == set()


@pytest.mark.parametrize("secret", ["a-long-secret", "q7x"], ids=["long", "short"])
@pytest.mark.parametrize("form", ["json", "text"])
def test_a_sensitive_value_where_a_text_belongs_is_hidden(form: str, secret: str, planguard: Call) -> None:
    plan = plan_document(
        change("aws_x.y", ["create"], None, {"password": secret}, after_sensitive={"password": True})
    )
    answer = planguard("check", "-", "--format", form, *pack("telling-bare"), stdin=json.dumps(plan).encode())
    assert (answer.code, answer.err) == (1, "")
    assert "(sensitive)" in answer.out
    assert secret not in seen(answer.out)


# --- values that are hard to see -----------------------------------------------------------------------------------


def told_of(planguard: Call, value: Any, mask: Any, **more: Any) -> Answer:
    """What is said of one resource with this value."""
    plan = plan_document(change("aws_x.y", ["create"], None, value, after_unknown={}, after_sensitive=mask), **more)
    answer = planguard("check", "-", "--verbose", "--format", "json", *TELLING, stdin=json.dumps(plan).encode())
    assert answer.code == 4
    return answer


HARD = {
    "quotes of both kinds": 'it\'s "secret"',
    "a backslash": "back\\slash",
    "several lines": "first line of it\nsecond line of it\n",
    "white space around it": "  padded-secret  ",
    "letters beyond ASCII": "geheimnis-äöü-ß",
    "a picture": "key-🔑-key",
    "markup": "<b>&secret</b>",
    "a line separator": "left\u2028right",
    "a control character": "left\u0007right",
    "something that looks like a pattern": ".*(secret)+[a-z]",
    "something that looks like a template": "{secret} ${secret} %s",
    "the word that stands for it": "(sensitive) and more",
}


@pytest.mark.parametrize("secret", HARD.values(), ids=HARD.keys())
def test_a_secret_of_odd_characters_is_not_told(secret: str, planguard: Call) -> None:
    answer = told_of(planguard, {"password": secret, "copied": f"https://app:{secret}@host"}, {"password": True})
    assert leaked({secret}, answer.out, answer.err) == set()
    decoded = [one["message"] for one in answer.decision["violations"]]
    assert leaked({secret}, *decoded) == set()


def test_a_copy_without_a_mark_is_not_told_either(planguard: Call) -> None:
    answer = told_of(
        planguard, {"password": "quite-secret", "tags": {"hint": "not quite-secret"}}, {"password": True}
    )
    assert leaked({"quite-secret"}, answer.out) == set()


def test_a_sensitive_variable_is_not_told_where_nothing_is_marked(planguard: Call) -> None:
    answer = told_of(
        planguard,
        {"name": "from-a-variable"},
        {},
        variables={"secret": {"value": "from-a-variable"}},
        configuration={"root_module": {"variables": {"secret": {"sensitive": True}}}},
    )
    assert leaked({"from-a-variable"}, answer.out) == set()


def test_a_part_of_a_sensitive_document_is_not_told(planguard: Call, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "own.py").write_text(
        "from planguard import rule, violation\n\n\n"
        "@rule(id='test-reads-a-document', severity='low', domain='baseline', resources=['*'])\n"
        "def reads_a_document(resource):\n"
        '    """Document is read.\n\n    Why.\n\n    Fix.\n    """\n'
        "    yield violation('', f\"password {resource.json('secret_string')['password']}\")\n"
    )
    value = {"secret_string": json.dumps({"user": "app", "password": "inside-a-document"})}
    plan = plan_document(change("aws_x.y", ["create"], None, value, after_sensitive={"secret_string": True}))
    answer = planguard(
        "check", "-", "--format", "json", "--no-builtin", "--rules", folder, stdin=json.dumps(plan).encode()
    )
    assert len(answer.decision["violations"]) == 1
    assert leaked({"inside-a-document"}, answer.out) == set()


def test_the_keys_of_a_sensitive_map_are_not_told(planguard: Call, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "own.py").write_text(
        "from planguard import rule, violation\n\n\n"
        "@rule(id='test-tells-keys', severity='low', domain='baseline', resources=['*'])\n"
        "def tells_keys(resource):\n"
        '    """Keys are told.\n\n    Why.\n\n    Fix.\n    """\n'
        "    for key in resource.values['users']:\n"
        "        yield violation(f'users.{key}', f'user {key}')\n"
    )
    value = {"users": {"alice-the-secret-user": {"role": "admin"}}}
    plan = plan_document(change("aws_x.y", ["create"], None, value, after_sensitive={"users": True}))
    answer = planguard(
        "check", "-", "--format", "json", "--no-builtin", "--rules", folder, stdin=json.dumps(plan).encode()
    )
    assert len(answer.decision["violations"]) == 1
    assert leaked({"alice-the-secret-user"}, answer.out) == set()


SHORT: dict[str, Any] = {"a text": "q7x", "a whole number": 739, "a broken number": 7.5, "one letter": "§"}


@pytest.mark.parametrize("secret", HARD.values(), ids=HARD.keys())
def test_a_secret_that_is_escaped_twice_is_not_told(secret: str, planguard: Call, tmp_path: Path) -> None:
    plan = plan_document(change("aws_x.y", ["create"], None, {"pin": secret}, after_sensitive={"pin": True}))
    folder = formats(tmp_path / "pack", "__import__('json').dumps(__import__('json').dumps({'a': value}))")
    answer = planguard(
        "check", "-", "--format", "json", "--no-builtin", "--rules", folder, stdin=json.dumps(plan).encode()
    )
    [one] = answer.decision["violations"]
    told = json.loads(json.loads(one["message"]))["a"] if "(sensitive)" not in one["message"] else "(sensitive)"
    assert secret.strip() not in told


def formats(folder: Path, *expressions: str) -> Path:
    folder.mkdir()
    said = "\n".join(f"    yield violation('', {one})" for one in expressions)
    (folder / "own.py").write_text(
        "from planguard import rule, violation\n\n\n"
        "@rule(id='test-formats', severity='low', domain='baseline', resources=['*'])\n"
        "def formats(resource):\n"
        '    """Value is formatted.\n\n    Why.\n\n    Fix.\n    """\n'
        "    value = resource.values['pin']\n" + said + "\n"
    )
    return folder


WAYS_OF_TEXT = ("f'{value}'", "f'{value!r}'", "f'{value!s}'", "f'{value:>9}'", "'%s' % value", "'%r' % value")
WAYS_OF_ALL = (*WAYS_OF_TEXT, "'{}'.format(value)", "format(value)", "str(value)", "repr(value)", "repr([value])")
WAYS_OF_NUMBERS = ("'%d' % value", "'%.1f' % value")


@pytest.mark.parametrize("way", WAYS_OF_ALL)
@pytest.mark.parametrize("secret", SHORT.values(), ids=SHORT.keys())
def test_a_short_secret_is_hidden_in(way: str, secret: Any, planguard: Call, tmp_path: Path) -> None:
    assert_hidden(way, secret, planguard, tmp_path)


@pytest.mark.parametrize("way", WAYS_OF_NUMBERS)
@pytest.mark.parametrize("secret", [739, 7.5], ids=["a whole number", "a broken number"])
def test_a_short_sensitive_number_is_hidden_in(way: str, secret: Any, planguard: Call, tmp_path: Path) -> None:
    assert_hidden(way, secret, planguard, tmp_path)


def assert_hidden(way: str, secret: Any, planguard: Call, tmp_path: Path) -> None:
    plan = plan_document(change("aws_x.y", ["create"], None, {"pin": secret}, after_sensitive={"pin": True}))
    folder = formats(tmp_path / "pack", way)
    answer = planguard(
        "check", "-", "--format", "json", "--no-builtin", "--rules", folder, stdin=json.dumps(plan).encode()
    )
    said = [one["message"] for one in (*answer.decision["violations"], *answer.decision["errors"])]
    assert len(said) == 1
    assert "(sensitive)" in said[0] or answer.decision["errors"]
    digits = str(secret).split(".")[0]
    assert digits not in said[0]
