"""What principals of Google Cloud can make of their access."""

from __future__ import annotations

import json
from itertools import product

import pytest

from planguard.access.additive import Granted
from planguard.access.compare import witness_of
from planguard.access.google.account import is_of_google
from planguard.access.google.condition import grants
from planguard.access.google.escalation import administered, permissions_of
from planguard.access.google.methods import (
    ACT_AS,
    ADMINISTRATION,
    ASKED,
    BUILD,
    DEPLOY,
    NEEDS_MACHINE,
    ON_ACCOUNT,
    UPDATE_ROLE,
    WITH_ACT_AS,
)
from planguard.access.google.secrets import secrets_read
from planguard.access.holdings import holdings
from planguard.access.model import ALLOW, GOOGLE, IDENTITY, Clause, Predicate, Subject, Terms
from planguard.access.powers import OUTSIDE
from tests.access.holding import plan_text
from tests.access.ways import powers_in, told
from tests.conftest import graph_from

DEV = "group:dev@example.com"
ADMIN = "serviceAccount:admin@acme.iam.gserviceaccount.com"
ADMIN_NAME = "projects/acme/serviceAccounts/admin@acme.iam.gserviceaccount.com"
ANY = "any service account of projects/acme"


def account(name: str, role: str = "") -> str:
    text = f"""
resource "google_service_account" "{name}" {{
  account_id = "{name}"
  project    = "acme"
}}
"""
    return text + (member("project", role, f"serviceAccount:{name}@acme.iam.gserviceaccount.com") if role else "")


_number = iter(range(10**6))


def member(kind: str, role: str, who: str = DEV, on: str = "acme") -> str:
    where = {
        "project": f'project = "{on}"',
        "folder": f'folder = "{on}"',
        "organization": f'org_id = "{on}"',
        "service_account": f'service_account_id = "{on}"',
    }[kind]
    return f"""
resource "google_{kind}_iam_member" "m{next(_number)}" {{
  {where}
  role   = "{role}"
  member = "{who}"
}}
"""


def custom(*permissions: str, who: str = DEV, on: str = "") -> str:
    """A custom role with these permissions, granted on the project, or on one service account."""
    name = f"c{next(_number)}"
    grant = member("service_account" if on else "project", f"projects/acme/roles/{name}", who, on or "acme")
    return f"""
resource "google_project_iam_custom_role" "{name}" {{
  project     = "acme"
  role_id     = "{name}"
  title       = "{name}"
  permissions = {json.dumps(permissions)}
}}
{grant}"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (member("project", "roles/owner"), "projects/acme"),
        (member("project", "roles/resourcemanager.projectIamAdmin"), "projects/acme"),
        (member("project", "roles/iam.securityAdmin"), "projects/acme"),
        (member("folder", "roles/resourcemanager.projectIamAdmin", on="folders/1"), "folders/1"),
        (member("organization", "roles/resourcemanager.organizationAdmin", on="1"), "organizations/1"),
        (custom("resourcemanager.projects.setIamPolicy"), "projects/acme"),
    ],
)
def test_who_sets_policies_is_an_administrator(text: str, place: str) -> None:
    found = powers_in(text)[DEV]
    assert found.administrator is not None
    assert found.administrator.resource == place
    assert found.steps == ()


@pytest.mark.parametrize(
    "text",
    [
        member("project", "roles/editor"),
        member("project", "roles/viewer"),
        member("project", "roles/cloudbuild.builds.builder"),
        member("project", "roles/nobody.knowsThisRole"),
        custom("resourcemanager.folders.setIamPolicy"),
        custom("resourcemanager.projects.getIamPolicy"),
    ],
)
def test_others_are_none_nor_perhaps(text: str) -> None:
    found = powers_in(text)[DEV]
    assert found.administrator is None
    assert found.perhaps_administrator is None


@pytest.mark.parametrize("permission", sorted(ON_ACCOUNT))
def test_one_permission_on_accounts(permission: str) -> None:
    assert told(powers_in(custom(permission))[DEV]) == [f"{permission} -> {ANY}"]
    one = powers_in(account("admin", "roles/owner") + custom(permission, on=ADMIN_NAME))[DEV]
    assert told(one) == [f"{permission} -> {ADMIN}"]
    assert [step.target for step in one.chain] == [ADMIN]
    assert one.steps[0].target_address == "google_service_account.admin"


@pytest.mark.parametrize("permission", WITH_ACT_AS)
def test_code_takes_both_permissions(permission: str) -> None:
    assert told(powers_in(custom(permission, ACT_AS))[DEV]) == [f"{ACT_AS}+{permission} -> {ANY}"]
    assert told(powers_in(custom(permission))[DEV]) == []
    assert told(powers_in(custom(ACT_AS))[DEV]) == []
    apart = account("admin", "roles/owner") + custom(permission) + custom(ACT_AS, on=ADMIN_NAME)
    expected = [] if permission in NEEDS_MACHINE else [f"{ACT_AS}+{permission} -> {ADMIN}"]
    assert told(powers_in(apart)[DEV]) == expected


@pytest.mark.parametrize("email", ["google_service_account.admin.email", '"admin@acme.iam.gserviceaccount.com"'])
def test_a_machine_of_the_plan_that_runs_as_the_account(email: str) -> None:
    machine = f"""
