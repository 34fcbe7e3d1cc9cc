"""``planguard waiver``: from a blocked plan to an allowed one and back, and every call that is wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_regressions.data_regression import DataRegressionFixture

from tests.cli.conftest import PACKS, Answer, Call
from tests.conftest import FIXTURES
from tests.decision.waiving import (
    ADDRESS,
    ALICE,
    DEV,
    NOW,
    POLICY,
    QUEUE,
    RULE,
    approval,
    body_of,
    open_queue,
    open_rule,
    plan,
    policy_text,
    signed,
    written,
)

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no `ssh-keygen` on PATH")
AT = ("--now", NOW)
REASON = "The bastion moves behind the VPN next week"
ASK = ("--requester", DEV, "--reason", REASON, "--ticket", "OPS-17")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _settled: None) -> Path:
    """A folder with a plan that is blocked, its report, and a policy that says who may excuse it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    Path("plan.json").write_text(json.dumps(plan()))
    policy()
    return tmp_path


def policy(**sections: Any) -> None:
    Path("planguard.yaml").write_text(policy_text(packs=[str(PACKS / "gate")], **sections))


def check(planguard: Call, *words: str) -> Answer:
    return planguard("check", "plan.json", "--workspace", "prod", *AT, *words, "--no-builtin")


def report(planguard: Call, name: str = "report.json") -> str:
    check(planguard, "--format", f"json={name}")
    return name


def request(planguard: Call, *words: str) -> Answer:
    return planguard("waiver", "request", report(planguard), *AT, *ASK, *words)


def drafts() -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted(Path("waivers").glob("*.yaml"))]


def put(text: str, name: str = "one") -> Path:
    Path("waivers").mkdir(exist_ok=True)
    path = Path("waivers") / f"{name}.yaml"
    path.write_text(text)
    return path


# --- the whole way -------------------------------------------------------------------------------------------------


@needs_ssh_keygen
def test_the_way_from_blocked_to_allowed_and_back(planguard: Call, here: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "alice"], check=True, timeout=60)
    alice = {"roles": ["security"], "keys": [Path("alice.pub").read_text().strip()]}
    policy(identities={**POLICY["identities"], ALICE: alice})
    assert check(planguard).code == 1
    assert request(planguard).code == 0
    [path] = Path("waivers").iterdir()
    assert planguard("waiver", "check", *AT).code == 1
    signed_ = planguard("waiver", "sign", path, "--as", ALICE, "--role", "security", "--key", "alice", *AT)
    assert (signed_.code, signed_.err) == (0, "")
    assert "it counts until 2026-03-09T12:00:00Z, for the plan that it is bound to" in signed_.out
    assert planguard("waiver", "check", *AT).code == 0
    assert check(planguard, "--format", "json=allowed.json").code == 0
    # Signing again replaces what the same person said as the same.
    planguard("waiver", "sign", path, "--as", ALICE, "--role", "security", "--key", "alice", *AT)
    assert len(yaml.safe_load(path.read_text())["approvals"]) == 1
    # The report of a plan that it lets through has it as one that counts, and it can be renewed for that plan.
    assert planguard("waiver", "check", "--report", "allowed.json", *AT).code == 0
    listed = planguard("waiver", "list", "--report", "allowed.json", "--format", "json", *AT)
    assert [(one["state"], one["used"], one["days_left"]) for one in json.loads(listed.out)] == [("active", True, 7)]
    longer = ("--reason", "The VPN is late, and the bastion still patched", "--requester", DEV)
    renewed = planguard("waiver", "renew", path, "--report", "allowed.json", *longer, *AT)
    assert (renewed.code, renewed.err) == (0, "")
    [old, new] = sorted(Path("waivers").iterdir(), key=lambda one: len(one.name))
    assert yaml.safe_load(new.read_text())["renews"] == old.stem
    assert planguard("waiver", "revoke", old, "--by", ALICE, "--reason", "The VPN is there", *AT).code == 0
    assert check(planguard).code == 1


# --- request -------------------------------------------------------------------------------------------------------


def test_a_draft_is_as_complete_as_it_can_be(planguard: Call, data_regression: DataRegressionFixture) -> None:
    answer = request(planguard)
    [draft] = drafts()
    assert draft.pop("binding").keys() == {"plan"}
    data_regression.check({"out": answer.out.replace(draft["id"], "ID"), "draft": {**draft, "id": "ID"}})


