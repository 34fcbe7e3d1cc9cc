"""Alarms that the CIS benchmark asks for: one rule for each, made from one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planguard import Resource, Violation, rule

from ._aws_alarms import alarm_gap


@dataclass(frozen=True)
class _Alarm:
    """One thing to be told of.

    :ivar name: of the rule, behind ``aws-cloudtrail-no-alarm-on-``
    :ivar what: in words, behind *No alarm on*
    :ivar why: what it tells
    :ivar any_of: what the pattern of the metric filter must ask for, one or the other of it
    :ivar all_of: what it must ask for besides
    """

    name: str
    alias: str
    cis: tuple[str, ...]
    what: str
    why: str
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        return (*self.all_of, *self.any_of)

    @property
    def pattern(self) -> str:
        either = " || ".join(f"({term})" for term in self.any_of)
        parts = [f"({term})" for term in self.all_of]
        return "{ " + " && ".join([*parts, f"({either})"] if parts and either else parts or [either]) + " }"


def _events(*names: str) -> tuple[str, ...]:
    return tuple(f"$.eventName = {name}" for name in names)


_ALARMS = (
    _Alarm(
        "unauthorized-calls",
        "AVD-AWS-0147",
        ("1.2:3.1", "1.4:4.1"),
        "calls that are refused",
        "Whoever has stolen a credential tries what it can do, and is refused again and again before he finds a way.",
        ('$.errorCode = "*UnauthorizedOperation"', '$.errorCode = "AccessDenied*"'),
    ),
    _Alarm(
        "login-without-mfa",
        "AVD-AWS-0148",
        ("1.2:3.2", "1.4:4.2"),
        "logins without a second factor",
        "Somebody who comes in with a password alone may be anybody who has read it.",
        all_of=('$.eventName = "ConsoleLogin"', '$.additionalEventData.MFAUsed != "Yes"'),
    ),
    _Alarm(
        "root-use",
        "AVD-AWS-0149",
        ("1.2:3.3", "1.4:4.3"),
        "the use of the root user",
        "The root user may do everything, and nothing can be refused to it. It is needed a few times a year.",
        all_of=(
            '$.userIdentity.type = "Root"',
            "$.userIdentity.invokedBy NOT EXISTS",
            '$.eventType != "AwsServiceEvent"',
        ),
    ),
    _Alarm(
        "iam-policy-changes",
        "AVD-AWS-0150",
        ("1.2:3.4", "1.4:4.4"),
        "changes of IAM policies",
        "A policy that is written anew or attached is how somebody gives himself more than he had.",
        _events(
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
    ),
    _Alarm(
        "trail-changes",
        "AVD-AWS-0151",
        ("1.2:3.5", "1.4:4.5"),
        "changes of trails",
        "Stopping the trail is the first thing that an intruder does, and the last that the trail tells.",
        _events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    _Alarm(
        "failed-logins",
        "AVD-AWS-0152",
        ("1.2:3.6", "1.4:4.6"),
        "logins that fail",
        "Many failed logins in a short time are somebody who tries passwords.",
        all_of=("$.eventName = ConsoleLogin", '$.errorMessage = "Failed authentication"'),
    ),
    _Alarm(
        "disabled-keys",
        "AVD-AWS-0153",
        ("1.2:3.7", "1.4:4.7"),
        "keys that are disabled or deleted",
        "What a deleted key has encrypted is lost for good. There is time to take it back, if somebody knows.",
        all_of=("$.eventSource = kms.amazonaws.com",),
        any_of=_events("DisableKey", "ScheduleKeyDeletion"),
    ),
    _Alarm(
        "bucket-policy-changes",
        "AVD-AWS-0154",
        ("1.2:3.8", "1.4:4.8"),
        "changes of bucket policies",
        "One call makes the objects of a bucket readable for the world.",
        all_of=("$.eventSource = s3.amazonaws.com",),
        any_of=_events(
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ),
    ),
    _Alarm(
        "config-changes",
        "AVD-AWS-0155",
        ("1.2:3.9", "1.4:4.9"),
        "changes of AWS Config",
        "With the recorder stopped, nobody can tell later what has been changed, and no rule objects.",
        all_of=("$.eventSource = config.amazonaws.com",),
        any_of=_events(
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ),
    ),
    _Alarm(
        "security-group-changes",
        "AVD-AWS-0156",
        ("1.2:3.10", "1.4:4.10"),
        "changes of security groups",
        "One rule too many lets the internet reach a machine that was not made for it.",
        _events(
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
    ),
    _Alarm(
        "network-acl-changes",
        "AVD-AWS-0157",
        ("1.2:3.11", "1.4:4.11"),
        "changes of network ACLs",
        "An access list that is opened or replaced takes away the wall around a whole subnet.",
        _events(
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
    ),
    _Alarm(
        "gateway-changes",
        "AVD-AWS-0158",
        ("1.2:3.12", "1.4:4.12"),
        "changes of network gateways",
        "A new internet gateway is a way out for data, and a way in, beside the ones that are watched.",
        _events(
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
    ),
    _Alarm(
        "route-table-changes",
        "AVD-AWS-0159",
        ("1.2:3.13", "1.4:4.13"),
        "changes of route tables",
        "A changed route leads traffic around the firewall, or past somebody who listens.",
        _events(
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ),
    ),
    _Alarm(
        "vpc-changes",
        "AVD-AWS-0160",
        ("1.2:3.14", "1.4:4.14"),
        "changes of VPCs",
        "A new network, or a connection between two, joins what was kept apart.",
        _events(
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
    ),
    _Alarm(
        "organization-changes",
        "AVD-AWS-0174",
        ("1.4:4.15",),
        "changes of the organization",
        "An account that leaves the organization leaves its limits behind, and one that is invited gets in.",
        all_of=("$.eventSource = organizations.amazonaws.com",),
        any_of=_events(
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdatePolicy",
            "UpdateOrganizationalUnit",
        ),
    ),
)

_TRAIL = """
resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail"
  retention_in_days = 365
}

