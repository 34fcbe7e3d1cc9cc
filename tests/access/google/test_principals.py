"""What the rules tell of principals of Google Cloud: at which resource, in which words, and what a plan changes."""

from __future__ import annotations

from functools import lru_cache

from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.testing.transition import transition_plan
from tests.access.google.test_escalation import ADMIN_NAME, DEV, account, custom, member
from tests.access.holding import plan_text
from tests.conftest import graph_from

ADMINISTRATOR = "google-principal-administrator-equivalent"
ESCALATION = "google-principal-privilege-escalation"
SECRETS = "google-principal-reads-secrets"


@lru_cache
def rules() -> RuleSet:
    return select_rules([load_pack(builtin_root())], only=[ADMINISTRATOR, ESCALATION, SECRETS])


def said(after: str, before: str = "") -> list[tuple[str, str, str, str]]:
    """What the rules say: rule, status, address, and message or reason."""
    plan = transition_plan(plan_text(before), plan_text(after), after, {}) if before else plan_text(after)
    found = evaluate(graph_from(plan), rules())
    assert not found.errors
    told = [(one.rule.id, one.status, one.node.address, one.message) for one in found.violations]
    return told + [(one.rule.id, "open", one.node.address, one.why) for one in found.undetermined]


def grant(name: str, role: str, who: str = DEV, project: str = "acme") -> str:
    return f"""
resource "google_project_iam_member" "{name}" {{
  project = "{project}"
  role    = "{role}"
  member  = "{who}"
}}
"""


def test_an_account_of_the_plan_is_told_of_at_itself() -> None:
    who = "serviceAccount:ci@acme.iam.gserviceaccount.com"
    assert said(account("ci") + grant("ci", "roles/owner", who)) == [
        (
            ADMINISTRATOR,
            "introduced",
            "google_service_account.ci",
            f"{who} may grant itself any role in project acme:"
            " resourcemanager.projects.setIamPolicy on projects/acme",
        )
    ]


def test_others_are_told_of_at_the_grant_that_gives_it() -> None:
    text = grant("reads", "roles/viewer") + grant("grants", "roles/iam.securityAdmin")
    assert [one[2] for one in said(text)] == ["google_project_iam_member.grants"]


def test_each_project_is_told_of() -> None:
    text = grant("one", "roles/owner") + grant("two", "roles/owner", project="other")
    assert [one[2] for one in said(text)] == ["google_project_iam_member.one", "google_project_iam_member.two"]


def test_what_takes_two_grants_is_told_once() -> None:
    text = grant("run", "roles/run.developer") + grant("act", "roles/iam.serviceAccountUser")
    ((rule, _, address, message),) = said(text)
    assert (rule, address) == (ESCALATION, "google_project_iam_member.act")
    assert message == (
        f"{DEV} can run code as any service account of projects/acme: iam.serviceAccounts.actAs with run.jobs.create"
        " on projects/acme or iam.serviceAccounts.actAs with run.jobs.update on projects/acme, and 2 more ways"
    )


def test_a_policy_tells_of_its_document() -> None:
    text = """
data "google_iam_policy" "it" {
  binding {
    role    = "roles/secretmanager.secretAccessor"
    members = ["group:dev@example.com"]
  }
}
resource "google_project_iam_policy" "it" {
  project     = "acme"
  policy_data = data.google_iam_policy.it.policy_data
}
resource "google_project_iam_policy" "other" {
  project     = "other"
  policy_data = "{}"
}
"""
    assert [(one[0], one[2]) for one in said(text)] == [(SECRETS, "google_project_iam_policy.it")]


def test_an_administrator_among_any_accounts_is_named_once() -> None:
    text = account("admin", "roles/owner") + grant("dev", "roles/iam.serviceAccountTokenCreator")
    messages = [message for rule, _, _, message in said(text) if rule == ESCALATION]
    assert len(messages) == 1
    assert "any service account of projects/acme, the administrator serviceAccount:admin@acme" in messages[0]