def test_there_is_a_draft_for_each_rule_and_owner(planguard: Call) -> None:
    Path("plan.json").write_text(json.dumps(plan(open_rule(), open_rule(80, ADDRESS + "2"), open_queue())))
    assert request(planguard).code == 0
    assert sorted((one["owner"], one["addresses"]) for one in drafts()) == [
        ("payments", [QUEUE]),
        ("platform", [ADDRESS, ADDRESS + "2"]),
    ]


@pytest.mark.parametrize(
    ("words", "addresses"),
    [
        (("--only", "CKV_TEST_4"), [[QUEUE]]),
        (("--only", "test-rule-*"), [[ADDRESS]]),
        (("--address", "*.jobs"), [[QUEUE]]),
        (("--only", RULE, "--only", "CKV_TEST_4"), [[ADDRESS], [QUEUE]]),
    ],
)
def test_a_request_may_be_for_some_only(words: tuple[str, ...], addresses: list[list[str]], planguard: Call) -> None:
    Path("plan.json").write_text(json.dumps(plan(open_rule(), open_queue())))
    assert request(planguard, *words).code == 0
    assert sorted(one["addresses"] for one in drafts()) == addresses


def test_a_request_may_say_more(planguard: Call) -> None:
    policy(approvals=[{"name": "grave", "roles": {"security": 1}, "longest": "7d", "binding": "fingerprint"}])
    request(
        planguard,
        "--control",
        "a",
        "--control",
        "b",
        "--expires",
        "12h",
        "--owner",
        "carol",
        "--binding",
        "fingerprint",
    )
    [draft] = drafts()
    assert draft["compensating_controls"] == ["a", "b"]
    assert (draft["expires"], draft["owner"]) == ("2026-03-03T00:00:00Z", "carol")
    assert draft["binding"].keys() == {"fingerprints"}
    request(planguard, "--binding", "change", "--waivers", "other")
    [path] = Path("other").iterdir()
    assert yaml.safe_load(path.read_text())["binding"].keys() == {"changes"}


def test_what_is_only_warned_of_is_asked_for_where_that_is_wanted(planguard: Call) -> None:
    policy(gates=[{"name": "soft", "effect": "warn"}])
    nothing = request(planguard)
    assert (nothing.code, "nothing to ask for" in nothing.out, Path("waivers").exists()) == (1, True, False)
    assert request(planguard, "--warnings").code == 0
    assert len(drafts()) == 1


def test_what_nothing_excuses_is_not_asked_for(planguard: Call) -> None:
    policy(not_waivable=[{"rule": RULE}])
    answer = request(planguard)
    assert (answer.code, answer.out) == (1, f"not waivable  {RULE}  {ADDRESS}: policy lets nothing excuse it\n")


def test_a_draft_is_not_written_twice(planguard: Call) -> None:
    request(planguard)
    [path] = Path("waivers").iterdir()
    path.write_text(path.read_text().replace("OPS-17", "OPS-18"))
    assert request(planguard).out == f"there already  {path}\n"
    assert "OPS-18" in path.read_text()


def test_what_is_still_to_be_said_is_told_and_makes_it_no_waiver(planguard: Call) -> None:
    policy(owners=[], approvals=[{"name": "grave", "roles": {"security": 1}, "longest": "7d"}],
           identities={ALICE: {"roles": ["security"]}})  # fmt: skip
    answer = planguard("waiver", "request", report(planguard), "--requester", DEV, *AT)
    assert "still to fill in: owner, reason" in answer.out
    checked = planguard("waiver", "check", *AT)
    assert (checked.code, checked.out.startswith("invalid  waivers/")) == (1, True)


def test_a_request_without_approvals_says_that_nobody_may(planguard: Call) -> None:
    policy(approvals=[])
    assert "`approvals` names nobody for it" in request(planguard).out


# --- check, list ---------------------------------------------------------------------------------------------------


