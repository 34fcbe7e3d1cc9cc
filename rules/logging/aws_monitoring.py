"""Recorders and detectors of AWS that stand still."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites

_RECORDER = "aws_config_configuration_recorder"
_STATUS = "aws_config_configuration_recorder_status"
_ORGANIZATION = "aws_guardduty_organization_configuration"


@rule(
    id="aws-config-recorder-off",
    severity="high",
    domain="logging",
    resources=[_STATUS, _RECORDER],
    aliases=["CKV2_AWS_45"],
    controls={"nist-800-53r5": ["CM-8", "AU-12"]},
    links=["https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html"],
    since="0.2.0",
    bad={
        "switched off": """
            resource "aws_config_configuration_recorder" "this" {
              name     = "default"
              role_arn = "arn:aws:iam::111122223333:role/config"
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = aws_config_configuration_recorder.this.name
              is_enabled = false
            }
        """,
        "on, for some types only": """
            resource "aws_config_configuration_recorder" "this" {
              name     = "default"
              role_arn = "arn:aws:iam::111122223333:role/config"
              recording_group {
                all_supported  = false
                resource_types = ["AWS::EC2::Instance"]
              }
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = aws_config_configuration_recorder.this.name
              is_enabled = true
            }
        """,
        "never started": """
            resource "aws_config_configuration_recorder" "this" {
              name     = "default"
              role_arn = "arn:aws:iam::111122223333:role/config"
            }
        """,
    },
    good={
        "on": """
            resource "aws_config_configuration_recorder" "this" {
              name     = "default"
              role_arn = "arn:aws:iam::111122223333:role/config"
              recording_group {
                all_supported                 = true
                include_global_resource_types = true
              }
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = aws_config_configuration_recorder.this.name
              is_enabled = true
            }
        """,
        "on, and types left to the default": """
            resource "aws_config_configuration_recorder" "this" {
              name     = "default"
              role_arn = "arn:aws:iam::111122223333:role/config"
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = aws_config_configuration_recorder.this.name
              is_enabled = true
            }
        """,
        "on, for a recorder that is not here": """
            resource "aws_config_configuration_recorder_status" "this" {
              name       = "default"
              is_enabled = true
            }
        """,
        "on, for a recorder whose name is not known yet": """
            resource "terraform_data" "name" {
              input = "default"
            }

            resource "aws_config_configuration_recorder" "this" {
              name     = terraform_data.name.output
              role_arn = "arn:aws:iam::111122223333:role/config"
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = aws_config_configuration_recorder.this.name
              is_enabled = true
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "on" {
              input = true
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = "default"
              is_enabled = terraform_data.on.output
            }
        """,
        "a recorder that is not known yet": """
            resource "terraform_data" "recorder" {
              input = "default"
            }

            resource "aws_config_configuration_recorder_status" "this" {
              name       = terraform_data.recorder.output
              is_enabled = true
            }
        """,
    },
)
def recorder_off(resource: Resource) -> Iterator[Violation]:
    """Recorder of AWS Config does not record everything that it could.

    A recorder does nothing until it is started. While it stands still, or for types that it leaves out, nobody can
    tell what a resource looked like before an incident, and no rule of AWS Config is evaluated.

    Add `resource "aws_config_configuration_recorder_status" "<name>" { name = "<recorder>", is_enabled = true }`, and
    set `all_supported = true` in the `recording_group` of the recorder.
    """
    if resource.type == _RECORDER:
        if not satellites(resource, _STATUS, via="name"):
            yield violation("", "nothing starts it", evidence=missing(resource, _STATUS, via="name"))
        return
    if not resource.get("is_enabled"):
        yield violation("is_enabled", "the recorder is stopped")
        return
    recorders = resource.references(_RECORDER, via="name")
    if not recorders:
        bool(resource.get("name"))  # asks, where it is not known yet
    # docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html: without a group, all types are recorded
    for recorder in recorders:
        if not recorder.effective("recording_group.all_supported", True):
            yield violation("name", "the recorder leaves types out", evidence=[recorder.address])


@rule(
    id="aws-guardduty-off",
    severity="medium",
    domain="logging",
    resources=["aws_guardduty_detector"],
    aliases=["CKV_AWS_238"],
    controls={"nist-800-53r5": ["SI-4", "RA-5"]},
    links=["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html"],
    since="0.2.0",
    bad={
        "switched off": """
            resource "aws_guardduty_detector" "this" {
              enable = false
            }
        """,
        "switched off, as a text": """
            resource "aws_guardduty_detector" "this" {
              enable                       = "false"
              finding_publishing_frequency = "ONE_HOUR"
            }
        """,
    },
    good={
        "switched on": """
            resource "aws_guardduty_detector" "this" {
              enable = true
            }
        """,
        "on by default": """
            resource "aws_guardduty_detector" "this" {
              finding_publishing_frequency = "FIFTEEN_MINUTES"
            }
        """,
    },
)
def guardduty_off(detector: Resource) -> Iterator[Violation]:
    """GuardDuty is switched off.

    Nobody looks for stolen credentials, mining software and calls to known bad addresses in this region.

    Set `enable = true` on the `aws_guardduty_detector`, or take `enable` out: it is on by default.
    """
    if not detector.get("enable"):
        yield violation("enable", "the detector is switched off")


@rule(
    id="aws-guardduty-not-for-organization",
    severity="low",
    domain="logging",
    resources=["aws_guardduty_detector"],
    aliases=["CKV2_AWS_3"],
    controls={"nist-800-53r5": ["SI-4"]},
    links=["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html"],
    since="0.2.0",
    wider=["aws-guardduty-off"],
    bad={
        "a detector alone": """
            resource "aws_guardduty_detector" "this" {
              enable = true
            }
        """,
        "new accounts are left out": """
            resource "aws_guardduty_detector" "this" {
              enable = true
            }

            resource "aws_guardduty_organization_configuration" "this" {
              detector_id                      = aws_guardduty_detector.this.id
              auto_enable_organization_members = "NONE"
            }
        """,
        "for all, but switched off": """
            resource "aws_guardduty_detector" "this" {
              enable = false
            }

            resource "aws_guardduty_organization_configuration" "this" {
              detector_id                      = aws_guardduty_detector.this.id
              auto_enable_organization_members = "ALL"
            }
        """,
        "the old switch, off": """
            resource "aws_guardduty_detector" "this" {
              enable = true
            }

            resource "aws_guardduty_organization_configuration" "this" {
              detector_id = aws_guardduty_detector.this.id
              auto_enable = false
            }
        """,
    },
    good={
        "all accounts": """
            resource "aws_guardduty_detector" "this" {
              enable = true
            }

            resource "aws_guardduty_organization_configuration" "this" {
              detector_id                      = aws_guardduty_detector.this.id
              auto_enable_organization_members = "ALL"
            }
        """,
        "new accounts": """
            resource "aws_guardduty_detector" "this" {
            }

            resource "aws_guardduty_organization_configuration" "this" {
              detector_id                      = aws_guardduty_detector.this.id
              auto_enable_organization_members = "NEW"
            }
        """,
        "the old switch": """
            resource "aws_guardduty_detector" "this" {
              enable = true
            }

            resource "aws_guardduty_organization_configuration" "this" {
              detector_id = aws_guardduty_detector.this.id
              auto_enable = true
            }
        """,
    },
)
def guardduty_not_for_organization(detector: Resource) -> Iterator[Violation]:
    """GuardDuty is not switched on for the accounts of the organization.

    An account that joins later is watched only if somebody thinks of it. In an account that is itself a member,
    whose administrator switches it on from elsewhere, waive this rule.

    In the administrator's account add `resource "aws_guardduty_organization_configuration" "<name>" { detector_id =
    aws_guardduty_detector.<name>.id, auto_enable_organization_members = "ALL" }`.
    """
    if not detector.get("enable"):
        yield violation("enable", "the detector is switched off")
        return
    found = satellites(detector, _ORGANIZATION, via="detector_id")
    if not found:
        yield violation("", "no accounts join it", evidence=missing(detector, _ORGANIZATION, via="detector_id"))
    for one in found:
        if one.get("auto_enable_organization_members") not in ("ALL", "NEW") and not one.get("auto_enable"):
            yield violation("", "accounts do not join it by themselves", evidence=[one.address])
