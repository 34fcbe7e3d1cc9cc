"""Five stacks, each with what a careful reviewer drew on a whiteboard before looking at what planguard says."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.access_model import AccessDocument, render_access_json
from planguard.reports.access_text import render_access_text
from planguard.reports.exposure_drawing import drawing_of
from planguard.reports.exposure_model import ExposureDocument, render_exposure_json
from planguard.reports.exposure_text import render_exposure_text
from planguard.reports.text import Style
from tests.stacks.drawn import CREATE, UPDATE, access, exposed, exposure, grants, links

ORDERS, PLATFORM, INTAKE = "aws-ecs-orders", "aws-eks-platform", "aws-serverless-intake"
HUB, TICKETS = "azure-hub-spoke", "gcp-gke-sql"
NAMES = (ORDERS, PLATFORM, INTAKE, HUB, TICKETS)

EVERYBODY = "0.0.0.0/0"
BOTH = "0.0.0.0/0, ::/0"
BILLING = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourcegroups/rg-billing"
OFFICE = "88.99.100.10/31, 88.99.100.12/30, 88.99.100.16/30, 88.99.100.20/32"
NOT_OF_GOOGLE = "0.0.0.0/0 but 35.191.0.0/16, 35.235.240.0/20, 130.211.0.0/22"


def of(found: list[str], *addresses: str) -> list[str]:
    """Those of the lines that are about some resources, without their addresses."""
    return [
        one.removeprefix(f"{address}: ") for one in found for address in addresses if one.startswith(f"{address}: ")
    ]


def on(place: str) -> str:
    """A scope of Azure, or a place of Google, with what is in it."""
    return f"{place}, {place}/*"


def nothing_open(*documents: AccessDocument | ExposureDocument) -> bool:
    """Whether nothing is only possible, and nothing is left undetermined."""
    return not any(one.possible or one.undetermined for one in documents)


# -- a load balancer, containers, a database -------------------------------------------------------------------------


def test_orders_when_they_are_made() -> None:
    reach, may = exposure(ORDERS, CREATE, with_source=True), access(ORDERS, CREATE, with_source=True)
    found = grants(may.new)
    tasks = "Service:ecs-tasks.amazonaws.com by sts:AssumeRole when aws:SourceAccount StringEquals 111122223333"

    # From the internet: the balancer, and through it the two services with a path. Not the reports, nor the database.
    assert exposed(reach.new) == [
        f'aws_ecs_service.this["api"] 8080/tcp from {EVERYBODY}',
        f'aws_ecs_service.this["web"] 3000/tcp from {EVERYBODY}',
        f"aws_lb.this 443/tcp from {EVERYBODY}",
        f"aws_lb.this 80/tcp from {EVERYBODY}",
    ]
    # The database answers the API and the reports.
    assert links(ORDERS, CREATE, with_source=True) == [
        'aws_ecs_service.this["api"] -> aws_db_instance.this',
        'aws_ecs_service.this["reports"] -> aws_db_instance.this',
        'aws_lb.this -> aws_ecs_service.this["api"]',
        'aws_lb.this -> aws_ecs_service.this["web"]',
    ]
    # Containers have roles; that of the API gets at its own prefix, the other two at nothing.
    assert of(found, 'aws_iam_role.task["api"]') == [
        tasks, "s3:GetObject, s3:PutObject on arn:aws:s3:::acme-orders-uploads/incoming/*",
    ]  # fmt: skip
    assert of(found, 'aws_iam_role.task["reports"]', 'aws_iam_role.task["web"]') == [tasks, tasks]
    # What starts them reads one secret, and pulls and logs as AWS has it.
    assert "secretsmanager:GetSecretValue on ${aws_secretsmanager_secret.database.arn}" in of(
        found, "aws_iam_role.execution"
    )
    # One branch of one repository deploys.
    assert of(found, "aws_iam_role.deploy")[0].endswith(":sub StringLike repo:acme/orders:ref:refs/heads/main")
    # Strangers: a partner's role reads one prefix, over TLS; the region's balancers write their logs.
    assert of(found, 'aws_s3_bucket.this["uploads"]') == [
        "s3:GetObject on arn:aws:s3:::acme-orders-uploads/partner/*"
        " by AWS:arn:aws:iam::444455556666:role/orders-import when not (aws:SecureTransport Bool false)"
    ]
    assert len(of(found, 'aws_s3_bucket.this["logs"]')) == 1
    assert nothing_open(reach, may)


def test_orders_without_their_source() -> None:
    reach = exposure(ORDERS, CREATE)

    # Of a dynamic block the plan does not say which target group it means: each service may stand behind either.
    assert exposed(reach.new) == [f"aws_lb.this 443/tcp from {EVERYBODY}", f"aws_lb.this 80/tcp from {EVERYBODY}"]
    assert exposed(reach.possible) == [
        f'aws_ecs_service.this["api"] 8080/tcp from {EVERYBODY}',
        f'aws_ecs_service.this["web"] 3000/tcp from {EVERYBODY}',
    ]
    assert {one.code for one in reach.undetermined} == {"target-unclear"}
    # One way is told for each, though there are two groups.
    assert len(reach.possible) == 2
    # A bucket's policy can only be about the bucket.
    [logs] = of(grants(access(ORDERS, CREATE).possible), 'aws_s3_bucket.this["logs"]')
    assert logs.startswith("s3:PutObject on arn:aws:s3:::acme-orders-logs, arn:aws:s3:::acme-orders-logs/*,")


def test_orders_when_they_change() -> None:
    reach, may = exposure(ORDERS, UPDATE), access(ORDERS, UPDATE)

    # The reports get a public address and an open port. The database is made public, but its subnets have no way out;
    # the balancer lets in the VPC as well, which it did already.
    assert exposed(reach.new) == [f'aws_ecs_service.this["reports"] 9000/tcp from {EVERYBODY}']
    assert not reach.closed
    assert grants(may.new) == [
        "aws_iam_role.deploy: Federated:arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
        " by sts:AssumeRoleWithWebIdentity"
        " when token.actions.githubusercontent.com:aud StringEquals sts.amazonaws.com"
        " and token.actions.githubusercontent.com:sub StringLike repo:acme/orders*"
        " and not (token.actions.githubusercontent.com:sub StringLike repo:acme/orders:ref:refs/heads/main)",
        'aws_iam_role.task["api"]: s3:DeleteObject on arn:aws:s3:::acme-orders-uploads/*',
        'aws_iam_role.task["api"]: s3:GetObject, s3:PutObject on arn:aws:s3:::acme-orders-uploads/*,'
        " but not arn:aws:s3:::acme-orders-uploads/incoming/*",
        'aws_s3_bucket.this["uploads"]: s3:GetObject on arn:aws:s3:::acme-orders-uploads/partner/*'
        " by AWS:arn:aws:iam::444455556666:*, AWS:arn:aws:sts::444455556666:*,"
        " but not AWS:arn:aws:iam::444455556666:role/orders-import when not (aws:SecureTransport Bool false)",
    ]
    assert not may.removed
    assert nothing_open(reach, may)


# -- a cluster with roles for service accounts -----------------------------------------------------------------------


def test_the_platform_when_it_is_made() -> None:
    reach, may = exposure(PLATFORM, CREATE, with_source=True), access(PLATFORM, CREATE, with_source=True)
    found = grants(may.new)

    assert exposed(reach.new) == [
        "aws_eks_cluster.this 443/tcp from 88.99.100.0/24",
        "kubernetes_deployment_v1.shop 443/tcp from 91.10.20.0/26",
    ]
    # Each role is for one service account.
    for key, account in (
        ("external-dns", "external-dns:external-dns"),
        ("ebs-csi", "kube-system:ebs-csi-controller-sa"),
        ("shop", "shop:shop"),
    ):
        [trust] = [one for one in of(found, f'aws_iam_role.irsa["{key}"]') if "sts:AssumeRoleWithWebIdentity" in one]
        assert trust.endswith(f"StringEquals system:serviceaccount:{account}")
    assert "route53:ChangeResourceRecordSets on arn:aws:route53:::hostedzone/Z0123456789EXAMPLE" in of(
        found, 'aws_iam_role.irsa["external-dns"]'
    )
    # Operators only look. Nobody puts them into a group.
    operators = [entry for entry in may.new if entry.subject.endswith("role/operators")]
    verbs = {action.partition(":")[0] for entry in operators for action in entry.actions}
    assert verbs == {"get", "list", "watch"}
    assert of(found, 'kubernetes_service_account_v1.this["shop"]') == [
        "get:/configmaps, list:/configmaps, watch:/configmaps on shop/*"
    ]
    assert nothing_open(reach, may)


def test_the_trust_of_one_instance_is_read_from_the_document_of_the_same_key() -> None:
    [trust] = of(grants(access(PLATFORM, CREATE).possible), 'aws_iam_role.irsa["ebs-csi"]')

    # Without source nobody knows the keys of the conditions, but who is trusted to do what, and with which values.
    place = 'data.aws_iam_policy_document.irsa["ebs-csi"].statement[0].condition'
    assert trust == (
        "Federated:arn:aws:iam::111122223333:oidc-provider/${aws_iam_openid_connect_provider.this.url}"
        " by sts:AssumeRoleWithWebIdentity"
        f" when ${{{place}[0].variable}} StringEquals sts.amazonaws.com"
        f" and ${{{place}[1].variable}} StringEquals system:serviceaccount:kube-system:ebs-csi-controller-sa"
    )


def test_the_platform_when_it_changes() -> None:
    reach, may = exposure(PLATFORM, UPDATE), access(PLATFORM, UPDATE)
    found = grants(may.new)

    # Two halves are the whole internet; the partner's range in two halves is what it was.
    assert exposed(reach.new) == [f"aws_eks_cluster.this 443/tcp from {EVERYBODY} but 88.99.100.0/24"]
    # The metrics get a load balancer, but a network policy stands before them, if the cluster enforces it.
    assert exposed(reach.possible) == [f"kubernetes_deployment_v1.shop 9102/tcp from {BOTH}"]
    assert [one.code for one in reach.undetermined] == ["kubernetes-policy-enforcement"]
    # Any service account of a namespace becomes its role.
    for key, namespace in (("external-dns", "external-dns"), ("ebs-csi", "kube-system"), ("shop", "shop")):
        [trust] = [one for one in of(found, f'aws_iam_role.irsa["{key}"]') if "sts:AssumeRoleWithWebIdentity" in one]
        assert f":sub StringLike system:serviceaccount:{namespace}:* and not (" in trust
    assert [one for one in of(found, 'aws_iam_role.irsa["external-dns"]') if "route53" in one] == [
        "route53:ChangeResourceRecordSets on arn:aws:route53:::hostedzone/*,"
        " but not arn:aws:route53:::hostedzone/Z0123456789EXAMPLE"
    ]
    # Operators become administrators of the cluster, the shop reads its secrets.
    assert [one[:6] for one in of(found, "AWS:arn:aws:iam::111122223333:role/operators")] == ["*:*/*,", "*:url:"]
    assert of(found, 'kubernetes_service_account_v1.this["shop"]') == [
        "get:/secrets, list:/secrets, watch:/secrets on shop/*"
    ]
    assert len(found) == 7
    assert not may.possible
    assert not may.undetermined


# -- functions behind a URL and behind an API ------------------------------------------------------------------------


def test_the_intake_when_it_is_made() -> None:
    reach, may = exposure(INTAKE, CREATE, with_source=True), access(INTAKE, CREATE, with_source=True)
    found = grants(may.new)

    # The API asks for a token at each route, so that nobody gets to the function behind it without one.
    assert exposed(reach.new) == [
        f"aws_apigatewayv2_api.this 443/tcp from {BOTH}",
        f'aws_lambda_function.this["hook"] 443/tcp from {BOTH}',
    ]
    # The function that everybody calls may run any other with any role of the stack.
    held = of(found, 'aws_iam_role.function["hook"]')
    assert {
        "iam:PassRole on arn:aws:iam::111122223333:role/intake-*",
        "lambda:* on any resource",
        "s3:* on arn:aws:s3:::acme-intake-*",
    } < set(held)
    # One bucket writes to the queue, one API calls the function.
    assert of(found, "aws_sqs_queue.jobs", 'aws_lambda_function.this["orders"]') == [
        "lambda:InvokeFunction on arn:aws:lambda:eu-central-1:111122223333:function:intake-orders"
        " by Service:apigateway.amazonaws.com"
        " when aws:SourceArn ArnLike ${aws_apigatewayv2_api.this.execution_arn}/*/*",
        "sqs:SendMessage on arn:aws:sqs:eu-central-1:111122223333:intake-jobs by Service:s3.amazonaws.com"
        " when aws:SourceAccount StringEquals 111122223333 and aws:SourceArn ArnEquals arn:aws:s3:::acme-intake-drop",
    ]
    assert nothing_open(reach, may)


def test_the_intake_when_it_changes() -> None:
    reach, may = exposure(INTAKE, UPDATE), access(INTAKE, UPDATE)
    found = grants(may.new)

    # One route asks for nothing: by it everybody gets to the function.
    assert exposed(reach.new) == [f'aws_lambda_function.this["orders"] 443/tcp from {BOTH}']
    [way] = reach.new
    assert 'aws_apigatewayv2_route.this["GET /export"]' in {hop.address for hop in way.path}
    assert of(found, 'aws_iam_role.function["hook"]') == [
        "iam:PassRole on any resource, but not arn:aws:iam::111122223333:role/intake-*"
    ]
    assert of(found, 'aws_iam_role.function["worker"]') == ["s3:DeleteObject on arn:aws:s3:::acme-intake-drop/*"]
    assert of(found, 'aws_lambda_function.this["worker"]') == [
        "lambda:InvokeFunction on arn:aws:lambda:eu-central-1:111122223333:function:intake-worker"
        " by AWS:arn:aws:iam::444455556666:*, AWS:arn:aws:sts::444455556666:*"
    ]
    queue = of(found, "aws_sqs_queue.jobs")
    assert any("by anybody, but not Service:s3.amazonaws.com" in one for one in queue)
    assert len(found) == 3 + len(queue)
    assert not may.removed
    assert nothing_open(reach, may)


# -- a hub, two spokes -----------------------------------------------------------------------------------------------


def test_the_hub_when_it_is_made() -> None:
    reach, may = exposure(HUB, CREATE), access(HUB, CREATE)
    found = grants(may.new)

    # Not reached: the firewall, which translates nothing, the vault, whose network rules let in nobody.
    assert exposed(reach.new) == [
        f"azurerm_application_gateway.this 443/tcp from {EVERYBODY}",
        f"azurerm_bastion_host.this 443/tcp from {EVERYBODY}",
        "azurerm_linux_virtual_machine.jobs 8443/tcp from 91.10.20.0/26",
        f"azurerm_linux_virtual_machine.web[0] 8080/tcp from {EVERYBODY}",
        f"azurerm_linux_virtual_machine.web[1] 8080/tcp from {EVERYBODY}",
        f"azurerm_mssql_server.this 1433/tcp from {OFFICE}",
        "azurerm_storage_account.invoices 443/tcp from 88.99.100.10/32",
    ]
    # The bastion gets to the machines of both spokes by the peerings; the private endpoint serves its own network.
    assert links(HUB, CREATE) == [
        "azurerm_application_gateway.this -> azurerm_linux_virtual_machine.web[0]",
        "azurerm_application_gateway.this -> azurerm_linux_virtual_machine.web[1]",
        "azurerm_bastion_host.this -> azurerm_linux_virtual_machine.jobs",
        "azurerm_bastion_host.this -> azurerm_linux_virtual_machine.web[0]",
        "azurerm_bastion_host.this -> azurerm_linux_virtual_machine.web[1]",
        "azurerm_linux_virtual_machine.jobs -> azurerm_mssql_server.this",
    ]
    assert of(found, "7c3f2b1a-5d4e-4c6b-9a8f-0e1d2c3b4a59") == [
        "microsoft.compute/virtualmachines/*, microsoft.network/*/read, but not"
        " microsoft.compute/virtualmachines/delete, microsoft.compute/virtualmachines/runcommand/action"
        f" on {on(f'{BILLING}-app')}"
    ]
    assert of(found, "azurerm_linux_virtual_machine.jobs") == [f"*/read, but not data:* on {on(f'{BILLING}-data')}"]
    vault = on(f"{BILLING}-data/providers/microsoft.keyvault/vaults/kv-billing")
    [reads] = [one for one in of(found, "azurerm_user_assigned_identity.web") if "microsoft.keyvault" in one]
    assert reads.endswith(f"on {vault}")
    assert nothing_open(reach, may)


def test_the_hub_when_it_changes() -> None:
    reach, may = exposure(HUB, UPDATE), access(HUB, UPDATE)
    found = grants(may.new)

    # An allow of everything behind a deny of everything opens nothing; the partner's range is what it was.
    assert exposed(reach.new) == [
        f"azurerm_linux_virtual_machine.jobs 22/tcp from {EVERYBODY}",
        f"azurerm_storage_account.invoices 443/tcp from {BOTH} but 88.99.100.10/32",
    ]
    # All of Azure's services: which addresses those are nobody can say.
    assert exposed(reach.possible) == [f"azurerm_mssql_server.this 1433/tcp from {EVERYBODY} but {OFFICE}"]
    assert [one.code for one in reach.undetermined] == ["azure-service-addresses"]
    # One action that is no longer taken away is one that is new.
    assert of(found, "7c3f2b1a-5d4e-4c6b-9a8f-0e1d2c3b4a59") == [
        f"microsoft.compute/virtualmachines/runcommand/action on {on(f'{BILLING}-app')}"
    ]
    [contributor] = of(found, "azurerm_linux_virtual_machine.jobs")
    assert contributor.startswith("any action, but not */read, data:*, microsoft.authorization/*/delete,")
    assert any(
        "data:microsoft.keyvault/vaults/secrets/*" in one for one in of(found, "azurerm_user_assigned_identity.web")
    )
    assert len(found) == 4
    assert nothing_open(may)


# -- a cluster and a database of Google ------------------------------------------------------------------------------


def test_tickets_when_they_are_made() -> None:
    reach, may = exposure(TICKETS, CREATE, with_source=True), access(TICKETS, CREATE, with_source=True)
    found = grants(may.new)

    # Not reached: the machine for administration, which only the identity-aware proxy gets to, and the nodes.
    assert exposed(reach.new) == [
        f"google_compute_instance.proxy[0] 443/tcp from {NOT_OF_GOOGLE}",
        f"google_compute_instance.proxy[1] 443/tcp from {NOT_OF_GOOGLE}",
        "google_container_cluster.this 443/tcp from 88.99.100.0/24",
        "google_sql_database_instance.this 5432/tcp from 88.99.100.0/24",
    ]
    assert nothing_open(reach)
    project = on("projects/acme-tickets")
    assert of(found, 'google_service_account.this["worker"]') == [
        f"cloudsql.instances.get, pubsub.subscriptions.consume on {project}"
    ]
    assert of(found, 'google_service_account.this["nodes"]')[0] == f"logging.logEntries.create on {project}"
    assert (
        of(found, 'google_service_account.this["api"]')[0]
        == "Federated:serviceAccount:acme-tickets.svc.id.goog[tickets/api] by iam.serviceAccounts.getAccessToken"
    )
    assert not may.undetermined


def test_tickets_without_their_source() -> None:
    reach, may = exposure(TICKETS, CREATE), access(TICKETS, CREATE)

    # A member that is one of three accounts is one of three accounts, and no stranger.
    accounts = {f'google_service_account.this["{name}"]' for name in ("api", "nodes", "worker")}
    assert {one.address for one in may.possible} == accounts
    assert {one.code for one in may.undetermined} == {"principal-unknown"}
    # Nor is a bucket public because its member is known after apply. Which machines stand behind the rule is open.
    assert exposed(reach.possible) == [
        f"google_compute_instance.proxy[0] 443/tcp from {NOT_OF_GOOGLE}",
        f"google_compute_instance.proxy[1] 443/tcp from {NOT_OF_GOOGLE}",
    ]


def test_tickets_when_they_change() -> None:
    reach, may = exposure(TICKETS, UPDATE), access(TICKETS, UPDATE)
    found = grants(may.new)

    # A rule that a deny of a lower number overrules opens nothing; what a bucket prevents stays closed.
    assert exposed(reach.new) == [
        f"google_compute_instance.admin 22/tcp from {NOT_OF_GOOGLE}",
        "google_container_cluster.this 443/tcp from 80.0.0.0/4 but 88.99.100.0/24",
        "google_sql_database_instance.this 5432/tcp from 88.99.0.0/16 but 88.99.100.0/24",
        f'google_storage_bucket.this["assets"] 443/tcp from {BOTH}',
    ]
    assert [one.endswith("by anybody") for one in of(found, 'google_storage_bucket.this["assets"]')] == [True]
    assert not of(found, 'google_storage_bucket.this["exports"]')
    assert of(found, 'google_service_account.this["worker"]') == [
        f"iam.serviceAccounts.getAccessToken on {on('projects/acme-tickets')}"
    ]
    # Every service account of the namespace becomes the API's, not the one any more.
    assert of(found, 'google_service_account.this["api"]') == [
        "Federated:principalSet://iam.googleapis.com/projects/481516234200/locations/global/workloadIdentityPools/"
        "acme-tickets.svc.id.goog/namespace/tickets by iam.serviceAccounts.getAccessToken"
    ]
    assert of(grants(may.removed), 'google_service_account.this["api"]') == [
        "Federated:serviceAccount:acme-tickets.svc.id.goog[tickets/api] by iam.serviceAccounts.getAccessToken"
    ]
    assert nothing_open(reach, may)


def test_what_hands_packets_on_is_drawn_between_the_internet_and_what_answers() -> None:
    drawing = drawing_of(exposure(TICKETS, UPDATE))
    names = [f"{one.name} {one.detail}" for one in drawing.places]
    arrows = {(names[one.source], names[one.target]) for one in drawing.arrows}
    rule = "proxy google_compute_forwarding_rule"

    assert ("Internet any public address", rule) in arrows
    assert (rule, "proxy[0] google_compute_instance") in arrows


def test_a_policy_of_aws_is_told_by_its_name() -> None:
    document = access(PLATFORM, CREATE, with_source=True)
    short, whole = render_access_text(document, Style()), render_access_text(document, Style(verbose=True))

    assert "… and 13 more of AmazonEBSCSIDriverPolicy; --verbose shows them" in short
    assert short.count("AmazonEBSCSIDriverPolicy\n") < whole.count("AmazonEBSCSIDriverPolicy\n")
    assert "more of" not in whole


# -- what is printed -------------------------------------------------------------------------------------------------


def sources(plan: str) -> Iterable[bool]:
    """Where source makes a difference: for what is not there yet."""
    return (False, True) if plan == CREATE else (False,)


CASES = [(name, plan, flag) for name in NAMES for plan in (CREATE, UPDATE) for flag in sources(plan)]
IDS = [f"{name}-{plan}{'-source' if flag else ''}" for name, plan, flag in CASES]


@pytest.mark.parametrize(("name", "plan", "with_source"), CASES, ids=IDS)
def test_access_as_text(file_regression: FileRegressionFixture, name: str, plan: str, with_source: bool) -> None:
    document = access(name, plan, with_source=with_source)
    text = render_access_text(document, Style(), can_have_source=not with_source)
    file_regression.check(text, extension=".txt", encoding="utf-8")


@pytest.mark.parametrize(("name", "plan", "with_source"), CASES, ids=IDS)
def test_exposure_as_text(file_regression: FileRegressionFixture, name: str, plan: str, with_source: bool) -> None:
    document = exposure(name, plan, with_source=with_source)
    text = render_exposure_text(document, Style(), can_have_source=not with_source)
    file_regression.check(text, extension=".txt", encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_access_as_json(file_regression: FileRegressionFixture, name: str) -> None:
    content = msgspec.json.format(render_access_json(access(name, UPDATE)), indent=1)
    file_regression.check(content.decode() + "\n", extension=".json", encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_exposure_as_json(file_regression: FileRegressionFixture, name: str) -> None:
    content = msgspec.json.format(render_exposure_json(exposure(name, UPDATE)), indent=1)
    file_regression.check(content.decode() + "\n", extension=".json", encoding="utf-8")
