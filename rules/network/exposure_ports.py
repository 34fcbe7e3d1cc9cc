"""Ports of machines and balancers that the internet reaches, by a whole path and not by one rule alone."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._endpoints import BALANCERS, MACHINES, WORKLOADS
from ._exposed_machines import (
    AWS_MACHINE,
    AWS_NETWORK,
    AZURE_MACHINE,
    AZURE_NETWORK,
    GOOGLE_MACHINE,
    aws_group,
    azure_group,
    google_rule,
    kubernetes_service,
)
from ._exposure import ADMINISTRATION, OTHER, reached

_AWS_BALANCED = f"""{AWS_NETWORK}
resource "aws_lb" "entry" {{
  name               = "entry"
  load_balancer_type = "network"
  subnets            = [aws_subnet.public.id, aws_subnet.other.id]
}}

resource "aws_lb_target_group" "app" {{
  name     = "app"
  port     = 22
  protocol = "TCP"
  vpc_id   = aws_vpc.main.id
}}

resource "aws_lb_listener" "app" {{
  load_balancer_arn = aws_lb.entry.arn
  port              = 443
  protocol          = "TCP"
  default_action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }}
}}

resource "aws_lb_target_group_attachment" "app" {{
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.app.id
}}

resource "aws_instance" "app" {{
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.public.id
  vpc_security_group_ids      = [aws_security_group.app.id]
  associate_public_ip_address = false
}}
"""
_AWS_WEB_SITE = _AWS_BALANCED.replace("port     = 22", "port     = 8080")
_AZURE_PRIVATE = f"""{AZURE_NETWORK}
resource "azurerm_network_interface" "app" {{
  name                = "nic-app"
  location            = "westeurope"
  resource_group_name = "rg-app"
  ip_configuration {{
    name                          = "main"
    subnet_id                     = azurerm_subnet.app.id
    private_ip_address_allocation = "Dynamic"
  }}
}}
"""
_OFFICE = """
resource "aws_eip" "office" {
  domain = "vpc"
}
"""


@rule(
    id="administration-port-reachable-from-internet",
    severity="critical",
    domain="network",
    resources=[*MACHINES, *WORKLOADS],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/reachability/what-is-reachability-analyzer.html"],
    since="0.2.0",
    bad={
        "SSH to a machine in a public subnet": AWS_MACHINE + aws_group("22"),
        "Remote Desktop over UDP": AWS_MACHINE + aws_group("3389", protocol="udp"),
        "a wide range of ports": AWS_MACHINE + aws_group("1024-65535"),
        "all traffic": AWS_MACHINE + aws_group("0", protocol="-1"),
        "a port of the Docker engine, in the default VPC": """
            resource "aws_security_group" "build" {
              name = "build"
              ingress {
                from_port   = 2375
                to_port     = 2375
                protocol    = "tcp"
                cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
              }
            }

            resource "aws_instance" "build" {
              ami                    = "ami-0123456789abcdef0"
              instance_type          = "t3.micro"
              vpc_security_group_ids = [aws_security_group.build.id]
            }
        """,
        "SSH behind a network load balancer at another port": _AWS_BALANCED + aws_group("22"),
        "WinRM, from a good part of the internet": AWS_MACHINE + aws_group("5986", '["128.0.0.0/4"]'),
        "Remote Desktop to a machine of Azure": AZURE_MACHINE + azure_group("3389"),
        "SSH to a machine of Google": GOOGLE_MACHINE + google_rule("22"),
        "the port of the kubelet, from a few networks of a provider": (
            GOOGLE_MACHINE + google_rule("10250", "35.0.0.0/12")
        ),
        "Telnet": AWS_MACHINE + aws_group("23"),
        "a screen, by VNC": AWS_MACHINE + aws_group("5900"),
        "SSH to a container": kubernetes_service("linuxserver/openssh-server:latest", 22),
    },
    good={
        "SSH from an office": AWS_MACHINE + aws_group("22", '["203.0.113.0/24", "198.51.100.7/32"]'),
        "SSH from half of a provider's network": AWS_MACHINE + aws_group("22", '["8.8.0.0/16"]'),
        "HTTPS": AWS_MACHINE + aws_group("443"),
        "another port": AWS_MACHINE + aws_group("8080"),
        "Remote Desktop's port over the other protocol": AWS_MACHINE + aws_group("22", protocol="udp"),
        "no public address": AWS_MACHINE.replace("= true", "= false") + aws_group("22"),
        "no route": AWS_MACHINE.replace('"0.0.0.0/0"', '"10.1.0.0/16"') + aws_group("22"),
        "private machine of Azure": _AZURE_PRIVATE + azure_group("22"),
        "no external address": GOOGLE_MACHINE.replace("access_config {}", "") + google_rule("22"),
        "service inside the cluster": kubernetes_service("linuxserver/openssh-server:latest", 22, "ClusterIP"),
    },
    undetermined={
        "from ranges that are not known yet": (
            AWS_MACHINE
            + """
                resource "terraform_data" "offices" {
                  input = ["203.0.113.0/24"]
                }
            """
            + aws_group("22", "terraform_data.offices.output")
        ),
        "ports that are not known yet": (
            GOOGLE_MACHINE
            + """
                resource "terraform_data" "port" {
                  input = "443"
                }
            """
            + google_rule("${terraform_data.port.output}")
        ),
    },
)
def administration_port_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a port for administration.

    There is a whole path to it: a public address or a load balancer, a route, and firewalls that let it in. Log-ins
    on such ports (SSH, RDP, WinRM, VNC, Docker, the kubelet) are tried without pause: one weak password or late
    patch, and a stranger is on the machine.

    Close any part of the path: take `0.0.0.0/0` out of the rule that lets it in, or take away the public address, and
    reach the machine through Session Manager, Azure Bastion or Identity-Aware Proxy.
    """
    yield from reached(endpoint, ADMINISTRATION)


