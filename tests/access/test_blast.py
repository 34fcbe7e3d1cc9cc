"""Who reaches which sensitive resources: against a slow evaluator, by laws, and case by case."""

from __future__ import annotations

import copy
import json
from functools import partial
from itertools import product
from random import Random
from typing import Any

import pytest

from planguard.access.asks import Asks, Masks
from planguard.access.blast import Blast, Gain, blast_radius
from planguard.access.model import MUST, Clause, Terms, Witness
from planguard.access.pattern import STAR_IN_PART, symbol
from planguard.access.powers import NO_POWERS, Powers, Step
from planguard.access.reaching import Reaching
from planguard.access.sensitive import Ask, stores_in
from planguard.graph.graph import Graph
from planguard.graph.snapshot import Snapshot
from planguard.plan.source import example_plan
from planguard.schema import resource_schema
from tests.access.reference import Request, allowed
from tests.conftest import change, graph_from, plan_document

HOME, ABROAD = "111122223333", "444455556666"
ROLES = ("app", "job")
Document = dict[str, Any]


def alone(*_: object) -> Powers:
    return NO_POWERS


radius = partial(blast_radius, powers_of=alone)


def names(gains: tuple[Gain, ...]) -> dict[str, list[str]]:
    """What is gained, by the name of the principal."""
    return {
        one.subject.name: sorted(resource.name for path in one.paths for resource in path.resources) for one in gains
    }


def planned(hcl: str, **more: Any) -> Blast:
    return radius(graph_from(example_plan(hcl, table=resource_schema)), **more)


def arn_of(role: str) -> str:
    return f"arn:aws:iam::{HOME}:role/{role}"


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> Document:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


# -- against the slow evaluator --------------------------------------------------------------------------------------

BUCKETS = ("a", "ab")
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:s-AbCdEf"
OBJECTS = (
    "x",
    "y",
    "xa",
    "xy",
    "xya",
    "p/x",
    "p/y",
    "p/xa",
    ":secret:s-xxxxxx",
    "p/:secret:s-xxxxxx",
    "x:secret:s-xxxxxx",
)
ASKED = {
    **{
        f"arn:aws:s3:::{bucket}": [
            *product(("s3:GetObject", "s3:GetObjectVersion"), [f"arn:aws:s3:::{bucket}/{one}" for one in OBJECTS]),
            ("s3:PutBucketPolicy", f"arn:aws:s3:::{bucket}"),
        ]
        for bucket in BUCKETS
    },
    KEY: [(f"kms:{one}", KEY) for one in ("Decrypt", "CreateGrant", "PutKeyPolicy")],
    SECRET: [(f"secretsmanager:{one}", SECRET) for one in ("GetSecretValue", "PutResourcePolicy")],
}
ACTIONS: tuple[Any, ...] = (
    "*", "s3:*", "s3:GetObject", "s3:Get*", "s3:GetObjectV*", "s3:PutBucketPolicy", "kms:*", "kms:Decrypt",
    "secretsmanager:GetSecretValue", ["s3:GetObject", "kms:CreateGrant"], "s3:ListBucket",
)  # fmt: skip
RESOURCES: tuple[Any, ...] = (
    "*", "arn:aws:s3:::*", "arn:aws:s3:::a/*", "arn:aws:s3:::a*", "arn:aws:s3:::ab/x*", "arn:aws:s3:::*/p/*",
    "arn:aws:s3:::a/x?", "arn:aws:s3:::a/x", "arn:aws:s3:::a", KEY, SECRET, "arn:aws:*:*:*:secret:s-??????",
    ["arn:aws:s3:::ab/*", "arn:aws:kms:*"], "arn:aws:s3:::a/*a",
)  # fmt: skip
CONDITIONS: tuple[Any, ...] = (
    {"Bool": {"aws:SecureTransport": "false"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"StringNotLike": {"aws:PrincipalArn": arn_of("a*")}},
    {"ArnLike": {"aws:PrincipalArn": arn_of("job")}},
    {"StringNotEquals": {"aws:PrincipalAccount": HOME}},
    {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}, "IpAddress": {"aws:SourceIp": "10.1.0.0/16"}},
)
CONTEXTS = [
    {"aws:SecureTransport": secure, **({"aws:SourceIp": address} if address else {})}
    for secure, address in product(("true", "false"), ("", "10.2.0.1", "10.1.0.1", "203.0.113.7"))
]