def test_everything_that_stands_against_a_waiver_is_told_at_once(
    planguard: Call, data_regression: DataRegressionFixture
) -> None:
    body = body_of(id="bad", expires="2026-03-02", not_before="2026-03-01T10:00:00Z", requester=ALICE, renews="gone")
    put(written(body, approval(body)), "bad")
    put(signed(), "one")
    put(signed(id="broken").replace("ticket:", "tickets:"), "broken")
    put(signed(id="many", addresses=["aws_*"]), "many")
    text, document = planguard("waiver", "check", *AT), planguard("waiver", "check", "--format", "json", *AT)
    assert text.code == document.code == 1
    found = json.loads(document.out)
    assert [(one["id"], one["counts"]) for one in found] == [
        ("bad", False), ("broken", False), ("many", False), ("one", True)
    ]  # fmt: skip
    data_regression.check({"text": text.out.splitlines(), "json": found})


def test_some_waivers_are_checked_alone(planguard: Call) -> None:
    good, bad = put(signed()), put(signed(id="two", expires="2026-03-02"), "two")
    assert planguard("waiver", "check", good, *AT).code == 0
    assert planguard("waiver", "check", bad, *AT).code == 1
    assert planguard("waiver", "check", "waivers", *AT).code == 1


def test_a_waiver_is_checked_for_the_plan_of_a_report(planguard: Call) -> None:
    put(signed())
    assert planguard("waiver", "check", "--report", report(planguard), *AT).code == 0
    Path("plan.json").write_text(json.dumps(plan(open_rule(port=80))))
    other = planguard("waiver", "check", "--report", report(planguard), *AT)
    assert (other.code, other.out.startswith("wrong-plan  waivers/one.yaml\n")) == (1, True)


def test_without_waivers_there_is_nothing_to_tell(planguard: Call) -> None:
    for command in ("check", "list"):
        answer = planguard("waiver", command, *AT)
        assert (answer.code, answer.out) == (0, "no waivers\n")


def test_waivers_are_listed_with_their_age_and_what_is_left(
    planguard: Call, data_regression: DataRegressionFixture
) -> None:
    put(signed())
    put(written(body_of(id="draft")), "draft")
    put(signed(id="ended", expires="2026-03-02"), "ended")
    put(signed(id="later", not_before="2026-03-04T00:00:00Z", expires="2026-03-05T00:00:00Z"), "later")
    put(signed(id="gone", revoked={"at": NOW, "by": ALICE, "reason": "no longer needed"}), "gone")
    put(signed(id="one-r1", renews="one", reason="Another reason that is long enough"), "one-r1")
    put("- a\n", "broken")
    text, document = planguard("waiver", "list", *AT), planguard("waiver", "list", "--format", "json", *AT)
    assert text.code == document.code == 0
    data_regression.check({"text": text.out.splitlines(), "json": json.loads(document.out)})
    assert "ended" not in planguard("waiver", "list", "--expiring", "14d", *AT).out
    assert planguard("waiver", "list", "--expiring", "1h", *AT).out == "no waivers\n"


# --- sign ----------------------------------------------------------------------------------------------------------


@needs_ssh_keygen
def test_an_approval_that_would_not_count_is_refused(planguard: Call) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"], check=True, timeout=60)
    path = put(written(body_of()))
    before = path.read_text()
    for name, role, why in (
        (ALICE, "security", "policy does not name its key"),
        ("mallory@example.com", "security", "policy does not know `mallory@example.com`"),
        (DEV, "security", "`dev@example.com` asked for it, and cannot approve it"),
        (ALICE, "owner", "`alice@example.com` does not approve as `owner`"),
    ):
        answer = planguard("waiver", "sign", path, "--as", name, "--role", role, "--key", "key", *AT)
        assert (answer.code, answer.out, len(answer.errors)) == (2, "", 1)
        assert why in answer.errors[0]
    early = planguard(
        "waiver", "sign", path, "--as", ALICE, "--role", "security", "--key", "key", "--now", "2026-02-01"
    )
    assert "approved it before it was created" in early.errors[0]
    assert path.read_text() == before


def test_an_approval_may_be_a_name_where_policy_says_so(planguard: Call) -> None:
    policy(approvals=[{"name": "grave", "roles": {"security": 1}, "longest": "7d", "signature": "optional"}])
    path = put(written(body_of()))
    answer = planguard("waiver", "sign", path, "--as", ALICE, "--role", "security", "--unsigned", *AT)
    assert answer.code == 0
    assert check(planguard).code == 0
    policy()
    assert check(planguard).code == 1


