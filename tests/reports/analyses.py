"""Analyses that the tests of their reports share: by hand, of every kind of entry, and of texts that mean harm."""

from __future__ import annotations

import random
from collections.abc import Sequence

from planguard.access.analysis import AccessChange
from planguard.access.analysis import Entry as Grant
from planguard.access.analysis import Undecided as UndecidedAccess
from planguard.access.model import Gap, Origin, Region, Subject, Terms, Witness
from planguard.access.pattern import symbol
from planguard.reports.analysed import AnalysedPlan, Open
from planguard.reports.exposure_model import (
    SCHEMA,
    EndpointEntry,
    ExposureDocument,
    ExposureEntry,
    LinkEntry,
    PathHop,
    UndeterminedExposure,
)

PLAN = AnalysedPlan("tfplan.json", "1.2", "1.11.4", "prod")
ROLE = Subject("aws", "identity", "role/app", "module.web.aws_iam_role.app", "role")
BUCKET = Subject("aws", "resource", "assets", "aws_s3_bucket.assets", "s3_bucket")
TRUST = Subject("aws", "trust", "role/app", "module.web.aws_iam_role.app", "role")


def region(**more: object) -> Region:
    arn = "arn:aws:s3:::" + symbol("aws_s3_bucket.b.id") + "/*"
    fields: dict[str, object] = {
        "principals": Terms(),
        "actions": Terms(("s3:getobject",)),
        "resources": Terms((arn,)),
        "predicates": ("aws:SourceIp IpAddress 203.0.113.0/24",),
        "witness": Witness("", "s3:getobject", arn[:-1] + "x", {"aws:SourceIp": "203.0.113.7"}),
        "origins": (Origin("aws_iam_role_policy.app", "policy", "Read"),),
    }
    return Region(**{**fields, **more})  # type: ignore[arg-type]


def access_change() -> AccessChange:
    """One entry of every list, for every plane."""
    anybody = region(predicates=(), witness=Witness("*", "s3:getobject", "arn:aws:s3:::b/x"))
    assumed = region(
        principals=Terms(("Federated:token.actions.githubusercontent.com",)),
        actions=Terms(("sts:assumerolewithwebidentity",)),
        resources=Terms(("role/app",)),
        predicates=("sub StringLike repo:org*",),
        witness=Witness(
            "Federated:token.actions.githubusercontent.com",
            "sts:assumerolewithwebidentity",
            "role/app",
            {"sub": "repo:org-evil", "aud": ["a", ""]},
        ),
    )
    wide = region(
        actions=Terms(("*",), ("iam:*", "organizations:*")),
        resources=Terms(),
        predicates=(),
        witness=Witness("role/app", "a:a", "x"),
    )
    return AccessChange(
        new=(Grant(TRUST, assumed), Grant(ROLE, region()), Grant(BUCKET, anybody), Grant(ROLE, wide)),
        removed=(Grant(ROLE, region(actions=Terms(("sqs:*",)))),),
        possible=(Grant(BUCKET, region(is_certain=False)),),
        undetermined=(
            UndecidedAccess(ROLE, Gap("policy-unknown", "aws_iam_policy.p", "policy", "is known after apply only")),
            UndecidedAccess(
                TRUST, Gap("too-complex", "module.web.aws_iam_role.app", "", "more than a person can read")
            ),
        ),
        compared=3,
        subjects=7,
    )


def endpoint(address: str, kind: str, network: str = "", *, action: str = "no-op", module: str = "") -> EndpointEntry:
    type_ = address.removeprefix(f"{module}.").partition(".")[0]
    return EndpointEntry(address, type_, module, kind, "aws", [action], network, False, False, False)


def way(one: EndpointEntry, ports: Sequence[str], *hops: tuple[str, str, str], **more: object) -> ExposureEntry:
    path = [PathHop("internet", "", ""), *(PathHop(*hop) for hop in hops), PathHop(one.address, "", "")]
    fields: dict[str, object] = {
        "endpoint": one.address,
        "kind": one.kind,
        "protocol": "tcp",
        "ports": list(ports),
        "sources": ["0.0.0.0/0", "::/0"],
        "path": path,
        "assumptions": [],
        "provider": "aws",
        "source_class": "whole",
        "excluded_sources": [],
        "guards": [],
        "missing": [],
    }
    return ExposureEntry(**{**fields, **more})  # type: ignore[arg-type]