def some_statement(chance: Random, deny: float, **more: Any) -> Document:
    found = {"Effect": "Deny" if chance.random() < deny else "Allow", **more}
    found["NotAction" if chance.random() < 0.12 else "Action"] = chance.choice(ACTIONS)
    found["NotResource" if chance.random() < 0.15 else "Resource"] = chance.choice(RESOURCES)
    if chance.random() < 0.4:
        found["Condition"] = chance.choice(CONDITIONS)
    return found


def some_policy(chance: Random, deny: float = 0.3) -> list[Document]:
    return [some_statement(chance, deny) for _ in range(chance.randint(1, 3))]


def some_resource_policy(chance: Random, own: str) -> list[Document]:
    found = []
    for _ in range(chance.randint(0, 2)):
        one = some_statement(chance, 0.4, Principal={"AWS": arn_of(chance.choice(ROLES))})
        if one["Effect"] == "Deny" and chance.random() < 0.5:
            one["Principal"] = "*"
        for name in ("Resource", "NotResource"):
            one.pop(name, None)
        one["Resource"] = [own, f"{own}/*"] if "s3" in own else "*"
        found.append(one)
    return found


class Case:
    """Two roles, two buckets, a key and a secret, with policies of chance."""

    def __init__(self, chance: Random) -> None:
        self.own = {role: some_policy(chance) for role in ROLES}
        self.boundary = {role: some_policy(chance, 0.1) if chance.random() < 0.4 else None for role in ROLES}
        self.policies = {arn: some_resource_policy(chance, arn) for arn in ASKED}
        if chance.random() < 0.7:
            root = {"AWS": f"arn:aws:iam::{HOME}:root"}
            self.policies[KEY].append(statement("kms:*", Principal=root))

    def values(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for role in ROLES:
            arn = f"arn:aws:iam::{HOME}:policy/{role}"
            bounded = self.boundary[role]
            found[f"aws_iam_role.{role}"] = {
                "name": role, "arn": arn_of(role), "path": "/", "assume_role_policy": document(),
                "permissions_boundary": arn if bounded else None,
            }  # fmt: skip
            found[f"aws_iam_role_policy.{role}"] = {"name": "p", "role": role, "policy": document(*self.own[role])}
            if bounded:
                found[f"aws_iam_policy.{role}"] = {"name": role, "arn": arn, "policy": document(*bounded)}
        for bucket in BUCKETS:
            arn = f"arn:aws:s3:::{bucket}"
            found[f"aws_s3_bucket.{bucket}"] = {"bucket": bucket, "arn": arn, "id": bucket}
            if self.policies[arn]:
                policy = document(*self.policies[arn])
                found[f"aws_s3_bucket_policy.{bucket}"] = {"bucket": bucket, "policy": policy}
        found["aws_kms_key.k"] = {"arn": KEY, "key_id": "1", "policy": document(*self.policies[KEY])}
        found["aws_secretsmanager_secret.s"] = {
            "arn": SECRET,
            "name": "s",
            "policy": document(*self.policies[SECRET]),
        }
        return found

    def reaches(self, role: str, arn: str) -> bool:
        return any(
            self.allows(role, arn, action, resource, context)
            for (action, resource), context in product(ASKED[arn], CONTEXTS)
        )

    def allows(self, role: str, arn: str, action: str, resource: str, context: dict[str, str]) -> bool:
        known = {
            **context, "aws:PrincipalArn": arn_of(role), "aws:PrincipalAccount": HOME,
            "aws:PrincipalIsAWSService": "false",
        }  # fmt: skip
        request = Request(f"AWS:{arn_of(role)}", action, resource, known)
        bounded = self.boundary[role]

        def effect(statements: list[Document], wanted: str) -> bool:
            kept = [{**one, "Effect": "Allow"} for one in statements if one["Effect"] == wanted]
            return allowed({"Version": "2012-10-17", "Statement": kept}, request)

        theirs = self.policies[arn]
        if any(effect(one, "Deny") for one in (self.own[role], theirs, bounded or [])):
            return False
        if bounded and not effect(bounded, "Allow"):
            return False
        named = [one for one in theirs if one["Principal"] == {"AWS": arn_of(role)}]
        own = effect(self.own[role], "Allow") and (arn != KEY or effect(theirs, "Allow"))
        return own or effect(named, "Allow")


def case_plan(before: dict[str, Any], after: dict[str, Any]) -> Document:
    changes = []
    for address in sorted(before.keys() | after.keys()):
        old, new = before.get(address), after.get(address)
        actions = (
            ["no-op"] if old == new else ["create"] if old is None else ["delete"] if new is None else ["update"]
        )
        changes.append(change(address, actions, old, new))
    return plan_document(*changes)


def reached_in(graph: Graph) -> dict[tuple[str, str], Witness]:
    """Each principal and each resource that it reaches for certain after, with a request that shows it."""
    snapshot = Snapshot(graph, "after")
    stores = stores_in(snapshot)
    sensitive = [one.sensitive for one in stores]
    found = Reaching(snapshot, sensitive, stores, powers_of=alone)
    return {
        (name[1], one.name): found.ways(name, 1 << number, MUST)[0].witness
        for name, mask in found.reached[MUST].items()
        for number, one in enumerate(sensitive)
        if mask >> number & 1
    }


@pytest.mark.parametrize("seed", range(60))
def test_who_reaches_what_is_what_the_slow_evaluator_says(seed: int) -> None:
    for part in range(4):
        case = Case(Random(f"{seed}/{part}"))
        found = reached_in(graph_from(case_plan({}, case.values())))
        for role, arn in product(ROLES, ASKED):
            one = found.get((arn_of(role), arn))
            if one is None:
                assert not case.reaches(role, arn), (seed, part, role, arn)
                continue
            context = {key: value for key, value in one.context.items() if isinstance(value, str)}
            context.setdefault("aws:SecureTransport", "true")
            assert case.allows(role, arn, one.action, one.resource, context), (seed, part, role, one)


@pytest.mark.parametrize("seed", range(25))
def test_swapped_snapshots_swap_more_and_less(seed: int) -> None:
    one, other = Case(Random(f"one {seed}")).values(), Case(Random(f"other {seed}")).values()
    there, back = (radius(graph_from(case_plan(*sides))) for sides in ((one, other), (other, one)))
    assert names(there.more) == names(back.less)
    assert names(there.less) == names(back.more)
    assert (there.before, there.after) == (back.after, back.before)


@pytest.mark.parametrize("seed", range(25))
def test_a_statement_more_that_allows_takes_nothing_away(seed: int) -> None:
    chance = Random(f"allow {seed}")
    case = Case(chance)
    before = case.values()
    more = copy.deepcopy(case)
    more.own["app"].append(some_statement(chance, 0))
    found = radius(graph_from(case_plan(before, more.values())))
    assert found.less == ()
    assert found.after.pairs >= found.before.pairs
    assert {one.subject.name for one in found.more} <= {arn_of("app")}


@pytest.mark.parametrize("seed", range(15))
def test_a_statement_more_that_denies_gives_nothing(seed: int) -> None:
    chance = Random(f"deny {seed}")
    case = Case(chance)
    more = copy.deepcopy(case)
    more.own["app"].append(some_statement(chance, 1))
    found = radius(graph_from(case_plan(case.values(), more.values())))
    assert found.more == found.possible == ()


@pytest.mark.parametrize("seed", range(10))
def test_nothing_changed_is_nothing_gained(seed: int) -> None:
    values = Case(Random(f"same {seed}")).values()
    found = radius(graph_from(case_plan(values, values)))
    assert (found.more, found.possible, found.less) == ((), (), ())
    assert found.before == found.after


def test_the_totals_add_up() -> None:
    values = Case(Random("totals")).values()
    found = radius(graph_from(case_plan({}, values)))
    gained = names(found.more)
    assert found.after.principals == len(gained)
    assert found.after.pairs == sum(map(len, gained.values()))
    assert found.after.resources == len({one for each in gained.values() for one in each})


# -- requests as bits ------------------------------------------------------------------------------------------------


def masks(*names_: str, is_below: bool, include: tuple[str, ...], exclude: tuple[str, ...] = ()) -> Masks:
    asks = Asks([("google", (Ask(("get",), names_, is_below),))])
    return asks.masks(Clause("allow", Terms(("get",)), Terms(include, exclude)))


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (("*",), (), (1, 1, 1)),
        (("b/*",), (), (1, 1, 1)),
        (("b*",), (), (1, 1, 1)),
        (("b/x",), (), (0, 1, 1)),
        (("b/x/*",), (), (0, 1, 1)),
        (("b/*x",), (), (0, 1, 1)),
        ((f"b/{STAR_IN_PART}",), (), (0, 1, 1)),
        (("*x",), (), (0, 1, 1)),
        (("?/?",), (), (0, 1, 1)),
        (("b",), (), (0, 0, 0)),
        (("c/*",), (), (0, 0, 0)),
        (("??/*",), (), (0, 1, 1)),
        (("??/?",), (), (0, 1, 1)),
        (("c??/*",), (), (0, 0, 0)),
        (("*",), ("b/x",), (0, 0, 1)),
        (("*",), ("b/*",), (0, 0, 0)),
        (("b/*",), ("c*",), (1, 1, 1)),
    ],
)  # fmt: skip
def test_what_a_clause_says_of_all_that_is_below(
    include: tuple[str, ...], exclude: tuple[str, ...], expected: tuple[int, int, int]
) -> None:
    assert masks("b/", is_below=True, include=include, exclude=exclude)[:3] == expected