def test_the_end_of_the_way_is_told() -> None:
    text = account("admin", "roles/owner") + account("web")
    text += custom(
        "iam.serviceAccountKeys.create", who="serviceAccount:web@acme.iam.gserviceaccount.com", on=ADMIN_NAME
    )
    text += custom(
        "iam.serviceAccounts.signBlob", on="projects/acme/serviceAccounts/web@acme.iam.gserviceaccount.com"
    )
    messages = [message for rule, _, _, message in said(text) if rule == ESCALATION]
    assert len(messages) == 2
    assert any(
        "keys of serviceAccount:admin@acme.iam.gserviceaccount.com, which is an administrator:" in one
        for one in messages
    )
    assert any("which can get tokens or keys of serviceAccount:admin@" in one for one in messages)


def test_an_administrator_is_told_of_as_that_alone() -> None:
    text = grant("all", "roles/owner") + grant("keys", "roles/iam.serviceAccountKeyAdmin")
    assert [one[0] for one in said(text + grant("secrets", "roles/secretmanager.secretAccessor"))] == [ADMINISTRATOR]


def test_agents_of_google_and_their_secrets() -> None:
    agent = "serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com"
    assert (
        said(grant("keys", "roles/cloudkms.cryptoKeyDecrypter", agent) + grant("edit", "roles/editor", agent)) == []
    )


def test_what_the_plan_does_not_show_is_said() -> None:
    ((rule, status, address, why),) = said(custom("iam.serviceAccounts.signJwt", on=ADMIN_NAME))
    assert (rule, status) == (ESCALATION, "open")
    assert address.startswith("google_service_account_iam_member.")
    assert why == (
        f"{DEV} can get tokens or keys of serviceAccount:admin@acme.iam.gserviceaccount.com,"
        " and the plan does not show what that holds"
    )


def test_a_grant_elsewhere_makes_an_account_worse() -> None:
    who = "serviceAccount:ci@acme.iam.gserviceaccount.com"
    before = account("ci") + grant("run", "roles/run.developer", who)
    after = before + grant("act", "roles/iam.serviceAccountUser", who)
    assert [one[:3] for one in said(after, before)] == [(ESCALATION, "introduced", "google_service_account.ci")]
    assert [one[:3] for one in said(before, after)] == [(ESCALATION, "fixed", "google_service_account.ci")]
    assert [one[1] for one in said(after + grant("log", "roles/logging.logWriter", who), after)] == ["inherited"]


def test_a_role_that_grows_makes_its_holder_worse() -> None:
    role = """
resource "google_project_iam_custom_role" "it" {{
  project     = "acme"
  role_id     = "it"
  title       = "it"
  permissions = [{}]
}}
"""
    grants = grant("it", "${google_project_iam_custom_role.it.name}")
    before, after = role.format('"run.services.get"'), role.format('"resourcemanager.projects.setIamPolicy"')
    assert [one[:3] for one in said(after + grants, before + grants)] == [
        (ADMINISTRATOR, "introduced", "google_project_iam_member.it")
    ]


def test_an_unknown_role_and_what_is_known_beside_it() -> None:
    text = """
resource "terraform_data" "role" {
  input = "roles/run.viewer"
}
""" + grant("it", "${terraform_data.role.output}")
    assert {(one[0], one[1], one[2]) for one in said(text)} == {
        (ADMINISTRATOR, "open", "google_project_iam_member.it"),
        (ESCALATION, "open", "google_project_iam_member.it"),
        (SECRETS, "open", "google_project_iam_member.it"),
    }
    known = text + grant("keys", "roles/iam.serviceAccountKeyAdmin")
    assert {(one[0], one[1], one[2]) for one in said(known)} == {
        (ADMINISTRATOR, "open", "google_project_iam_member.it"),
        (ESCALATION, "introduced", "google_project_iam_member.keys"),
        (SECRETS, "open", "google_project_iam_member.it"),
    }


def test_nothing_is_said_of_members_without_such_rights() -> None:
    text = grant("run", "roles/run.viewer") + member("folder", "roles/viewer", on="folders/1")
    assert said(text) == []
