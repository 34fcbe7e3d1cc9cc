"""Disks of machines: volumes, and what instances and launch configurations bring with them."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation

_ACCOUNT = "aws_ebs_encryption_by_default"


@rule(
    id="aws-ebs-volume-unencrypted",
    severity="high",
    domain="encryption",
    resources=["aws_ebs_volume"],
    aliases=["CKV_AWS_3", "AVD-AWS-0026"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html"],
    bad={
        "switched off": """
            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
              encrypted         = false
            }
        """,
        "nothing said": """
            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
            }
        """,
        "one of two volumes": """
            resource "aws_ebs_volume" "data" {
              for_each          = { logs = false, orders = true }
              availability_zone = "eu-central-1a"
              size              = 40
              encrypted         = each.value
            }
        """,
        "the account does not encrypt either": """
            resource "aws_ebs_encryption_by_default" "this" {
              enabled = false
            }

            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
            }
        """,
        "off, though the account encrypts": """
            resource "aws_ebs_encryption_by_default" "this" {}

            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
              encrypted         = false
            }
        """,
    },
    good={
        "key of the account": """
            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
              encrypted         = true
            }
        """,
        "key of this plan": """
            resource "aws_kms_key" "data" {
              description = "volumes"
            }

            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
              encrypted         = true
              kms_key_id        = aws_kms_key.data.arn
            }
        """,
        "this plan makes the account encrypt": """
            resource "aws_ebs_encryption_by_default" "this" {}

            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              size              = 40
            }
        """,
    },
    undetermined={
        "as its snapshot is": """
            resource "aws_ebs_volume" "data" {
              availability_zone = "eu-central-1a"
              snapshot_id       = "snap-0123456789abcdef0"
            }
        """,
    },
)
def volume_unencrypted(volume: Resource) -> Iterator[Violation]:
    """EBS volume is not encrypted.

    A volume outlives the machine: it is detached, copied to a snapshot, shared with other accounts. Unencrypted, each
    of these copies can be read by whoever gets it. A volume that says nothing is encrypted only where
    `aws_ebs_encryption_by_default` of the same plan makes the account encrypt.

    Set `encrypted = true`, and `kms_key_id` to a key of your own where you want to decide who may use it. A volume
    that exists is replaced: copy it through an encrypted snapshot first. An `aws_ebs_encryption_by_default` resource
    makes encryption the account's default.
    """
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
    if _is_unencrypted(volume, "encrypted", "snapshot_id"):
        yield violation("encrypted", "not encrypted")


def _is_unencrypted(resource: Resource, path: str, snapshot: str) -> bool:
    """Whether a disk is not encrypted, by its own setting or, where it has none, by that of the account.

    :raises Undetermined: when it comes from a snapshot, and is what that is
    """
    encrypted = resource.effective(path, "unset")
    if encrypted != "unset":
        return not encrypted
    if _account_encrypts(resource):
        return False
    if resource.is_set(snapshot):
        raise Undetermined((path,), resource, (), "it is encrypted if its snapshot is")
    return True


def _account_encrypts(resource: Resource) -> bool:
    return any(one.get("enabled") for one in resource.others(_ACCOUNT))


@rule(
    id="aws-ec2-block-device-unencrypted",
    severity="high",
    domain="encryption",
    resources=["aws_instance", "aws_launch_configuration"],
    aliases=["CKV_AWS_8", "AVD-AWS-0131", "AVD-AWS-0008"],
    controls={"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"]},
    links=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html"],
    since="0.2.0",
    bad={
        "nothing said of the root disk": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
            }
        """,
        "root disk that says nothing of encryption": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                volume_size = 20
              }
            }
        """,
        "root disk, switched off": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                encrypted = false
              }
            }
        """,
        "second disk": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                encrypted = true
              }
              ebs_block_device {
                device_name = "/dev/sdf"
                volume_size = 20
                encrypted   = false
              }
            }
        """,
        "second disk that says nothing": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                encrypted = true
              }
              ebs_block_device {
                device_name = "/dev/sdf"
                volume_size = 20
              }
            }
        """,
        "only the second disk encrypted": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              ebs_block_device {
                device_name = "/dev/sdf"
                volume_size = 20
                encrypted   = true
              }
            }
        """,
    },
    good={
        "both disks": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                encrypted = true
              }
              ebs_block_device {
                device_name = "/dev/sdf"
                volume_size = 20
                encrypted   = true
              }
            }
        """,
        "disk of the machine's host": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "c5d.large"
              root_block_device {
                encrypted = true
              }
              ephemeral_block_device {
                device_name  = "/dev/sdb"
                virtual_name = "ephemeral0"
              }
            }
        """,
        "a disk of the image is left out": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                encrypted = true
              }
              ebs_block_device {
                device_name = "/dev/sdf"
                no_device   = true
              }
            }
        """,
        "this plan makes the account encrypt": """
            resource "aws_ebs_encryption_by_default" "this" {
              enabled = true
            }

            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
            }
        """,
    },
    undetermined={
        "root disk of a launch template": """
            resource "aws_instance" "web" {
              launch_template {
                name = "web"
              }
            }
        """,
        "second disk from a snapshot": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              root_block_device {
                encrypted = true
              }
              ebs_block_device {
                device_name = "/dev/sdf"
                snapshot_id = "snap-0123456789abcdef0"
              }
            }
        """,
    },
)
def block_device_unencrypted(machine: Resource) -> Iterator[Violation]:
    """Disk that a machine brings with it is not encrypted.

    The root disk has logs, caches, credentials of the machine and whatever was written to swap. A snapshot or image
    of it takes all of that along, to whoever it is shared with. A root disk of which nothing is said is unencrypted,
    unless the image's snapshot is, or the account encrypts by default.

    Write `root_block_device { encrypted = true }`, and `encrypted = true` into every `ebs_block_device`. The machine
    is replaced by that. An `aws_ebs_encryption_by_default` resource makes encryption the account's default.
    """
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance#ebs-ephemeral-and-root-block-devices
    roots = machine.effective("root_block_device", [])
    if not roots and not _account_encrypts(machine):
        _refuse_launch_template(machine)
        yield violation("root_block_device", "root disk is not encrypted")
    for kind, name in (("root_block_device", "root disk"), ("ebs_block_device", "disk")):
        for number in range(len(machine.effective(kind, []))):
            path = f"{kind}[{number}]"
            if machine.get(f"{path}.no_device", False):
                continue
            if _is_unencrypted(machine, f"{path}.encrypted", f"{path}.snapshot_id"):
                yield violation(f"{path}.encrypted", f"{name} is not encrypted")


def _refuse_launch_template(machine: Resource) -> None:
    """Refuse to judge a root disk that a launch template may describe.

    :raises Undetermined: when the machine is made from one
    """
    if machine.get("launch_template", []):
        raise Undetermined(("root_block_device",), machine, (), "its launch template may say more of it")