def test_a_symbol_is_matched_by_a_star_and_by_itself_only() -> None:
    name = f"a{symbol('aws_kms_key.k.arn')}"
    assert masks(name, is_below=False, include=("a*",))[0]
    assert masks(name, is_below=False, include=(name,))[0]
    assert not masks(name, is_below=False, include=("a?",))[2]


def test_what_is_said_of_one_name_is_said_of_the_resource() -> None:
    assert masks("a", "b", is_below=False, include=("b",)) == (1, 1, 1, 1)
    assert masks("a", "b", is_below=False, include=("*",), exclude=("b",)) == (0, 0, 0, 0)


# -- whom policies let in --------------------------------------------------------------------------------------------


def lets(principal: Any, action: str = "s3:GetObject", **more: Any) -> Blast:
    policy = document(statement(action, ["arn:aws:s3:::a", "arn:aws:s3:::a/*"], Principal=principal, **more))
    bucket = {"bucket": "a", "arn": "arn:aws:s3:::a", "id": "a"}
    role = {"name": "r", "arn": arn_of("r"), "path": "/", "assume_role_policy": document()}
    return radius(
        graph_from(
            plan_document(
                change("aws_iam_role.r", ["no-op"], role, role),
                change("aws_s3_bucket.a", ["no-op"], bucket, bucket),
                change("aws_s3_bucket_policy.a", ["create"], None, {"bucket": "a", "policy": policy}),
            )
        )
    )


