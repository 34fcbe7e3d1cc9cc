"""What is known of condition keys: which have several values, which are always there, which tell the time.

Sources: IAM User Guide, "AWS global condition context keys" (type and availability of each); Service Authorization
Reference, column "Type" (``ArrayOfString``, ``ArrayOfARN``, ``Numeric``) of each service's condition keys. The lists
hold the keys that are met most; a key that is in none has one value, may be absent, and is a text or any number.
"""

from __future__ import annotations

from fractions import Fraction

_SEVERAL = frozenset({
    "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths",
    "aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths", "acm:domainnames",
    "apigateway:request/authorizertype", "apigateway:resource/authorizertype", "apigateway:request/endpointtype",
    "apigateway:resource/endpointtype", "apigateway:request/routeauthorizationtype",
    "apigateway:resource/routeauthorizationtype", "autoscaling:instancetypes", "autoscaling:targetgrouparns",
    "autoscaling:loadbalancernames", "autoscaling:vpczoneidentifiers", "cloudformation:importresourcetypes",
    "cloudformation:resourcetypes", "dynamodb:attributes", "dynamodb:leadingkeys",
    "elasticloadbalancing:securitygroup", "elasticloadbalancing:subnet", "elasticloadbalancing:securitypolicy",
    "elasticloadbalancing:listenerprotocol", "glue:securitygroupids", "glue:subnetids", "glue:vpcids",
    "kms:encryptioncontextkeys", "kms:grantoperations", "kms:resourcealiases", "lambda:layer",
    "lambda:securitygroupids", "lambda:subnetids", "route53:changeresourcerecordsetsactions",
    "route53:changeresourcerecordsetsnormalizedrecordnames", "route53:changeresourcerecordsetsrecordtypes",
    "s3:requestobjecttagkeys", "sagemaker:instancetypes", "sagemaker:vpcsecuritygroupids", "sagemaker:vpcsubnets",
    "sagemaker:featuregroupprocessingtypes", "secretsmanager:addreplicaregions", "ses:recipients",
})  # fmt: skip
_SEVERAL_BY_NAME = (":amr", ":groups")

_ALWAYS_THERE = frozenset({"aws:currenttime", "aws:epochtime", "aws:securetransport"})
_TRUTHS = frozenset(
    {"aws:multifactorauthpresent", "aws:principalisawsservice", "aws:securetransport", "aws:viaawsservice"}
)
_TIMES = frozenset({"aws:currenttime", "aws:epochtime", "aws:tokenissuetime"})
_LONGEST_SESSION = 36 * 3600
"""Seconds for which temporary credentials are good at the most (AWS STS, GetSessionToken and GetFederationToken)."""

_WHOLE = frozenset({
    "aws:epochtime", "aws:multifactorauthage", "ec2:volumeiops", "ec2:volumesize", "ec2:volumethroughput",
    "rds:piops", "rds:storagesize", "s3:max-keys", "s3:object-lock-remaining-retention-days", "s3:signatureage",
    "sts:durationseconds",
})  # fmt: skip


def is_multi_valued(key: str) -> bool:
    """Whether a request may have several values of a key (in lower case) at once."""
    return key in _SEVERAL or key.endswith(_SEVERAL_BY_NAME)


def is_never_absent(key: str) -> bool:
    """Whether every request has a key."""
    return key in _ALWAYS_THERE


def is_truth(key: str) -> bool:
    """Whether the values of a key are ``true`` and ``false``."""
    return key in _TRUTHS


def is_time(key: str) -> bool:
    """Whether a key tells when a request, or the session that makes it, is."""
    return key in _TIMES


def oldest_time(key: str, now: Fraction) -> Fraction:
    """The earliest value that a key which tells the time can have from now on, in seconds since 1970."""
    return now - _LONGEST_SESSION if key == "aws:tokenissuetime" else now


def is_integer(key: str) -> bool:
    """Whether the numbers of a key are whole ones."""
    return key in _WHOLE
