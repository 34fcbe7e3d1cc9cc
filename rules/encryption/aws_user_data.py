"""Secrets in scripts that machines run at their first start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation

from ._secrets import secrets_in, unpacked

_PLACES = ("user_data", "user_data_base64")
_HASH = re.compile(r"[0-9a-f]{40}")


@rule(
    id="aws-ec2-user-data-secret",
    severity="critical",
    domain="encryption",
    resources=["aws_instance", "aws_launch_template", "aws_launch_configuration"],
    aliases=["CKV_AWS_46", "AVD-AWS-0029", "AVD-AWS-0129"],
    controls={"nist-800-53r5": ["IA-5(7)", "SC-12", "SC-28"]},
    links=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html"],
    since="0.2.0",
    bad={
        "access key": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = <<-EOF
                #!/bin/bash
                export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
                export AWS_DEFAULT_REGION=eu-west-1
              EOF
            }
        """,
        "only the secret half of an access key": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = <<-EOF
                #!/bin/bash
                aws configure set aws_secret_access_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
              EOF
            }
        """,
        "password in a template, in base64": """
            resource "aws_launch_template" "web" {
              name      = "web"
              user_data = base64encode("#!/bin/bash\\nexport DB_PASSWORD='Winter-2024!'\\n")
            }
        """,
        "password in quotes that are escaped": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = <<-EOT
                #!/bin/sh
                export DATABASE_PASSWORD=\\"not-a-real-Passw0rd\\"
              EOT
            }
        """,
        "private key": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = <<-EOF
                #cloud-config
                write_files:
                  - path: /etc/ssl/private/web.key
                    content: |
                      -----BEGIN RSA PRIVATE KEY-----
                      MIIEowIBAAKCAQEA
              EOF
            }
        """,
        "password in an address, in base64": """
            resource "aws_instance" "web" {
              ami              = "ami-0123456789abcdef0"
              instance_type    = "t3.small"
              user_data_base64 = base64encode("DATABASE_URL=postgres://shop:s3cr3t-one@db.internal:5432/shop")
            }
        """,
        "password in a script that is packed": """
            resource "aws_instance" "web" {
              ami              = "ami-0123456789abcdef0"
              instance_type    = "t3.small"
              user_data_base64 = "H4sIAAAAAAACA0utKMgvKlFwcYoPcAwODvcPcrENz8wrSS3SNTIwMlHkAgApEzj3IAAAAA=="
            }
        """,
        "base64 where a script belongs": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = base64encode("export API_KEY=0f1e2d3c4b5a69788796a5b4c3d2e1f0")
            }
        """,
    },
    good={
        "no script": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
            }
        """,
        "fetched at the start": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = <<-EOF
                #!/bin/bash
                export AWS_DEFAULT_REGION=eu-west-1
                DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id orders/db --query SecretString)
                echo "db_password = $DB_PASSWORD" > /etc/shop.conf
              EOF
            }
        """,
        "names of secrets": """
            resource "aws_launch_template" "web" {
              name      = "web"
              user_data = base64encode("DB_PASSWORD_NAME=/orders/db1\\nDB_SECRET=orders/db1\\nTOKEN_TTL=21600s\\n")
            }
        """,
        "gap that something else fills": """
            resource "aws_launch_template" "web" {
              name      = "web"
              user_data = base64encode("DB_PASSWORD=__DB_PASSWORD__\\n")
            }
        """,
        "token of the metadata service": """
            resource "aws_launch_configuration" "web" {
              image_id      = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = <<-EOF
                #!/bin/bash
                TOKEN=$(curl -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 21600" http://169.254.169.254/latest/api/token)
                curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/
                git checkout 3f786850e387550fdab836ed7e6dc881de23001b
              EOF
            }
        """,
    },
    undetermined={
        "script that is not known yet": """
            resource "aws_s3_bucket" "assets" {
              bucket_prefix = "assets-"
            }

            resource "aws_launch_template" "web" {
              name      = "web"
              user_data = base64encode("ASSETS=${aws_s3_bucket.assets.id}")
            }
        """,
        "only the hash that older majors of the provider keep": """
            resource "aws_instance" "web" {
              ami           = "ami-0123456789abcdef0"
              instance_type = "t3.small"
              user_data     = "3f786850e387550fdab836ed7e6dc881de23001b"
            }
        """,
    },
)
def user_data_secret(machine: Resource) -> Iterator[Violation]:
    """Script for the first start of a machine has a secret in it.

    Every program on the machine can read the script from the metadata service, and so can everybody who may describe
    instances or templates, and whoever reads the state, the plan or the repository. The secret cannot be changed
    without a new machine.

    Keep it in Secrets Manager or as a SecureString, let the instance profile read it, and fetch it in the script:
    `aws secretsmanager get-secret-value --secret-id <name>`. For access to AWS set `iam_instance_profile` instead of
    keys. Treat the secret as known: change it.
    """
    for path in _PLACES:
        text = machine.effective(path, "")
        if _HASH.fullmatch(text):
            # Before version 6 the provider keeps only a SHA-1 of the script.
            raise Undetermined((path,), machine, (), "only a hash of it is in the plan")
        for kind in secrets_in(unpacked(text)):
            yield violation(path, kind)