@pytest.mark.parametrize(
    ("principal", "more", "expected"),
    [
        ("*", {}, ["anybody"]),
        ("*", {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, ["anybody who meets a condition"]),
        ("*", {"Condition": {"ArnEquals": {"aws:PrincipalArn": arn_of("r")}}}, [arn_of("r")]),
        ({"AWS": f"arn:aws:iam::{ABROAD}:root"}, {}, [f"account {ABROAD}"]),
        ({"AWS": ABROAD}, {}, [f"account {ABROAD}"]),
        ({"AWS": f"arn:aws:iam::{HOME}:root"}, {}, []),
        ({"AWS": arn_of("r")}, {}, [arn_of("r")]),
        ({"AWS": arn_of("other")}, {}, [arn_of("other")]),
        ({"Service": "logging.s3.amazonaws.com"}, {}, []),
    ],
)  # fmt: skip
def test_whom_a_bucket_policy_lets_in(principal: Any, more: dict[str, Any], expected: list[str]) -> None:
    found = lets(principal, **more)
    assert sorted(names(found.more)) == expected
    assert all(path.how == "resource-policy" for gain in found.more for path in gain.paths)


def test_who_may_only_write_does_not_reach() -> None:
    assert lets("*", action="s3:PutObject").more == ()


BUCKET = 'resource "aws_s3_bucket" "b" { bucket = "b" }'


def role(name: str, action: str, resource: str = "*", trust: str = '{"Service":"ec2.amazonaws.com"}') -> str:
    trusted = (
        f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{trust}}}]}}'
    )
    return f"""
    resource "aws_iam_role" "{name}" {{
      name               = "{name}"
      assume_role_policy = {json.dumps(trusted)}
    }}
    resource "aws_iam_role_policy" "{name}" {{
      role   = aws_iam_role.{name}.name
      policy = {json.dumps(document(statement(action, resource)))}
    }}
    """


