"""Who holds Google's basic roles."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._google_iam import Grant, grants, held_roles, iam

_LARGE = frozenset(("roles/owner", "roles/viewer"))
# Google's own agent holds Editor on every project; a binding that takes it away breaks deployments.
# cloud.google.com/iam/docs/service-account-types#google-apis
_GOOGLE_AGENT = "@cloudservices.gserviceaccount.com"
_LINKS = ["https://cloud.google.com/iam/docs/roles-overview#basic"]


@rule(
    id="google-project-basic-role",
    severity="high",
    domain="identity",
    resources=iam("project"),
    aliases=["CKV_GCP_117"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=_LINKS,
    wider=["google-principal-administrator-equivalent", "google-principal-privilege-escalation"],
    bad={
        "Editor for a service account": """
resource "google_service_account" "app" {
  account_id = "app-runner"
  project    = "acme-shop"
}

resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/editor"
  member  = "serviceAccount:${google_service_account.app.email}"
}
""",
        "Viewer for a group": """
resource "google_project_iam_binding" "audit" {
  project = "acme-shop"
  role    = "roles/viewer"
  members = ["group:audit@example.com"]
}
""",
        "Owner, even for Google's own agent": """
resource "google_project_iam_member" "agent" {
  project = "acme-shop"
  role    = "roles/owner"
  member  = "serviceAccount:123456789012@cloudservices.gserviceaccount.com"
}
""",
        "Owner in a policy that is not known yet": """
resource "google_service_account" "app" {
  account_id = "app-runner"
  project    = "acme-shop"
}

data "google_iam_policy" "shop" {
  binding {
    role    = "roles/owner"
    members = ["serviceAccount:${google_service_account.app.email}"]
  }
}

resource "google_project_iam_policy" "shop" {
  project     = "acme-shop"
  policy_data = data.google_iam_policy.shop.policy_data
}
""",
        "Viewer for members that are not known yet": """
resource "terraform_data" "viewers" {
  input = ["group:audit@example.com"]
}

resource "google_project_iam_binding" "audit" {
  project = "acme-shop"
  role    = "roles/viewer"
  members = terraform_data.viewers.output
}
""",
    },
    good={
        "a role for the task": """
resource "google_project_iam_member" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  member  = "group:web@example.com"
}
""",
        "Editor for Google's own agent": """
resource "google_project_iam_binding" "editors" {
  project = "acme-shop"
  role    = "roles/editor"
  members = ["serviceAccount:123456789012@cloudservices.gserviceaccount.com"]
}
""",
        "a role for the task, for members that are not known yet": """
resource "terraform_data" "callers" {
  input = ["group:web@example.com"]
}

resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  members = terraform_data.callers.output
}
""",
        "a policy without basic roles": """
resource "google_project_iam_policy" "shop" {
  project     = "acme-shop"
  policy_data = jsonencode({ bindings = [{ role = "roles/run.admin", members = ["group:web@example.com"] }] })
}
""",
    },
    undetermined={
        "Editor for a member that is not known yet": """
resource "terraform_data" "agent" {
  input = "serviceAccount:123456789012@cloudservices.gserviceaccount.com"
}

resource "google_project_iam_member" "agent" {
  project = "acme-shop"
  role    = "roles/editor"
  member  = terraform_data.agent.output
}
""",
    },
)
def project_basic_role(access: Resource) -> Iterator[Violation]:
    """Basic role is granted on a project.

    Owner and Editor hold thousands of rights in every service, Viewer reads nearly all of them, and services that do
    not exist yet are included. One stolen token, one workload with a flaw is then the whole project.

    Put the predefined role for the task in `role`, such as `role = "roles/run.admin"`, or a custom one.
    """
    yield from _basic_roles(access)


@rule(
    id="google-folder-basic-role",
    severity="high",
    domain="identity",
    resources=iam("folder"),
    aliases=["CKV_GCP_116"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-principal-administrator-equivalent", "google-principal-privilege-escalation"],
    bad={
        "Editor, Google's agent and another": """
resource "google_folder_iam_binding" "editors" {
  folder  = "folders/987654321"
  role    = "roles/editor"
  members = ["serviceAccount:123456789012@cloudservices.gserviceaccount.com", "user:dev@example.com"]
}
""",
        "Viewer": """
resource "google_folder_iam_member" "audit" {
  folder = "folders/987654321"
  role   = "roles/viewer"
  member = "group:audit@example.com"
}
""",
    },
    good={
        "a role for the task": """
resource "google_folder_iam_member" "audit" {
  folder = "folders/987654321"
  role   = "roles/logging.viewer"
  member = "group:audit@example.com"
}
""",
        "on a project": """
resource "google_project_iam_member" "audit" {
  project = "acme-shop"
  role    = "roles/viewer"
  member  = "group:audit@example.com"
}
""",
    },
)
def folder_basic_role(access: Resource) -> Iterator[Violation]:
    """Basic role is granted on a folder.

    It holds in every project below the folder, those that are made tomorrow included, and in every service of theirs.
    One stolen token is then all of them.

    Put the predefined role for the task in `role`, such as `role = "roles/logging.viewer"`, or a custom one.
    """
    yield from _basic_roles(access)


@rule(
    id="google-organization-basic-role",
    severity="high",
    domain="identity",
    resources=iam("organization"),
    aliases=["CKV_GCP_115"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-principal-administrator-equivalent", "google-principal-privilege-escalation"],
    bad={
        "Owner for a group": """
resource "google_organization_iam_member" "admins" {
  org_id = "123456789012"
  role   = "roles/owner"
  member = "group:admins@example.com"
}
""",
        "Viewer among the roles of a policy": """
resource "google_organization_iam_policy" "this" {
  org_id = "123456789012"
  policy_data = jsonencode({
    bindings = [
      { role = "roles/resourcemanager.organizationAdmin", members = ["group:admins@example.com"] },
      { role = "roles/viewer", members = ["group:audit@example.com"] },
    ]
  })
}
""",
    },
    good={
        "a role for the task": """
resource "google_organization_iam_binding" "audit" {
  org_id  = "123456789012"
  role    = "roles/iam.securityReviewer"
  members = ["group:audit@example.com"]
}
""",
        "a role with a similar name": """
resource "google_organization_iam_member" "audit" {
  org_id = "123456789012"
  role   = "roles/logging.viewer"
  member = "group:audit@example.com"
}
""",
    },
)
def organization_basic_role(access: Resource) -> Iterator[Violation]:
    """Basic role is granted on the organization.

    It holds in every folder and project of the company and in every service there. One stolen token is then all that
    the company has in Google Cloud.

    Put the predefined role for the task in `role`, such as `role = "roles/iam.securityReviewer"`, or a custom one.
    """
    yield from _basic_roles(access)


def _basic_roles(access: Resource) -> Iterator[Violation]:
    yield from held_roles(access, _LARGE)
    for grant in grants(access, lambda role: role == "roles/editor"):
        if not _is_for_google(grant):
            yield violation(grant.role_path, "roles/editor is granted")


def _is_for_google(grant: Grant) -> bool:
    return not grant.is_made_by_hand and bool(grant.member.endswith(_GOOGLE_AGENT))
