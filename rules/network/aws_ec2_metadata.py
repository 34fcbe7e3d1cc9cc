"""Who gets at the credentials of a virtual machine."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation

from .._satellite import given, is_left_to_provider, may_refer


@rule(
    id="aws-ec2-imdsv1-allowed",
    severity="high",
    domain="network",
    resources=["aws_instance", "aws_launch_template", "aws_launch_configuration"],
    aliases=["CKV_AWS_79", "AVD-AWS-0028", "AVD-AWS-0130"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-5"]},
    links=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"],
    bad={
        "tokens are optional": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
              metadata_options {
                http_endpoint = "enabled"
                http_tokens   = "optional"
              }
            }
        """,
        "nothing said": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
            }
        """,
        "launch template without tokens": """
            resource "aws_launch_template" "web" {
              name          = "web"
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
              metadata_options {
                http_put_response_hop_limit = 1
              }
            }
        """,
        "options of its own, against those of the launch template": """
            resource "aws_launch_template" "web" {
              name_prefix   = "web-"
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
              metadata_options {
                http_tokens = "required"
              }
            }

            resource "aws_instance" "web" {
              launch_template {
                id      = aws_launch_template.web.id
                version = "$Latest"
              }
              metadata_options {
                http_tokens = "optional"
              }
            }
        """,
        "launch configuration": """
            resource "aws_launch_configuration" "web" {
              name_prefix   = "web-"
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
            }
        """,
    },
    good={
        "tokens are required": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
              metadata_options {
                http_tokens = "required"
              }
            }
        """,
        "no metadata service": """
            resource "aws_launch_template" "web" {
              name          = "web"
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
              metadata_options {
                http_endpoint = "disabled"
              }
            }
        """,
        "the launch template decides": """
            resource "aws_launch_template" "web" {
              name_prefix   = "web-"
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.micro"
              metadata_options {
                http_tokens = "required"
              }
            }

            resource "aws_instance" "web" {
              launch_template {
                id      = aws_launch_template.web.id
                version = "$Latest"
              }
            }
        """,
    },
    undetermined={
        "a launch template that is not in the plan": """
            resource "aws_instance" "web" {
              launch_template {
                id      = "lt-0123456789abcdef0"
                version = "$Latest"
              }
            }
        """,
    },
)
def imdsv1_allowed(machine: Resource) -> Iterator[Violation]:
    """Virtual machine hands out its credentials without a token (IMDSv1).

    With version 1 of the metadata service, a plain request from the machine is enough for the credentials of its
    role: a web application that can be made to fetch an address of the attacker's choice gives them away. Where
    nothing is set, version 1 is taken to be allowed; some images and account settings forbid it, no plan shows them.

    Add `metadata_options` with `http_tokens = "required"`, or `http_endpoint = "disabled"` where nothing on the
    machine asks for credentials. Software with an SDK from before 2020 may need an update first.
    """
    if _is_for_template(machine):
        return
    if given(machine, "metadata_options.http_endpoint", "enabled") == "disabled":
        return
    if given(machine, "metadata_options.http_tokens", "optional") != "required":
        yield violation("metadata_options", "IMDSv1 is allowed")


def _is_for_template(machine: Resource) -> bool:
    """Whether the launch template of an instance decides, which is judged itself.

    :raises Undetermined: when the template is not in this plan
    """
    if not is_left_to_provider(machine, "metadata_options") or not machine.get("launch_template"):
        return False
    if may_refer(machine, "aws_launch_template", via="launch_template"):
        return True
    raise Undetermined(("metadata_options",), machine, (), "its launch template decides, and is not in this plan")