def test_an_account_that_a_role_trusts_reaches_what_the_role_does() -> None:
    found = planned(BUCKET + role("r", "s3:GetObject", trust=f'{{"AWS":"arn:aws:iam::{ABROAD}:root"}}'))
    assert names(found.more) == {
        f"account {ABROAD}": ["arn:aws:s3:::b"],
        "role/r": ["arn:aws:s3:::b"],
    }
    [outside] = [one for one in found.more if one.subject.kind == "account"]
    [path] = outside.paths
    assert (path.how, [step.target for step in path.steps]) == ("own-access", ["role/r"])


# -- in steps --------------------------------------------------------------------------------------------------------


def stepping(**targets: tuple[str, bool]) -> Any:
    def powers_of(_: Graph, __: str, subject: Any) -> Powers:
        name = subject.name.rsplit("/", 1)[-1]
        if name not in targets:
            return NO_POWERS
        target, is_certain = targets[name]
        return Powers(steps=(Step("sts:AssumeRole", f"become {target}", target, is_certain=is_certain),))

    return powers_of


CHAIN = BUCKET + role("a", "sqs:SendMessage") + role("b", "sqs:SendMessage") + role("c", "s3:*")


def told(gain: Gain) -> tuple[str, list[str], str]:
    [path] = gain.paths
    return gain.subject.name, [step.target for step in path.steps], path.how


def test_a_chain_of_steps_is_followed() -> None:
    graph = graph_from(example_plan(CHAIN, table=resource_schema))
    found = blast_radius(graph, powers_of=stepping(a=("role/b", True), b=("role/c", True), c=("role/a", True)))
    assert [told(one) for one in found.more] == [
        ("role/a", ["role/b", "role/c"], "own-access"),
        ("role/b", ["role/c"], "own-access"),
        ("role/c", [], "own-access"),
    ]
    assert found.more[0].paths[0].witness.principal == "role/c"


def test_a_step_that_may_work_is_only_possible() -> None:
    graph = graph_from(example_plan(CHAIN, table=resource_schema))
    found = blast_radius(graph, powers_of=stepping(a=("role/b", True), b=("role/c", False)))
    assert [told(one)[0] for one in found.more] == ["role/c"]
    assert [told(one)[0] for one in found.possible] == ["role/a", "role/b"]
    assert (found.after.pairs, found.perhaps_after.pairs) == (1, 3)


def test_who_gives_itself_any_access_reaches_its_account() -> None:
    graph = graph_from(example_plan(CHAIN, table=resource_schema))
    found = blast_radius(graph, powers_of=stepping(a=("", True)))
    assert [told(one) for one in found.more] == [("role/a", [], "administrator"), ("role/c", [], "own-access")]


def test_an_administrator_reaches_everything() -> None:
    found = blast_radius(graph_from(example_plan(BUCKET + role("a", "*"), table=resource_schema)))
    assert names(found.more) == {"role/a": ["arn:aws:s3:::b"]}


# -- other clouds ----------------------------------------------------------------------------------------------------


def azure(
    role_: str, scope: str = "azurerm_resource_group.g.id", vault: str = "", account: str = "", more: str = ""
) -> str:
    return f"""
    resource "azurerm_resource_group" "g" {{
      name     = "g"
      location = "westeurope"
    }}
    resource "azurerm_key_vault" "v" {{
      name                = "v"
      resource_group_name = azurerm_resource_group.g.name
      location            = "westeurope"
      tenant_id           = "00000000-0000-0000-0000-000000000001"
      sku_name            = "standard"
      {vault}
    }}
    resource "azurerm_storage_account" "s" {{
      name                     = "s"
      resource_group_name      = azurerm_resource_group.g.name
      location                 = "westeurope"
      account_tier             = "Standard"
      account_replication_type = "LRS"
      {account}
    }}
    resource "azurerm_role_assignment" "x" {{
      scope                = {scope}
      role_definition_name = "{role_}"
      principal_id         = "11111111-2222-3333-4444-555555555555"
      {more}
    }}
    """


BY_ROLES = "rbac_authorization_enabled = true"
CONDITION = 'condition_version = "2.0"\n condition = "@Resource[x] StringEquals \'y\'"'