# --- renew, revoke -------------------------------------------------------------------------------------------------

LONGER = ("--reason", "The VPN is late, and the bastion still patched", "--requester", DEV, *AT)


def test_a_renewal_is_a_draft_that_goes_on(planguard: Call) -> None:
    put(signed())
    answer = planguard("waiver", "renew", "one", *LONGER, "--control", "c", "--ticket", "OPS-18", "--expires", "2d")
    assert answer.code == 0
    found = yaml.safe_load(Path("waivers/one-r1.yaml").read_text())
    assert (found["renews"], found["expires"], found["approvals"]) == ("one", "2026-03-04T12:00:00Z", [])
    assert (found["ticket"], found["compensating_controls"], found["requester"]) == ("OPS-18", ["c"], DEV)
    assert found["binding"] == body_of()["binding"]
    again = planguard("waiver", "renew", "one", *LONGER)
    assert (again.code, again.errors) == (2, ["error: waivers/one-r1.yaml: the renewal is there already"])
    twice = planguard("waiver", "renew", "one-r1", *LONGER[:1], "A third reason that is long enough", *LONGER[2:])
    assert (twice.code, twice.errors) == (2, ["error: it would be renewal 2, and approval `grave` allows 1"])


def test_a_renewal_for_another_plan_is_bound_to_that(planguard: Call) -> None:
    put(signed(addresses=[ADDRESS, QUEUE]))
    Path("plan.json").write_text(json.dumps(plan(open_rule(port=80))))
    assert planguard("waiver", "renew", "one", "--report", report(planguard), *LONGER).code == 0
    found = yaml.safe_load(Path("waivers/one-r1.yaml").read_text())
    assert found["addresses"] == [ADDRESS]
    assert found["binding"] != body_of()["binding"]


def test_a_pattern_goes_on_as_it_is(planguard: Call) -> None:
    put(signed(addresses=["aws_*", "azurerm_*"]))
    assert planguard("waiver", "renew", "one", "--report", report(planguard), *LONGER).code == 0
    assert yaml.safe_load(Path("waivers/one-r1.yaml").read_text())["addresses"] == ["aws_*"]


def test_what_is_revoked_stays_as_a_record(planguard: Call) -> None:
    path = put(signed())
    answer = planguard("waiver", "revoke", "one", "--by", ALICE, "--reason", "The VPN is there", *AT)
    assert (answer.code, answer.out) == (0, f"revoked  {path}\n")
    found = yaml.safe_load(path.read_text())
    assert found["revoked"] == {"at": NOW, "by": ALICE, "reason": "The VPN is there"}
    assert len(found["approvals"]) == 1
    again = planguard("waiver", "revoke", "one", "--by", ALICE, "--reason", "The VPN is there", *AT)
    assert (again.code, again.errors) == (2, ["error: `one` was revoked already"])
    renewed = planguard("waiver", "renew", "one", *LONGER)
    assert (renewed.code, renewed.errors) == (2, ["error: `one` was revoked, and cannot be renewed"])


# --- wrong calls ---------------------------------------------------------------------------------------------------