def document(
    endpoints: Sequence[EndpointEntry],
    links: Sequence[LinkEntry] = (),
    *,
    undetermined: Sequence[UndeterminedExposure] = (),
    plan: AnalysedPlan = PLAN,
    **ways: Sequence[ExposureEntry],
) -> ExposureDocument:
    lists = {name: list(ways.get(name, ())) for name in ("new", "closed", "possible", "unchanged")}
    summary = {
        "endpoints": len(endpoints),
        "exposed_before": 2,
        "exposed_after": 3,
        **{name: len(lists[name]) for name in ("new", "closed", "possible")},
        "undetermined": len(undetermined),
    }
    return ExposureDocument(
        SCHEMA,
        plan,
        lists["new"],
        lists["closed"],
        lists["possible"],
        list(undetermined),
        lists["unchanged"],
        list(endpoints),
        list(links),
        summary,
    )


def shop() -> ExposureDocument:
    """A small network in two VPCs, with every standing of ways and links."""
    main, edge = "aws_vpc.main", "module.edge.aws_vpc.edge"
    front = endpoint("aws_lb.front", "load-balancer", main)
    admin = endpoint("module.edge.aws_lb.admin", "load-balancer", edge, action="create", module="module.edge")
    web = endpoint("aws_instance.web", "compute", main)
    bastion = endpoint('aws_instance.bastion["a.b"]', "compute", main, action="update")
    function = endpoint("aws_lambda_function.api", "function")
    cluster = endpoint("aws_eks_cluster.main", "control-plane", main)
    orders = endpoint("aws_db_instance.orders", "database", main, action="update")
    hidden = endpoint("aws_db_instance.hidden", "database", main)
    assets = endpoint("aws_s3_bucket.assets", "storage", action="update")
    search = endpoint("aws_opensearch_domain.search", "search")
    gap = Open("policy-unknown", search.address, "access_policies", "is known after apply only")
    office = {"sources": ["198.51.100.0/24"], "source_class": "narrow"}
    group = ("aws_security_group.db", "ingress[0].cidr_blocks", "5432/tcp from 0.0.0.0/0")
    return document(
        [front, admin, web, bastion, function, cluster, orders, hidden, assets, search],
        [
            LinkEntry(front.address, web.address, "tcp", ["8080"], "unchanged", []),
            LinkEntry(web.address, orders.address, "tcp", ["5432"], "unchanged", []),
            LinkEntry(bastion.address, web.address, "tcp", ["22"], "new", []),
            LinkEntry(bastion.address, orders.address, "tcp", ["5432"], "closed", []),
            LinkEntry(orders.address, function.address, "tcp", ["443"], "possible", []),
            LinkEntry(hidden.address, web.address, "tcp", ["80"], "unchanged", []),
        ],
        new=[
            way(orders, ["5432"], group, assumptions=["public-name-resolves"]),
            way(bastion, ["22"], excluded_sources=["1.2.3.0/24"]),
            way(admin, ["443"]),
            way(web, ["8080"], (front.address, "", "")),
        ],
        closed=[way(assets, ["443"])],
        possible=[way(search, ["443"], missing=[gap])],
        unchanged=[way(front, ["80", "443"]), way(function, ["443"]), way(cluster, ["443"], **office)],
        undetermined=[UndeterminedExposure("policy-unknown", search.address, gap.path, gap.reason, search.address)],
    )


def city(many: int, seed: int = 1) -> ExposureDocument:
    """A network of many endpoints in several VPCs."""
    chosen = random.Random(seed)
    kinds = {
        "aws_lb": "load-balancer",
        "aws_instance": "compute",
        "aws_lambda_function": "function",
        "aws_ecs_service": "application",
        "aws_eks_cluster": "control-plane",
        "aws_db_instance": "database",
        "aws_s3_bucket": "storage",
        "aws_sqs_queue": "messaging",
    }
    networks = [f"aws_vpc.net{number}" for number in range(max(1, min(6, many // 12)))]
    endpoints, links, ways = [], [], {name: [] for name in ("new", "closed", "possible", "unchanged")}
    for number in range(many):
        type_ = chosen.choice(sorted(kinds))
        network = "" if type_ in ("aws_s3_bucket", "aws_sqs_queue") else chosen.choice(networks)
        endpoints.append(endpoint(f"{type_}.n{number}", kinds[type_], network))
    for one in endpoints:
        if chosen.random() < 0.6:
            standing = chosen.choices(sorted(ways), [1, 3, 1, 5])[0]
            ways[standing].append(way(one, [chosen.choice(["22", "443", "5432"])]))
        other = chosen.choice(endpoints)
        if one is not other:
            standing = chosen.choice(["new", "unchanged", "unchanged"])
            links.append(LinkEntry(one.address, other.address, "tcp", ["443"], standing, []))  # type: ignore[arg-type]
    return document(endpoints, links, **ways)