resource "google_compute_instance" "it" {{
  name = "it"
  service_account {{
    email  = {email}
    scopes = ["cloud-platform"]
  }}
}}
"""
    text = account("admin", "roles/owner") + custom("compute.instances.osLogin") + custom(ACT_AS, on=ADMIN_NAME)
    assert told(powers_in(text + machine)[DEV]) == [f"{ACT_AS}+compute.instances.osLogin -> {ADMIN}"]


def test_delegation_by_an_account_whose_tokens_one_gets_is_no_way_of_its_own() -> None:
    relay = "projects/acme/serviceAccounts/relay@acme.iam.gserviceaccount.com"
    text = account("admin", "roles/owner") + account("relay")
    who = "serviceAccount:relay@acme.iam.gserviceaccount.com"
    text += custom("iam.serviceAccounts.getAccessToken", who=who, on=ADMIN_NAME)
    text += custom("iam.serviceAccounts.implicitDelegation", "iam.serviceAccounts.getAccessToken", on=relay)
    assert told(powers_in(text)[DEV]) == [f"iam.serviceAccounts.getAccessToken -> {who}"]


def test_delegation_leads_to_those_whose_tokens_the_account_gets() -> None:
    relay = "projects/acme/serviceAccounts/relay@acme.iam.gserviceaccount.com"
    text = account("admin", "roles/owner") + account("relay")
    text += custom(
        "iam.serviceAccounts.getAccessToken",
        who="serviceAccount:relay@acme.iam.gserviceaccount.com",
        on=ADMIN_NAME,
    )
    text += custom("iam.serviceAccounts.implicitDelegation", on=relay)
    found = powers_in(text)[DEV]
    assert told(found) == [f"iam.serviceAccounts.implicitDelegation -> {ADMIN}"]
    assert [each.principal for each in found.steps[0].witnesses] == [
        DEV,
        "serviceAccount:relay@acme.iam.gserviceaccount.com",
    ]


def test_a_custom_role_that_its_holder_writes() -> None:
    assert told(powers_in(custom(UPDATE_ROLE))[DEV]) == [f"{UPDATE_ROLE} -> "]
    assert told(powers_in(member("project", "roles/iam.roleAdmin"))[DEV]) == []
    outside = member("project", "roles/iam.roleAdmin") + member("project", "projects/acme/roles/ops")
    assert told(powers_in(outside)[DEV]) == [f"{UPDATE_ROLE} -> "]
    elsewhere = member("project", "roles/iam.roleAdmin") + member("project", "projects/other/roles/ops")
    assert told(powers_in(elsewhere)[DEV]) == []


def test_services_with_accounts_of_their_own() -> None:
    builder = "serviceAccount:123@cloudbuild.gserviceaccount.com"
    text = custom(BUILD) + member("project", "roles/storage.admin", builder)
    assert told(powers_in(text)[DEV]) == [f"{BUILD} -> {builder}"]
    other = custom(BUILD) + member("project", "roles/storage.admin", builder, on="other")
    assert told(powers_in(other)[DEV]) == []
    assert told(powers_in(custom(DEPLOY))[DEV]) == [f"{DEPLOY} -> the Google APIs Service Agent of projects/acme"]


def test_an_account_that_holds_no_more_is_no_step() -> None:
    text = account("web", "roles/pubsub.publisher") + custom(
        "iam.serviceAccounts.getAccessToken", on="projects/acme/serviceAccounts/web@acme.iam.gserviceaccount.com"
    )
    assert len(powers_in(text)[DEV].steps) == 1
    assert powers_in(text + member("project", "roles/pubsub.publisher"))[DEV].steps == ()


def test_an_account_outside_of_the_plan_may_hold_anything() -> None:
    found = powers_in(custom("iam.serviceAccounts.signJwt", on=ADMIN_NAME))[DEV]
    assert told(found) == [f"?iam.serviceAccounts.signJwt -> {ADMIN}"]
    assert found.chain == ()
    assert [step.target for step in found.perhaps_chain] == [ADMIN]


def test_the_way_goes_on_over_others() -> None:
    web = "serviceAccount:web@acme.iam.gserviceaccount.com"
    text = account("admin", "roles/owner") + account("web")
    text += custom("iam.serviceAccountKeys.create", who=web, on=ADMIN_NAME)
    text += custom("iam.serviceAccounts.signBlob", on=f"projects/acme/serviceAccounts/{web.partition(':')[2]}")
    assert [step.target for step in powers_in(text)[DEV].chain] == [web, ADMIN]


def test_accounts_in_turn_come_to_an_end() -> None:
    text = account("one") + account("two")
    for who, on in (("one", "two"), ("two", "one")):
        name = f"projects/acme/serviceAccounts/{on}@acme.iam.gserviceaccount.com"
        text += custom(
            "iam.serviceAccountKeys.create", who=f"serviceAccount:{who}@acme.iam.gserviceaccount.com", on=name
        )
    found = powers_in(text)["serviceAccount:one@acme.iam.gserviceaccount.com"]
    assert [step.target for step in found.chain] == ["serviceAccount:two@acme.iam.gserviceaccount.com"]


def test_what_is_not_known_may_lead_anywhere() -> None:
    text = """