@rule(
    id="other-port-reachable-from-internet",
    severity="medium",
    domain="network",
    resources=[*MACHINES, *WORKLOADS, *BALANCERS],
    controls={"nist-800-53r5": ["AC-4", "CM-7", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/reachability/what-is-reachability-analyzer.html"],
    since="0.2.0",
    wider=["aws-emr-cluster-open-to-world"],
    bad={
        "an application on a machine": AWS_MACHINE + aws_group("8080"),
        "HTTP, and more": AWS_MACHINE + aws_group("80-81"),
        "HTTP over UDP is none": AWS_MACHINE + aws_group("80", protocol="udp"),
        "name resolution": AWS_MACHINE + aws_group("53", protocol="udp"),
        "load balancer at another port": _AWS_WEB_SITE.replace("= 443", "= 8443") + aws_group("8080"),
        "machine of Azure": AZURE_MACHINE + azure_group("8080"),
        "machine of Google": GOOGLE_MACHINE + google_rule("8000-8100"),
        "container": kubernetes_service("registry.example.com/shop/app:1", 8080),
    },
    good={
        "web": (
            AWS_MACHINE
            + aws_group(
                "443",
                more="""
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "udp"
    cidr_blocks = ["0.0.0.0/0"]
  }
""",
            )
        ),
        "behind a load balancer that answers at 443": _AWS_WEB_SITE + aws_group("8080"),
        "from one network": AWS_MACHINE + aws_group("8080", '["198.18.0.0/15", "203.0.113.0/24"]'),
        "ping": AWS_MACHINE + aws_group("8", protocol="icmp"),
        "told as a port for administration": AWS_MACHINE + aws_group("3000-4000"),
        "HTTPS to containers": kubernetes_service("registry.example.com/shop/app:1", 443),
        "HTTPS to a machine of Azure": AZURE_MACHINE + azure_group("443"),
        "closed again by a rule that comes first": (
            GOOGLE_MACHINE
            + google_rule("8080")
            + """
                resource "google_compute_firewall" "none" {
                  name          = "none"
                  network       = google_compute_network.main.name
                  priority      = 100
                  source_ranges = ["0.0.0.0/0"]
                  deny {
                    protocol = "all"
                  }
                }
            """
        ),
        "container for one network": (
            kubernetes_service("registry.example.com/shop/app:1", 8080, ranges='["203.0.113.0/24"]')
        ),
    },
    undetermined={
        "whether it has a public address": (
            """
                resource "terraform_data" "is_public" {
                  input = false
                }
            """
            + AWS_MACHINE.replace("= true", "= terraform_data.is_public.output")
            + aws_group("8080")
        ),
    },
)
def other_port_reachable(endpoint: Resource) -> Iterator[Violation]:
    """Internet reaches a port that is neither HTTP nor HTTPS.

    There is a whole path to it, so that whatever listens there is found by scanners within hours, and everybody may
    try its flaws and its passwords.

    Name the ranges that need the port in the rule that lets it in, or put a load balancer in front that answers at
    443 only. Waive this for what is meant for the public, such as a VPN or a mail server.
    """
    yield from reached(endpoint, OTHER)