@pytest.mark.parametrize(
    ("hcl", "expected"),
    [
        (azure("Storage Blob Data Reader"), ["azurerm_storage_account.s"]),
        (azure("Reader"), []),
        (azure("Key Vault Secrets User", vault=BY_ROLES), ["azurerm_key_vault.v"]),
        (azure("Key Vault Secrets User"), []),
        (azure("Contributor", vault=BY_ROLES), ["azurerm_storage_account.s"]),
        (azure("Contributor"), ["azurerm_key_vault.v", "azurerm_storage_account.s"]),
        (azure("Contributor", vault=BY_ROLES, account="shared_access_key_enabled = false"), []),
        (azure("Owner", vault=BY_ROLES), ["azurerm_key_vault.v", "azurerm_storage_account.s"]),
        (azure("User Access Administrator", vault=BY_ROLES), ["azurerm_key_vault.v", "azurerm_storage_account.s"]),
        (azure("User Access Administrator", vault=BY_ROLES, more=CONDITION), []),
        (azure("Storage Blob Data Reader", scope="azurerm_key_vault.v.id"), []),
    ],
)  # fmt: skip
def test_what_reaches_data_in_azure(hcl: str, expected: list[str]) -> None:
    found = planned(hcl)
    assert names(found.more) == ({"11111111-2222-3333-4444-555555555555": expected} if expected else {})


GOOGLE = """
resource "google_storage_bucket" "b" {
  name     = "b"
  project  = "p"
  location = "EU"
}
resource "google_secret_manager_secret" "s" {
  secret_id = "s"
  project   = "p"
  replication {
    auto {}
  }
}
"""


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (
            'resource "google_project_iam_member" "m" {\n project = "p"\n role = "roles/storage.objectViewer"\n'
            ' member = "user:a@example.com"\n}',
            {"user:a@example.com": ["projects/p/buckets/b"]},
        ),
        (
            'resource "google_project_iam_member" "m" {\n project = "p"\n role = "roles/owner"\n'
            ' member = "user:a@example.com"\n}',
            {"user:a@example.com": ["projects/p/buckets/b", "projects/p/secrets/s"]},
        ),
        (
            'resource "google_project_iam_member" "m" {\n project = "q"\n role = "roles/owner"\n'
            ' member = "user:a@example.com"\n}',
            {},
        ),
        (
            'resource "google_storage_bucket_iam_member" "m" {\n bucket = google_storage_bucket.b.name\n'
            ' role = "roles/storage.objectViewer"\n member = "allUsers"\n}',
            {"anybody": ["projects/p/buckets/b"]},
        ),
        (
            'resource "google_secret_manager_secret_iam_member" "m" {\n project = "p"\n'
            ' secret_id = google_secret_manager_secret.s.secret_id\n role = "roles/secretmanager.secretAccessor"\n'
            ' member = "allAuthenticatedUsers"\n}',
            {"anybody with a Google account": ["projects/p/secrets/s"]},
        ),
    ],
)
def test_what_reaches_data_in_google_cloud(binding: str, expected: dict[str, list[str]]) -> None:
    assert names(planned(GOOGLE + binding).more) == expected


def test_what_reaches_secrets_in_kubernetes() -> None:
    found = planned("""
    resource "kubernetes_secret" "s" {
      metadata {
        name      = "s"
        namespace = "shop"
      }
    }
    resource "kubernetes_role" "r" {
      metadata {
        name      = "r"
        namespace = "shop"
      }
      rule {
        api_groups = [""]
        resources  = ["secrets"]
        verbs      = ["list"]
      }
    }
    resource "kubernetes_role_binding" "r" {
      metadata {
        name      = "r"
        namespace = "shop"
      }
      role_ref {
        api_group = "rbac.authorization.k8s.io"
        kind      = "Role"
        name      = "r"
      }
      subject {
        kind      = "User"
        name      = "a"
        api_group = "rbac.authorization.k8s.io"
      }
    }
    """)
    assert names(found.more) == {"User:a": ["shop/s"]}


ASSUMED = """
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "b" {
  bucket = "b"
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/r" }]
  })
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } }]
  })
}
resource "aws_iam_role_policy" "r" {
  role   = aws_iam_role.r.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }]
  })
}
"""


def test_who_may_assume_a_role_reaches_what_the_role_does() -> None:
    found = blast_radius(graph_from(example_plan(ASSUMED, table=resource_schema)))
    reached = {one.subject.name: one.paths[0] for one in (*found.more, *found.possible)}
    user, other = f"arn:aws:iam::{HOME}:user/u", arn_of("r")
    assert sorted(reached) == [other, user]
    assert [step.target for step in reached[user].steps] == [other]