resource "aws_cloudtrail" "this" {
  name                       = "trail"
  s3_bucket_name             = "example-trail"
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn  = "arn:aws:iam::111122223333:role/trail"
}
"""
_FILTER = """
resource "aws_cloudwatch_log_metric_filter" "this" {
  name           = "this"
  log_group_name = aws_cloudwatch_log_group.trail.name
  pattern        = "PATTERN"
  metric_transformation {
    name      = "counted"
    namespace = "trail"
    value     = "1"
  }
}
"""
_ALARM = """
resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "this"
  metric_name         = METRIC
  namespace           = "trail"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  alarm_actions       = ["arn:aws:sns:eu-central-1:111122223333:security"]
}
"""


def _filtered(pattern: str) -> str:
    return _FILTER.replace("PATTERN", pattern.replace('"', '\\"'))


def _bad(alarm: _Alarm) -> dict[str, str]:
    partial = "{ (" + alarm.terms[0] + ") }"
    return {
        "no filter": _TRAIL,
        "a filter that asks for less": _TRAIL + _filtered(partial) + _ALARM.replace("METRIC", '"counted"'),
        "a filter without an alarm": _TRAIL + _filtered(alarm.pattern) + _ALARM.replace("METRIC", '"other"'),
        "an alarm on another filter": _TRAIL
        + _filtered(alarm.pattern)
        + _filtered("{ $.eventName = Other }").replace('"this"', '"other"').replace('"counted"', '"others"')
        + _ALARM.replace("METRIC", "aws_cloudwatch_log_metric_filter.other.id"),
    }


def _good(alarm: _Alarm) -> dict[str, str]:
    named = "aws_cloudwatch_log_metric_filter.this.metric_transformation[0].name"
    plain = alarm.pattern.replace("(", "").replace(")", "").replace(" = ", "=")
    return {
        "a filter and an alarm": _TRAIL + _filtered(alarm.pattern) + _ALARM.replace("METRIC", '"counted"'),
        "an alarm that names the filter": _TRAIL + _filtered(alarm.pattern) + _ALARM.replace("METRIC", '"this"'),
        "an alarm on the filter by reference": _TRAIL + _filtered(plain) + _ALARM.replace("METRIC", named),
        "a trail of one region": _TRAIL.replace("is_multi_region_trail      = true", ""),
        "a trail that is switched off": _TRAIL.replace(
            'name                       = "trail"',
            """name           = "trail"
  enable_logging = false""",
        ),
        "a group that is not here": _TRAIL.replace(
            "${aws_cloudwatch_log_group.trail.arn}:*", "arn:aws:logs:eu-central-1:111122223333:log-group:other:*"
        ),
    }


def _judge_of(alarm: _Alarm) -> Callable[[Resource], Iterator[Violation]]:
    def judge(trail: Resource) -> Iterator[Violation]:
        yield from alarm_gap(trail, alarm.terms)

    judge.__doc__ = (
        f"No alarm on {alarm.what}.\n\n"
        f"{alarm.why} The trail writes it down, but nobody is told.\n\n"
        "Add an `aws_cloudwatch_log_metric_filter` on the log group of the trail with\n"
        f'`pattern = "{alarm.pattern}"`, and an `aws_cloudwatch_metric_alarm` on its metric with `threshold = 1`.'
    )
    return judge


for _alarm in _ALARMS:
    globals()[_alarm.name.replace("-", "_")] = rule(
        id=f"aws-cloudtrail-no-alarm-on-{_alarm.name}",
        severity="low",
        domain="logging",
        resources=["aws_cloudtrail"],
        aliases=[_alarm.alias],
        controls={"nist-800-53r5": ["AU-6", "SI-4", "SI-4(5)"], "cis-aws": list(_alarm.cis)},
        links=["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html"],
        since="0.2.0",
        bad=_bad(_alarm),
        good=_good(_alarm),
    )(_judge_of(_alarm))
