"""The permissions with which a principal of Google Cloud gets at the access of a service account, as data.

Sources: Google Cloud, "Service account impersonation", "Roles for service account authentication", "Attach service
accounts to resources" (``iam.serviceAccounts.actAs``), "Best practices for using service accounts securely",
"Set up OS Login" and "Add SSH keys to VMs" (who may log in to a machine that runs as a service account).
"""

from __future__ import annotations

ADMINISTRATION = {
    "organizations": "resourcemanager.organizations.setIamPolicy",
    "folders": "resourcemanager.folders.setIamPolicy",
    "projects": "resourcemanager.projects.setIamPolicy",
}
"""With which permission one grants everything, to oneself as well, at each level; widest first."""

ACT_AS = "iam.serviceAccounts.actAs"
DELEGATE = "iam.serviceAccounts.implicitDelegation"
GET_TOKEN = "iam.serviceAccounts.getAccessToken"  # noqa: S105 - a permission
MAKE_KEY = "iam.serviceAccountKeys.create"
UPDATE_ROLE = "iam.roles.update"
BUILD = "cloudbuild.builds.create"
DEPLOY = "deploymentmanager.deployments.create"

ON_ACCOUNT = {
    GET_TOKEN: "get tokens or keys of",
    "iam.serviceAccounts.signBlob": "get tokens or keys of",
    "iam.serviceAccounts.signJwt": "get tokens or keys of",
    MAKE_KEY: "get tokens or keys of",
    "iam.serviceAccounts.setIamPolicy": "grant itself the use of",
}
"""Permissions on a service account that suffice alone, and what they let one do with it."""

RUN = "run code as"
WITH_ACT_AS = (
    "aiplatform.customJobs.create",
    "appengine.versions.create",
    "batch.jobs.create",
    BUILD,
    "cloudfunctions.functions.create",
    "cloudfunctions.functions.update",
    "cloudscheduler.jobs.create",
    "composer.environments.create",
    "compute.instances.create",
    "compute.instances.osAdminLogin",
    "compute.instances.osLogin",
    "compute.instances.setMetadata",
    "compute.instances.setServiceAccount",
    "compute.projects.setCommonInstanceMetadata",
    "container.clusters.create",
    "dataflow.jobs.create",
    "dataproc.clusters.create",
    "notebooks.instances.create",
    "run.jobs.create",
    "run.jobs.update",
    "run.services.create",
    "run.services.update",
    "workflows.workflows.create",
    "workflows.workflows.update",
)
"""Permissions that together with ``iam.serviceAccounts.actAs`` let one run code as a service account."""
NEEDS_MACHINE = frozenset(
    {
        "compute.instances.osAdminLogin",
        "compute.instances.osLogin",
        "compute.instances.setMetadata",
        "compute.projects.setCommonInstanceMetadata",
    }
)
"""Of those, what takes a machine that runs as the account already."""

ASKED = tuple(
    sorted({*ADMINISTRATION.values(), ACT_AS, DELEGATE, UPDATE_ROLE, BUILD, DEPLOY, *ON_ACCOUNT, *WITH_ACT_AS})
)
"""All of them: clauses that grant none are not looked at."""