WRONG_CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "request without a report": (("request",), "missing argument"),
    "request of what is not there": (("request", "none.json", *ASK), "none.json: cannot be read"),
    "request of a plan": (("request", "plan.json", *ASK), "plan.json: is no report of planguard"),
    "request of half a report": (("request", "half.json", *ASK), "half.json: is no report of planguard"),
    "request of a folder": (("request", ".", *ASK), "cannot be read: is a directory"),
    "request with a binding that there is not": (
        ("request", "report.json", "--binding", "rule", *ASK),
        "--binding `rule`",
    ),
    "request for too long": (("request", "report.json", "--expires", "8d", *ASK), "approval `grave` allows"),
    "request for no length": (
        ("request", "report.json", "--expires", "soon", *ASK),
        "--expires `soon` is not a length",
    ),
    "request by nobody": (("request", "report.json"), "--requester is missing, and git knows no user.email"),
    "request at no time": (("request", "report.json", *ASK, "--now", "soon"), "--now `soon` is not a time"),
    "request with a policy that is not there": (
        ("request", "report.json", *ASK, "--policy", "x.yaml"),
        "x.yaml: cannot be",
    ),
    "request into a file": (("request", "report.json", *ASK, "--waivers", "plan.json"), "plan.json"),
    "sign nothing": (("sign", "--as", ALICE, "--role", "security"), "missing argument"),
    "sign as nobody": (("sign", "waivers/one.yaml", "--role", "security"), "missing option"),
    "sign without a key": (("sign", "waivers/one.yaml", "--as", ALICE, "--role", "security"), "--key is missing"),
    "sign what is not there": (
        ("sign", "waivers/x.yaml", "--as", ALICE, "--role", "security", "--key", "k"),
        "cannot be read",
    ),
    "sign what is no waiver": (
        ("sign", "planguard.yaml", "--as", ALICE, "--role", "x", "--key", "k"),
        "planguard.yaml",
    ),
    "check what is not there": (("check", "waivers/x.yaml"), "waivers/x.yaml: there is no such file"),
    "check in a form that there is not": (("check", "--format", "yaml"), "--format `yaml` is not a format"),
    "check for what is no report": (("check", "--report", "plan.json"), "plan.json: is no report of planguard"),
    "list in a form that there is not": (("list", "--format", "yaml"), "--format `yaml` is not a format"),
    "list within no length": (("list", "--expiring", "14"), "--expiring `14` is not a length of time"),
    "renew what is not there": (("renew", "onne", *LONGER[:-2]), "there is no waiver `onne`"),
    "renew what is no waiver": (
        ("renew", "broken", *LONGER[:-2]),
        "waivers/broken.yaml: line 19: unknown key `tickets`",
    ),
    "renew without a reason": (("renew", "one"), "missing option"),
    "renew with the same reason": (("renew", "one", "--reason", REASON, "--requester", DEV), "needs a new reason"),
    "renew for too long": (
        ("renew", "one", *LONGER[:-2], "--expires", "8d"),
        "further away than approval `grave` allows",
    ),
    "revoke what is not there": (("revoke", "two", "--by", ALICE, "--reason", "x"), "there is no waiver `two`"),
    "revoke by nobody": (("revoke", "one", "--reason", "x"), "--by is missing, and git knows no user.email"),
    "a command that there is not": (("aprove",), "no such command"),
}


@pytest.mark.parametrize(("words", "told"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_is_one_clear_sentence(words: tuple[str, ...], told: str, planguard: Call) -> None:
    report(planguard)
    Path("half.json").write_text('{"schema": "planguard/report/v1"}')
    put(signed())
    put(signed(id="broken").replace("ticket:", "tickets:"), "broken")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    answer = planguard("waiver", *words, *(() if "--now" in words or words[0] == "aprove" else AT))
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.errors) == 1
    assert told in answer.errors[0]
    assert len(answer.helps) <= 1
    assert "Traceback" not in answer.err
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_length_without_any_approval_is_no_crash(planguard: Call) -> None:
    policy(approvals=[])
    answer = request(planguard, "--expires", "30d")
    assert (answer.code, len(answer.errors)) == (2, 1)
    assert "is usual without `approvals`" in answer.errors[0]


# --- secrets -------------------------------------------------------------------------------------------------------


def test_no_sensitive_value_gets_into_a_waiver(planguard: Call) -> None:
    """All values of that fixture say what they are."""
    words = ("check", FIXTURES / "sensitive/plan-update.json", "--format", "json=report.json")
    Path("planguard.yaml").write_text(policy_text(gates=[{"name": "all", "effect": "block"}], environments={}))
    assert planguard(*words).code == 1
    said = [
        planguard("waiver", "request", "report.json", *ASK),
        planguard("waiver", "check"),
        planguard("waiver", "list"),
    ]
    texts = [path.read_text() for path in Path("waivers").iterdir()] + [
        part for one in said for part in (one.out, one.err)
    ]
    assert len(texts) > 10
    assert [text for text in texts if "not-a-real" in text] == []


@pytest.mark.parametrize("name", ["note.txt", "empty"])
def test_what_was_named_and_not_read_does_not_count_as_one_that_holds(planguard: Call, name: str) -> None:
    Path("note.txt").write_text("apiVersion: planguard.dev/v1\n")
    Path("empty").mkdir()
    answer = planguard("waiver", "check", name, *AT)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == [f"error: {name}: no waiver was read from it"]
