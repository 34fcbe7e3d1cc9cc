"""Who holds Google's basic roles."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from ._google_iam import grants

_BASIC = ("roles/owner", "roles/editor")
# Google's own agent holds Editor on every project; a binding that takes it away breaks deployments.
# cloud.google.com/iam/docs/service-account-types#google-apis
_GOOGLE_AGENT = "@cloudservices.gserviceaccount.com"


@rule(
    id="google-project-basic-role",
    severity="high",
    domain="identity",
    resources=[
        f"google_{level}_iam_{form}"
        for level in ("folder", "organization", "project")
        for form in ("binding", "member", "policy")
    ],
    aliases=["CKV_GCP_115", "CKV_GCP_116", "CKV_GCP_117", "AVD-GCP-0007"],
    controls={"nist-800-53r5": ["AC-6"]},
    links=["https://cloud.google.com/iam/docs/roles-overview#basic"],
    bad={
        "Editor of a project for a service account": """
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
        "Owner of an organization for a group": """
resource "google_organization_iam_member" "admins" {
  org_id = "123456789012"
  role   = "roles/owner"
  member = "group:admins@example.com"
}
""",
        "Editor of a folder, Google's agent and another": """
resource "google_folder_iam_binding" "editors" {
  folder  = "folders/987654321"
  role    = "roles/editor"
  members = ["serviceAccount:123456789012@cloudservices.gserviceaccount.com", "user:dev@example.com"]
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
resource "google_service_account" "app" {
  account_id = "app-runner"
  project    = "acme-shop"
}

resource "google_project_iam_binding" "app" {
  project = "acme-shop"
  role    = "roles/run.invoker"
  members = ["serviceAccount:${google_service_account.app.email}"]
}
""",
        "a policy without basic roles": """
resource "google_project_iam_policy" "shop" {
  project     = "acme-shop"
  policy_data = jsonencode({ bindings = [{ role = "roles/run.admin", members = ["group:web@example.com"] }] })
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
)
def basic_role(access: Resource) -> Iterator[Violation]:
    """Basic role Owner or Editor is granted.

    The basic roles hold thousands of rights in every service, those included that do not exist yet; Owner may hand
    out more. One stolen token, one workload with a flaw is then the whole project, folder or organization.

    Put the predefined roles for the task (`roles/run.admin`, say) or a custom one in `role`.
    """
    if not access.type.endswith("_iam_policy") and access.get("role") not in _BASIC:
        return
    for grant in grants(access):
        if grant.role not in _BASIC:
            continue
        if is_unknown(grant.member):
            # An account of this plan is none of Google's agents, whatever its name will be.
            for account in access.references("google_service_account"):
                yield violation(grant.path, f"{grant.role} for {account.address}", evidence=[account.address])
                return
            if grant.role == "roles/owner":
                yield violation(grant.path, "roles/owner for a member that is not known yet")
                return
        if not (grant.role == "roles/editor" and grant.member.endswith(_GOOGLE_AGENT)):
            yield violation(grant.path, f"{grant.role} for {grant.member}")