resource "terraform_data" "role" {
  input = "roles/run.viewer"
}
resource "google_project_iam_member" "it" {
  project = "acme"
  role    = terraform_data.role.output
  member  = "group:dev@example.com"
}
"""
    found = powers_in(text)[DEV]
    assert found.administrator is None
    assert found.perhaps_administrator is not None
    assert found.steps
    assert not any(step.is_certain for step in found.steps)
    assert found.gaps


LIMIT = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([{}])"


@pytest.mark.parametrize(
    ("expression", "permission", "answer"),
    [
        ("request.time < timestamp('2027-01-01T00:00:00Z')", "x.setIamPolicy", True),
        ("resource.name.startsWith('projects/1')", "x.setIamPolicy", None),
        ("request.time < timestamp('2027-01-01T00:00:00Z') && resource.type == 'x'", "x.get", None),
        (LIMIT.format("'roles/run.viewer'"), "x.setIamPolicy", False),
        (LIMIT.format("'roles/run.viewer'"), "x.get", True),
        (LIMIT.format('"roles/run.viewer", "roles/owner"'), "x.setIamPolicy", True),
        (LIMIT.format("'roles/iam.securityAdmin'"), "x.setIamPolicy", True),
        ("!" + LIMIT.format("'roles/run.viewer'"), "x.setIamPolicy", None),
        ("true", "x.get", None),
    ],
)
def test_what_a_condition_leaves(expression: str, permission: str, answer: bool | None) -> None:
    clause = Clause(ALLOW, Terms(), predicates=(Predicate("Expression", "expression", (expression,)),))
    assert grants(clause, permission) is answer
    assert grants(Clause(ALLOW, Terms()), permission) is True


@pytest.mark.parametrize(
    ("name", "address", "answer"),
    [
        ("serviceAccount:1@cloudservices.gserviceaccount.com", "", True),
        ("serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com", "", True),
        ("serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com", "", True),
        ("serviceAccount:service-1@acme.iam.gserviceaccount.com", "google_service_account.it", False),
        ("serviceAccount:web@acme.iam.gserviceaccount.com", "", False),
        ("serviceAccount:1-compute@developer.gserviceaccount.com", "", False),
        ("serviceAccount:acme@appspot.gserviceaccount.com", "", False),
        ("serviceAccount:acme.svc.id.goog[shop/web]", "", False),
        ("user:1@cloudservices.gserviceaccount.com", "", False),
    ],
)
def test_agents_of_google(name: str, address: str, answer: bool) -> None:
    assert is_of_google(Subject(GOOGLE, IDENTITY, name, address)) is answer


@pytest.mark.parametrize(
    ("email", "target"),
    [
        ("1-compute@developer.gserviceaccount.com", "serviceAccount:1-compute@developer.gserviceaccount.com"),
        ("acme@appspot.gserviceaccount.com", "serviceAccount:acme@appspot.gserviceaccount.com"),
    ],
)
def test_default_accounts_are_of_a_project(email: str, target: str) -> None:
    text = member("project", "roles/owner", f"serviceAccount:{email}") + custom("iam.serviceAccounts.getAccessToken")
    assert target in [step.target for step in powers_in(text)[DEV].steps]


def test_single_requests_agree_with_the_exact_comparison() -> None:
    roles = ["roles/editor", "roles/iam.serviceAccountTokenCreator", "roles/iam.roleAdmin", "roles/run.developer"]
    text = account("admin", "roles/owner") + "".join(member("project", role) for role in roles)
    text += custom("iam.serviceAccounts.signJwt", on=ADMIN_NAME)
    graph = graph_from(plan_text(text))
    places = ["projects/acme", ADMIN_NAME, "projects/other", "folders/1"]
    for held in holdings(graph, "after").all:
        if held.subject.plane != IDENTITY:
            continue
        granted = Granted(held.access, ASKED, permissions_of, grants)
        for permission, place in product(ASKED, places):
            exact = witness_of(held.access, Terms((permission,)), Terms((place,)))
            assert (granted.on(permission, place) is not None) == (exact is not None), (permission, place)


def test_witnesses_of_steps_are_allowed() -> None:
    text = account("admin", "roles/owner") + member("project", "roles/editor")
    graph = graph_from(plan_text(text))
    held = holdings(graph, "after").by_key[GOOGLE, IDENTITY, DEV]
    steps = powers_in(text)[DEV].steps
    assert len(steps) > 10
    for each in (witness for step in steps for witness in step.witnesses):
        assert witness_of(held.access, Terms((each.action,)), Terms((each.resource,))) is not None


def test_where_policies_are_set_and_secrets_are_read() -> None:
    text = member("project", "roles/iam.securityAdmin") + member("folder", "roles/owner", on="folders/1")
    text += member("project", "roles/secretmanager.secretAccessor", "user:jane@example.com")
    found = {one.subject.name: one for one in holdings(graph_from(plan_text(text)), "after").all}
    assert sorted(witness.resource for witness, _ in administered(found[DEV])) == ["folders/1", "projects/acme"]
    assert all(witness.action in ADMINISTRATION.values() for witness, _ in administered(found[DEV]))
    read = secrets_read(found["user:jane@example.com"])
    assert [(witness.action, witness.resource) for witness, _ in read] == [
        ("secretmanager.versions.access", "projects/acme")
    ]


def test_all_accounts_of_a_project_are_named_once() -> None:
    text = account("web", "roles/pubsub.publisher") + account("admin", "roles/owner")
    text += member("project", "roles/iam.serviceAccountTokenCreator")
    targets = [step.target for step in powers_in(text)[DEV].steps]
    assert targets.count("serviceAccount:web@acme.iam.gserviceaccount.com") == 1
    assert targets.count(ADMIN) == 3
    assert targets.count(ANY) == 3


def test_why_a_step_is_not_certain() -> None:
    (one,) = powers_in(custom("iam.serviceAccounts.signJwt", on=ADMIN_NAME))[DEV].steps
    assert one.doubt == OUTSIDE
    known = powers_in(account("admin", "roles/owner") + custom("iam.serviceAccounts.signJwt", on=ADMIN_NAME))
    assert known[DEV].steps[0].doubt == ""
