"""The policy file: what each key does to the decision of a plan, and what is said of each mistake."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel
from pytest_regressions.data_regression import DataRegressionFixture

from planguard.decision import policy_model
from planguard.decision.policy import BUILTIN_GATES
from planguard.decision.policy_file import PolicyFile, load_policy, parse_policy, policy_of, policy_schema
from planguard.errors import ExitCode, PolicyFileError
from planguard.yaml_file import parse_yaml
from tests.conftest import ROOT, change
from tests.decision.signing import KINDS, signer, small_rsa
from tests.decision.waiving import (
    ADDRESS,
    ALICE,
    KEYS,
    QUEUE,
    QUEUE_RULE,
    RULE,
    For,
    decided,
    open_queue,
    open_rule,
    plan,
    policy_text,
    signed,
)

FILE = "planguard.yaml"
KEY = KEYS[ALICE].line


def parsed(text: str) -> PolicyFile:
    return parse_policy(text, FILE, "")


def told(text: str) -> str:
    """What is said of a text that is no policy, with its advice."""
    with pytest.raises(PolicyFileError) as refused:
        parsed(text)
    assert refused.value.exit_code == ExitCode.WRONG_CALL
    return f"{refused.value}" + (f" | {refused.value.hint}" if refused.value.hint else "")


GATE = "gates:\n  - name: a\n    effect: block\n"
APPROVAL = "approvals:\n  - roles: {security: 1}\n    longest: 7d\n"
PERSON = "identities:\n  alice@example.com:\n    roles: [security]\n"

WRONG: dict[str, str] = {
    "a list": "- a\n",
    "a text": "policy",
    "no yaml": "gates: [\n",
    "a tab": "gates:\n\t- a\n",
    "two documents": GATE + "---\n" + GATE,
    "a section twice": GATE + "rules: {}\n" + GATE,
    "a key twice": GATE + "    effect: warn\n",
    "a section that there is not": "gate:\n  - name: a\n",
    "a section far from any": "exceptions: []\n",
    "gates as a mapping": "gates:\n  name: a\n",
    "gates without anything": "gates:\n",
    "a gate without its name": "gates:\n  - effect: block\n",
    "a gate with an empty name": "gates:\n  - name: ''\n    effect: block\n",
    "a gate without its effect": "gates:\n  - name: a\n",
    "an effect that there is not": "gates:\n  - name: a\n    effect: blok\n",
    "an effect that is a status": "gates:\n  - name: a\n    effect: allow\n",
    "a key of a gate that there is not": GATE + "    severities: high\n",
    "a severity that there is not": GATE + "    severity: hihg\n",
    "one severity of several": GATE + "    severity: [critical, grave]\n",
    "no severity": GATE + "    severity: []\n",
    "a status that there is not": GATE + "    status: new\n",
    "a domain that there is not": GATE + "    domain: networks\n",
    "an environment that there is not": "environments:\n  prod: {workspace: prod}\n"
    + GATE
    + "    environment: prd\n",
    "an environment without any": GATE + "    environment: prod\n",
    "an owner that there is not": "owners:\n  - {team: payments, address: '*'}\n" + GATE + "    owner: payment\n",
    "an owner without any": GATE + "    owner: payments\n",
    "waivable as a word": GATE + "    waivable: no\n",
    "undetermined as a number": GATE + "    undetermined: 1\n",
    "two gates of one name": GATE + "  - name: a\n    effect: warn\n",
    "builtin gates as a text": "builtin_gates: 'false'\n",
    "an environment as a text": "environments:\n  prod: prod\n",
    "an environment without anything": "environments:\n  prod:\n",
    "a sign that there is not": "environments:\n  prod:\n    worksapce: prod\n",
    "production as a text": "environments:\n  prod:\n    production: yes\n",
    "an account without its zeros": "environments:\n  prod:\n    account: 11111111111\n",
    "an address range that is none": "environments:\n  prod:\n    network: 10.0.0.0/33\n",
    "an address range with bits behind": "environments:\n  prod:\n    network: [10.0.0.1/16]\n",
    "a variable as a text": "environments:\n  prod:\n    variable: environment\n",
    "a workspace that is a mapping": "environments:\n  prod:\n    workspace: {a: b}\n",
    "an owner without a team": "owners:\n  - address: '*'\n",
    "an owner of nothing": "owners:\n  - team: payments\n",
    "an owner by a key that there is not": "owners:\n  - team: payments\n    adress: '*'\n",
    "a name for several people": "identities:\n  '*@example.com':\n    roles: [security]\n",
    "a name in two spellings": PERSON + "  Alice@Example.com:\n    roles: [lead]\n",
    "a team that there is not": "owners:\n  - {team: payments, address: '*'}\n" + PERSON + "    teams: [payment]\n",
    "a team without any": PERSON + "    teams: payments\n",
    "a key that is none": PERSON + "    keys: [AAAA]\n",
    "a key in a mapping that is none": PERSON + "    keys:\n      - key: AAAA\n",
    "a key that is a number": PERSON + "    keys: [5]\n",
    "a key without its key": PERSON + "    keys:\n      - valid_after: 2026-01-01\n",
    "a key with a time that is none": PERSON + f"    keys:\n      - key: {KEY}\n        valid_before: soon\n",
    "a key with a key that there is not": PERSON
    + f"    keys:\n      - key: {KEY}\n        valid_until: 2026-01-01\n",
    "a key that is too small": PERSON + f"    keys: ['{small_rsa(1024).line}']\n",
    "a key of two people": PERSON + f"    keys: ['{KEY}']\n  bob@example.com:\n    keys: ['{KEY}']\n",
    "a role that nobody has": PERSON + APPROVAL.replace("security", "securty"),
    "a role without anybody": APPROVAL,
    "an approval by nobody": PERSON + "approvals:\n  - roles: {}\n    longest: 7d\n",
    "an approval without roles": PERSON + "approvals:\n  - longest: 7d\n",
    "an approval by no people": PERSON + "approvals:\n  - roles: {security: 0}\n    longest: 7d\n",
    "an approval by a crowd": PERSON + "approvals:\n  - roles: {security: 21}\n    longest: 7d\n",
    "an approval by half a person": PERSON + "approvals:\n  - roles: {security: 0.5}\n    longest: 7d\n",
    "an approval for ever": PERSON + "approvals:\n  - roles: {security: 1}\n",
    "a length that is none": PERSON + APPROVAL.replace("7d", "a week"),
    "a length of nothing": PERSON + APPROVAL.replace("7d", "0d"),
    "a length without its unit": PERSON + APPROVAL.replace("7d", "7"),
    "renewals for ever": PERSON + APPROVAL + "    renewals: 101\n",
    "renewals below nothing": PERSON + APPROVAL + "    renewals: -1\n",
    "a binding that there is not": PERSON + APPROVAL + "    binding: rule\n",
    "a signature that there is not": PERSON + APPROVAL + "    signature: none\n",
    "two approvals of one name": PERSON + APPROVAL + "    name: a\n" + APPROVAL[11:] + "    name: a\n",
    "nothing that is not waivable": "not_waivable:\n  - {}\n",
    "not waivable by a key that there is not": "not_waivable:\n  - rules: a\n",
    "a promotion without its source": "environments:\n  prod: {}\npromotion:\n  - environment: prod\n",
    "a promotion to nowhere": "environments:\n  prod: {}\npromotion:\n  - {environment: prd, from: prod}\n",
    "a promotion from nowhere": "environments:\n  prod: {}\npromotion:\n  - environment: prod\n    from: [stagin]\n",
    "a rule as a text": "rules:\n  aws-x: off\n",
    "a key of a rule that there is not": "rules:\n  aws-x:\n    severty: high\n",
    "a severity of a rule that there is not": "rules:\n  aws-x:\n    severity: grave\n",
    "a parameter that is a mapping": "rules:\n  aws-x:\n    parameters: {a: {b: c}}\n",
    "packs as a text": "packs: rules\n",
    "an option that there is not": "check:\n  formats: json\n",
    "an option below its least": "check:\n  jobs: 0\n",
}


def test_each_mistake_is_told_with_its_line(data_regression: DataRegressionFixture) -> None:
    found = {name: told(text) for name, text in WRONG.items()}
    assert [name for name, text in found.items() if not re.match(FILE + r":\d+: ", text)] == []
    assert [text for text in found.values() if "known are none" in text] == []
    assert [text for text in found.values() if "Input" in text or "validation" in text] == []
    # A key is never repeated, not even a public one.
    assert [text for text in found.values() if KEY.split()[1] in text] == []
    data_regression.check(found)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Any) -> None:
    with pytest.raises(PolicyFileError, match="cannot be read: no such file or directory"):
        load_policy(tmp_path / "none.yaml")
    with pytest.raises(PolicyFileError, match="cannot be read: is a directory"):
        load_policy(tmp_path)
    with pytest.raises(PolicyFileError, match=r"planguard.yaml: not UTF-8 text"):
        policy_of(b"\xff\xfe", FILE)


# --- what is accepted ----------------------------------------------------------------------------------------------


def test_an_empty_file_is_the_built_in_policy() -> None:
    for text in ("", "# nothing\n", "{}", "gates: []\n"):
        assert parsed(text).policy.gates == BUILTIN_GATES


def _documented() -> str:
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.+?)```", text, re.DOTALL)[0]


def test_the_file_of_the_documentation_holds() -> None:
    found = parsed(_documented())
    assert [one.name for one in found.policy.environments.all] == ["prod", "dev"]
    assert [one.name for one in found.policy.gates[:2]] == ["no-data-loss", "prod-undetermined"]
    jsonschema.validate(parse_yaml(_documented(), FILE).value, policy_schema())


def _keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_the_documentation_has_every_key() -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("docs/policy.md", "README.md"))
    words = set(re.findall(r"[a-z_]+", text))
    models = [one for one in vars(policy_model).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    assert len(models) > 10
    assert [key for one in models for key in _keys_of(one) if key not in words] == []


def test_the_schema_accepts_and_refuses_as_the_reader_does() -> None:
    schema = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (
        "gates: [{name: a, effect: block, severity: [high]}]",
        "gates: [{name: a, effect: block, severity: high, domain: network, status: introduced, rule: a}]",
        "environments: {prod: {workspace: [prod], account: 111111111111, tag: {a: b}, variable: {a: [b]}}}",
        policy_text(),
        policy_text(approvals=[{"roles": {"security": 1}, "longest": "7d", "type": ["aws_*"]}]),
    ):
        assert parsed(text).policy.gates
        validator.validate(parse_yaml(text, FILE).value)
    for name in (
        "a list",
        "a section that there is not",
        "gates as a mapping",
        "a gate without its name",
        "a gate without its effect",
        "an effect that there is not",
        "a key of a gate that there is not",
        "a severity that there is not",
        "one severity of several",
        "no severity",
        "a status that there is not",
        "a domain that there is not",
        "waivable as a word",
        "builtin gates as a text",
        "a sign that there is not",
        "a workspace that is a mapping",
        "an owner without a team",
        "a key without its key",
        "an approval by nobody",
        "an approval by a crowd",
        "an approval for ever",
        "renewals for ever",
        "a binding that there is not",
        "a parameter that is a mapping",
        "an option below its least",
    ):
        assert not validator.is_valid(parse_yaml(WRONG[name], FILE).value), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_is_taken(kind: str) -> None:
    policy = parsed(PERSON + f"    keys: ['{signer(kind).line}']\n").policy
    assert policy.identities[0].keys[0].text == signer(kind).line


def test_no_is_a_text_and_a_long_account_a_number_with_all_its_digits() -> None:
    policy = parsed("environments:\n  no: {workspace: no, account: 111111111111}\n").policy
    [one] = policy.environments.all
    assert (one.name, [sign.patterns for sign in one.signs]) == ("no", [("no",), ("111111111111",)])


def test_the_digest_tells_one_policy_from_another() -> None:
    texts = [b"", b"# x\n", GATE.encode()]
    assert len({policy_of(text, FILE).digest for text in texts}) == 3


# --- gates ---------------------------------------------------------------------------------------------------------


def effects(
    *gates: dict[str, Any], document: dict[str, Any] | None = None, **sections: Any
) -> dict[str, tuple[str, str]]:
    """By address of each finding its effect, and the gate that decided."""
    named = [{"name": f"g{number}", **gate} for number, gate in enumerate(gates)]
    found = decided(document or plan(open_rule(), open_queue()), policy=policy_text(gates=named, **sections))
    return {one.address: (one.effect, one.gate) for one in (*found.violations, *found.undetermined)}


def test_the_first_gate_that_fits_decides() -> None:
    warn, block = {"severity": "critical", "effect": "warn"}, {"rule": "test-*", "effect": "block"}
    assert effects(warn, block) == {ADDRESS: ("warn", "g0"), QUEUE: ("block", "g1")}
    assert effects(block, warn) == {ADDRESS: ("block", "g0"), QUEUE: ("block", "g0")}


FITTING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "anything": ({}, {ADDRESS, QUEUE}),
    "severity": ({"severity": "critical"}, {ADDRESS}),
    "severities": ({"severity": ["critical", "high"]}, {ADDRESS, QUEUE}),
    "domain": ({"domain": "encryption"}, {QUEUE}),
    "status": ({"status": "introduced"}, {ADDRESS, QUEUE}),
    "another status": ({"status": ["inherited", "fixed"]}, set()),
    "only undetermined": ({"undetermined": True}, set()),
    "not undetermined": ({"undetermined": False}, {ADDRESS, QUEUE}),
    "status undetermined": ({"status": "undetermined"}, set()),
    "environment": ({"environment": ["dev", "prod"]}, {ADDRESS, QUEUE}),
    "another environment": ({"environment": "dev"}, set()),
    "rule": ({"rule": "test-queue-key-missing"}, {QUEUE}),
    "rule by a pattern": ({"rule": "*-open-to-world"}, {ADDRESS}),
    "rule by its name in another tool": ({"rule": "CKV_TEST_4"}, {QUEUE}),
    "rule by a pattern of such names": ({"rule": "CKV_TEST_?"}, {ADDRESS, QUEUE}),
    "type": ({"type": "aws_sqs_*"}, {QUEUE}),
    "address": ({"address": "*.ssh"}, {ADDRESS}),
    "owner": ({"owner": "payments"}, {QUEUE}),
    "owner by a pattern": ({"owner": "p*"}, {ADDRESS, QUEUE}),
    "all must hold": ({"severity": "critical", "type": "aws_sqs_queue"}, set()),
}


@pytest.mark.parametrize(("when", "fitting"), FITTING.values(), ids=FITTING.keys())
def test_each_condition_asks_for_what_it_says(when: dict[str, Any], fitting: set[str]) -> None:
    found = effects({**when, "effect": "observe"})
    assert {address for address, (effect, gate) in found.items() if (effect, gate) == ("observe", "g0")} == fitting
    assert {address for address, (effect, _) in found.items() if effect == "block"} == {ADDRESS, QUEUE} - fitting


@pytest.mark.parametrize(("when", "fitting"), FITTING.values(), ids=FITTING.keys())
def test_it_asks_for_the_same_where_waivers_are_meant(when: dict[str, Any], fitting: set[str]) -> None:
    document = plan(open_rule(), open_queue())
    files = {"one.yaml": signed(document, rules=[RULE, QUEUE_RULE], addresses=[ADDRESS, QUEUE])}
    approvals = [{**when, "roles": {"security": 1}, "longest": "7d"}]
    found = decided(document, files, policy_text(approvals=approvals))
    assert {one.address for one in found.violations if one.waiver is not None} == fitting
    if when:
        found = decided(document, files, policy_text(not_waivable=[when]))
        assert {one.address for one in found.violations if one.waiver is None} == fitting


INTRODUCED, OPEN, OLD, MENDED = (f"aws_security_group_rule.{name}" for name in ("ssh", "later", "old", "mended"))
LATER = change(
    OPEN, ["create"],
    after={"type": "ingress", "from_port": 22, "protocol": "tcp"},
    after_unknown={"cidr_blocks": True},
)  # fmt: skip
BEFORE = {"type": "ingress", "from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
MIXED = plan(
    open_rule(),
    LATER,
    change("aws_security_group_rule.old", ["no-op"], before=BEFORE, after=BEFORE),
    change(MENDED, ["update"], before=BEFORE, after={**BEFORE, "cidr_blocks": ["10.0.0.0/8"]}),
)

STATUSES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no status": ({}, {INTRODUCED, OPEN, OLD, MENDED}),
    "introduced": ({"status": "introduced"}, {INTRODUCED}),
    "inherited": ({"status": "inherited"}, {OLD}),
    "fixed": ({"status": "fixed"}, {MENDED}),
    "undetermined": ({"status": "undetermined"}, {OPEN}),
    "introduced and undetermined": ({"status": ["introduced", "undetermined"]}, {INTRODUCED, OPEN}),
    "introduced, and undetermined ones only": ({"status": "introduced", "undetermined": True}, {OPEN}),
    "introduced, and no undetermined ones": ({"status": "introduced", "undetermined": False}, {INTRODUCED}),
    "only undetermined": ({"undetermined": True}, {OPEN}),
    "none that is undetermined": ({"undetermined": False}, {INTRODUCED, OLD, MENDED}),
    "never": ({"status": "undetermined", "undetermined": False}, set()),
}


@pytest.mark.parametrize(("when", "fitting"), STATUSES.values(), ids=STATUSES.keys())
def test_a_status_means_violations_and_others_where_it_says_so(when: dict[str, Any], fitting: set[str]) -> None:
    found = effects({**when, "effect": "block"}, document=MIXED)
    assert set(found) == {INTRODUCED, OPEN, OLD, MENDED}
    assert {address for address, (_, gate) in found.items() if gate == "g0"} == fitting


def test_what_is_fixed_is_only_ever_observed() -> None:
    assert effects({"effect": "block"}, document=MIXED)[MENDED] == ("observe", "g0")


def test_what_this_plan_makes_undetermined_is_introduced() -> None:
    later = change(
        "aws_security_group_rule.later", ["update"],
        before={"type": "ingress", "from_port": 22, "protocol": "tcp"},
        after={"type": "ingress", "from_port": 22, "protocol": "tcp"},
        after_unknown={"cidr_blocks": True},
    )  # fmt: skip
    assert effects({"status": "introduced", "undetermined": True, "effect": "block"}, document=plan(later))[OPEN] == (
        "block",
        "g0",
    )


def test_behind_ones_own_gates_stand_the_built_in_ones_unless_policy_says_no() -> None:
    observe = {"severity": "critical", "effect": "observe"}
    assert effects(observe)[QUEUE] == ("block", "builtin-introduced-critical-high")
    assert effects(observe, builtin_gates=False)[QUEUE] == ("block", "no-gate-matches")
    assert effects(document=MIXED, builtin_gates=False)[OLD] == ("block", "no-gate-matches")


def test_a_gate_for_another_place_does_not_decide() -> None:
    gates = [{"name": "lax", "environment": "dev", "effect": "observe"}]
    assert decided(plan(), policy=policy_text(gates=gates)).outcome == "block"
    assert decided(plan(), policy=policy_text(gates=gates), purpose=For("dev")).outcome == "allow"
