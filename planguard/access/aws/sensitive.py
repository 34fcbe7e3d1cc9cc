"""The data stores, secrets and keys of AWS, and what reading them, or giving oneself access to them, takes.

A bucket that is encrypted with a key takes ``kms:Decrypt`` on that key as well; that is not asked for. File systems,
caches and volumes are left out: whether one gets at their data is decided by the network, or takes several requests.

Sources: Service Authorization Reference (actions and resource types of each service); Amazon S3 User Guide, "Bucket
owner granting users bucket permissions"; AWS KMS Developer Guide, "Key policies in AWS KMS" (no principal has access
to a key unless the key's policy allows it) and "Grants in AWS KMS"; Amazon RDS User Guide, "Creating and using an IAM
policy for IAM database access" and "ModifyDBInstance" (``MasterUserPassword``); AWS Systems Manager User Guide,
"Restricting access to Parameter Store parameters using IAM policies" (access to a path is access to all below it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from planguard.access.aws.names import Names
from planguard.access.aws.owners import kind_of
from planguard.access.holdings import holdings
from planguard.access.model import AWS, RESOURCE
from planguard.access.pattern import is_symbol, symbol
from planguard.access.sensitive import Ask, Sensitive, Store
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown


class Taking(Struct, frozen=True):
    """What gets at the data of a type.

    :ivar forms: the resource of the request: ``{arn}`` or an ARN made of attributes; a ``*`` at its end stands for
        anything that follows
    :ivar when: the attribute, and the value that it has to have
    """

    actions: tuple[str, ...]
    forms: tuple[str, ...] = ("{arn}",)
    when: tuple[str, Any] | None = None


_KEY = (Taking(("kms:Decrypt", "kms:CreateGrant", "kms:PutKeyPolicy")),)
_SEARCH = (Taking(("es:ESHttpGet", "es:ESHttpPost"), ("{arn}/*",)),)
_ARN = "arn:{partition}:"
_HERE = "{region}:{account}"
_CLUSTER_PASSWORD = Taking(("rds:ModifyDBCluster",))

TAKINGS: dict[str, tuple[Taking, ...]] = {
    "aws_s3_bucket": (
        Taking(("s3:GetObject", "s3:GetObjectVersion"), ("{arn}/*",)),
        Taking(("s3:PutBucketPolicy",)),
    ),
    "aws_secretsmanager_secret": (Taking(("secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy")),),
    "aws_ssm_parameter": (
        Taking(("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"), when=("type", "SecureString")),
        Taking(("ssm:GetParametersByPath",), ("{path}",), when=("type", "SecureString")),
    ),
    "aws_kms_key": _KEY,
    "aws_kms_replica_key": _KEY,
    "aws_kms_external_key": _KEY,
    "aws_kms_replica_external_key": _KEY,
    "aws_dynamodb_table": (
        Taking(
            (
                "dynamodb:GetItem",
                "dynamodb:BatchGetItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "dynamodb:PartiQLSelect",
                "dynamodb:PutResourcePolicy",
            )
        ),
        Taking(("dynamodb:Query", "dynamodb:Scan"), ("{arn}/index/*",)),
    ),
    "aws_sqs_queue": (Taking(("sqs:ReceiveMessage", "sqs:SetQueueAttributes", "sqs:AddPermission")),),
    "aws_kinesis_stream": (Taking(("kinesis:GetRecords", "kinesis:PutResourcePolicy")),),
    "aws_ecr_repository": (Taking(("ecr:GetDownloadUrlForLayer",)),),
    "aws_opensearch_domain": _SEARCH,
    "aws_elasticsearch_domain": _SEARCH,
    "aws_db_instance": (
        Taking(("rds:ModifyDBInstance",)),
        Taking(
            ("rds-db:connect",),
            (f"{_ARN}rds-db:{_HERE}:dbuser:{{resource_id}}/*",),
            when=("iam_database_authentication_enabled", True),
        ),
    ),
    "aws_rds_cluster": (
        _CLUSTER_PASSWORD,
        Taking(
            ("rds-db:connect",),
            (f"{_ARN}rds-db:{_HERE}:dbuser:{{cluster_resource_id}}/*",),
            when=("iam_database_authentication_enabled", True),
        ),
    ),
    "aws_docdb_cluster": (_CLUSTER_PASSWORD,),
    "aws_redshift_cluster": (
        Taking(("redshift:ModifyCluster",)),
        Taking(("redshift:GetClusterCredentials",), (f"{_ARN}redshift:{_HERE}:dbuser:{{cluster_identifier}}/*",)),
        Taking(
            ("redshift:GetClusterCredentialsWithIAM",), (f"{_ARN}redshift:{_HERE}:dbname:{{cluster_identifier}}/*",)
        ),
    ),
}
"""By type, what reads its data, takes it over, or lets one give oneself access to it."""

_ARNS = {
    "aws_secretsmanager_secret": f"{_ARN}secretsmanager:{_HERE}:secret:{{name}}-AbCdEf",
    "aws_db_instance": f"{_ARN}rds:{_HERE}:db:{{identifier}}",
    "aws_rds_cluster": f"{_ARN}rds:{_HERE}:cluster:{{cluster_identifier}}",
    "aws_docdb_cluster": f"{_ARN}rds:{_HERE}:cluster:{{cluster_identifier}}",
    "aws_redshift_cluster": f"{_ARN}redshift:{_HERE}:cluster:{{cluster_identifier}}",
    "aws_opensearch_domain": f"{_ARN}es:{_HERE}:domain/{{domain_name}}",
    "aws_elasticsearch_domain": f"{_ARN}es:{_HERE}:domain/{{domain_name}}",
}
"""ARNs that follow from attributes while the provider does not tell them yet; six signs end that of a secret."""

_NAMED_BY = {
    "aws_s3_bucket": "bucket",
    "aws_db_instance": "identifier",
    "aws_rds_cluster": "cluster_identifier",
    "aws_docdb_cluster": "cluster_identifier",
    "aws_redshift_cluster": "cluster_identifier",
    "aws_opensearch_domain": "domain_name",
    "aws_elasticsearch_domain": "domain_name",
}
_GUARDED = "kms_"
_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):")
_DEFAULTS = {"type": "String", "iam_database_authentication_enabled": False, "key_usage": "ENCRYPT_DECRYPT"}


def stores(snapshot: Snapshot) -> Iterator[Store]:
    """The sensitive resources that the plan holds or reads, and those outside of it whose policy it holds."""
    names = Names(snapshot)
    for type_, takings in TAKINGS.items():
        for one in snapshot.all(type_, f"data.{type_}"):
            found = _store(one, type_, takings, names)
            if found is not None:
                yield found
    for held in holdings(snapshot.graph, snapshot.name).all:
        subject = held.subject
        is_outside = (subject.provider, subject.plane, subject.address) == (AWS, RESOURCE, "")
        if is_outside and subject.name.startswith("arn:") and f"aws_{subject.kind}" in TAKINGS:
            yield _outside(subject.kind, subject.name)


def _store(resource: Resource, type_: str, takings: tuple[Taking, ...], names: Names) -> Store | None:
    kind = kind_of(type_)
    if kind.startswith(_GUARDED) and _is(resource, "key_usage", "ENCRYPT_DECRYPT") is False:
        return None
    asks = [ask for taking in takings if (ask := _ask(resource, taking, type_, names)) is not None]
    if not asks:
        return None
    name = names.lasting(resource, kind, _NAMED_BY.get(type_, "name"))
    address = "" if resource.is_data else resource.address
    account = names.account(resource)
    return Store(Sensitive(AWS, kind, name, address), tuple(asks), account, kind.startswith(_GUARDED))


def _ask(resource: Resource, taking: Taking, type_: str, names: Names) -> Ask | None:
    answer = _is(resource, *taking.when) if taking.when is not None else True
    if answer is False:
        return None
    texts: list[str] = []
    for form in taking.forms:
        texts += _paths(resource, names) if form == "{path}" else _named(resource, form, type_, names)
    return Ask(
        taking.actions,
        tuple(dict.fromkeys(text.removesuffix("*") for text in texts)),
        taking.forms[0].endswith("*"),
        answer is True,
    )


def _is(resource: Resource, attribute: str, wanted: Any) -> bool | None:
    """Whether an attribute has a value; None where nobody can say."""
    value = resource.effective(attribute, _DEFAULTS[attribute])
    if is_unknown(value):
        return None
    return bool((_DEFAULTS[attribute] if value is None else value) == wanted)


def _named(resource: Resource, form: str, type_: str, names: Names) -> list[str]:
    """What the resource of a request is called: by the ARN that the plan tells, and by the one that follows."""
    if "{arn}" not in form:
        return [_filled(form, resource, names)]
    arns = [names.arn(resource)]
    if type_ in _ARNS and any(map(is_symbol, arns[0])):
        arns.append(_filled(_ARNS[type_], resource, names))
    return [form.replace("{arn}", arn) for arn in arns]


def _filled(form: str, resource: Resource, names: Names) -> str:
    return re.sub(r"\{(\w+)}", lambda found: _part(found[1], resource, names), form)


def _part(name: str, resource: Resource, names: Names) -> str:
    if name == "partition":
        return names.partition(resource)
    if name == "account":
        return names.account(resource)
    return _region(resource) if name == "region" else names.text(resource, name)


def _region(resource: Resource) -> str:
    value = resource.get("region")
    if not is_unknown(value) and isinstance(value, str) and value:
        return str.__str__(value)
    block = resource.node.block
    key = block.config.provider_config_key if block is not None else ""
    return resource.graph.provider_setting(key, ("region",)) or symbol("region")


def _paths(resource: Resource, names: Names) -> list[str]:
    """The paths that a parameter is below: whoever may list one of them reads it."""
    head, colon, name = names.arn(resource).rpartition(":parameter/")
    if not colon:
        return [names.arn(resource)]
    levels = name.split("/")[:-1]
    return [f"{head}{colon}{'/'.join(levels[:count])}" for count in range(len(levels) + 1)]


def _outside(kind: str, arn: str) -> Store:
    asks = [
        Ask(taking.actions, (form.replace("{arn}", arn).removesuffix("*"),), form.endswith("*"))
        for taking in TAKINGS[f"aws_{kind}"]
        for form in taking.forms
        if taking.when is None and "{arn}" in form
    ]
    account = _ACCOUNT.match(arn)
    is_guarded = kind.startswith(_GUARDED)
    return Store(Sensitive(AWS, kind, arn), tuple(asks), account[1] if account else "", is_guarded)
