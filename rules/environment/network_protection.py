"""What stands between a network and those who would attack it."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Given, Level, Setting, reductions

_FIREWALL = "the web application firewall"
_FLOODS = "the protection against floods"
_BACKEND = (Given("security_policy", "the security policy"),)
_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "aws_alb": (Level("drop_invalid_header_fields"),),
    "aws_cloudfront_distribution": (Given("web_acl_id", _FIREWALL),),
    "aws_lb": (Level("drop_invalid_header_fields"),),
    "aws_networkfirewall_firewall": (
        Level("firewall_policy_change_protection"),
        Level("subnet_change_protection"),
    ),
    "azurerm_application_gateway": (
        Given("firewall_policy_id", _FIREWALL),
        Level("waf_configuration.enabled"),
        Level("waf_configuration.firewall_mode", ("Prevention", "Detection")),
    ),
    "azurerm_cdn_frontdoor_firewall_policy": (Level("enabled"), Level("mode", ("Prevention", "Detection"))),
    "azurerm_firewall": (Level("threat_intel_mode", ("Deny", "Alert")),),
    "azurerm_firewall_policy": (
        Level("threat_intelligence_mode", ("Deny", "Alert")),
        Level("intrusion_detection.mode", ("Deny", "Alert")),
    ),
    "azurerm_kubernetes_cluster": (
        Level("private_cluster_enabled"),
        Level("local_account_disabled"),
        Given("api_server_access_profile.authorized_ip_ranges", "the list of who may reach the API server"),
    ),
    "azurerm_virtual_network": (Level("ddos_protection_plan.enable"),),
    "azurerm_web_application_firewall_policy": (
        Level("policy_settings.enabled"),
        Level("policy_settings.mode", ("Prevention", "Detection")),
    ),
    "google_compute_backend_service": _BACKEND,
    "google_compute_region_backend_service": _BACKEND,
    "google_container_cluster": (
        Given("master_authorized_networks_config", "the list of who may reach the control plane"),
        Level("private_cluster_config.enable_private_nodes"),
        Level("network_policy.enabled"),
    ),
}
_POLICY = Guard(
    "the network policy",
    "metadata.namespace",
    ("kubernetes_namespace", "kubernetes_namespace_v1"),
    key="metadata.name",
)
_REFUSES = "the rule that refuses traffic"
_GUARDS = {
    "aws_network_acl_rule": Guard(
        _REFUSES,
        "network_acl_id",
        "aws_network_acl",
        same=("cidr_block", "protocol", "egress"),
        worth=("rule_action", ("deny",)),
    ),
    "aws_networkfirewall_firewall": Guard("the network firewall", "vpc_id", "aws_vpc"),
    "aws_route53_resolver_firewall_rule_group_association": Guard("the DNS firewall", "vpc_id", "aws_vpc"),
    "aws_shield_protection": Guard(_FLOODS, "resource_arn"),
    "aws_wafregional_web_acl_association": Guard(_FIREWALL, "resource_arn"),
    "aws_wafv2_web_acl_association": Guard(_FIREWALL, "resource_arn"),
    "azurerm_cdn_frontdoor_security_policy": Guard(
        _FIREWALL, "cdn_frontdoor_profile_id", "azurerm_cdn_frontdoor_profile"
    ),
    "azurerm_network_interface_security_group_association": Guard(
        "the network security group", "network_interface_id", "azurerm_network_interface"
    ),
    "azurerm_network_security_rule": Guard(
        _REFUSES,
        "network_security_group_name",
        "azurerm_network_security_group",
        key="name",
        same=("priority", "direction"),
        worth=("access", ("Deny",)),
    ),
    "azurerm_subnet_network_security_group_association": Guard(
        "the network security group", "subnet_id", "azurerm_subnet"
    ),
    "google_compute_firewall": Guard(
        _REFUSES,
        "network",
        "google_compute_network",
        key="name",
        same=("direction",),
        worth=("disabled", (False, None)),
    ),
    "kubernetes_network_policy": _POLICY,
    "kubernetes_network_policy_v1": _POLICY,
}

_BALANCER = """
            resource "aws_lb" "shop" {
              name = "shop"
            }
"""
_PROTECTED = """
            resource "aws_wafv2_web_acl_association" "shop" {
              resource_arn = aws_lb.shop.arn
              web_acl_arn  = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/1"
            }
"""
_NETWORK = """
            resource "google_compute_network" "main" {
              name = "main"
            }
"""
_REFUSED = """
            resource "google_compute_firewall" "no_egress" {
              name      = "no-egress"
              network   = google_compute_network.main.name
              direction = "EGRESS"
              deny {
                protocol = "all"
              }
            }
"""

_VPC = """
            resource "aws_vpc" "main" {
              cidr_block = "10.0.0.0/16"
            }
"""
_ACL = """
            resource "aws_network_acl" "main" {
              vpc_id = "vpc-0a1b2c3d4e5f60718"
            }
"""
_DENIED = """
            resource "aws_network_acl_rule" "bots" {
              network_acl_id = aws_network_acl.main.id
              rule_number    = 10
              egress         = false
              protocol       = "-1"
              rule_action    = "deny"
              cidr_block     = "198.51.100.0/24"
            }
"""


@change_rule(
    id="network-protection-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS)),
    controls={"nist-800-53r5": ["CM-3", "SC-5", "SC-7"]},
    links=["https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html"],
    since="0.2.0",
    bad={
        "firewall taken from a load balancer": (_BALANCER + _PROTECTED, _BALANCER),
        "a distribution without its firewall": (
            """
            resource "aws_cloudfront_distribution" "shop" {
              enabled    = true
              web_acl_id = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1"
            }
            """,
            """
            resource "aws_cloudfront_distribution" "shop" {
              enabled = true
            }
            """,
        ),
        "a firewall that only looks on": (
            """
            resource "azurerm_web_application_firewall_policy" "shop" {
              name                = "shop"
              resource_group_name = "shop"
              location            = "westeurope"
              policy_settings {
                enabled = true
                mode    = "Prevention"
              }
            }
            """,
            """
            resource "azurerm_web_application_firewall_policy" "shop" {
              name                = "shop"
              resource_group_name = "shop"
              location            = "westeurope"
              policy_settings {
                enabled = true
                mode    = "Detection"
              }
            }
            """,
        ),
        "a rule that refuses is deleted": (_NETWORK + _REFUSED, _NETWORK),
        "a namespace without its policy": (
            """
            resource "kubernetes_namespace_v1" "shop" {
              metadata {
                name = "shop"
              }
            }

            resource "kubernetes_network_policy_v1" "closed" {
              metadata {
                name      = "closed"
                namespace = "shop"
              }
              spec {
                pod_selector {}
                policy_types = ["Ingress"]
              }
            }
            """,
            """
            resource "kubernetes_namespace_v1" "shop" {
              metadata {
                name = "shop"
              }
            }
            """,
        ),
        "headers that are not valid let through": edited(
            """
            resource "aws_alb" "shop" {
              name                       = "shop"
              drop_invalid_header_fields = true
            }
            """,
            "true",
            "false",
        ),
        "a firewall whose policy may be exchanged": edited(
            """
            resource "aws_networkfirewall_firewall" "hub" {
              name                              = "hub"
              firewall_policy_arn               = "arn:aws:network-firewall:eu-central-1:111122223333:firewall-policy/hub"
              vpc_id                            = "vpc-0a1b2c3d4e5f60718"
              firewall_policy_change_protection = true
            }
            """,
            "true",
            "false",
        ),
        "a firewall whose subnets may be taken away": edited(
            """
            resource "aws_networkfirewall_firewall" "hub" {
              name                     = "hub"
              firewall_policy_arn      = "arn:aws:network-firewall:eu-central-1:111122223333:firewall-policy/hub"
              vpc_id                   = "vpc-0a1b2c3d4e5f60718"
              subnet_change_protection = true
            }
            """,
            "true",
            "false",
        ),
        "a firewall deleted": dropped(
            """
            resource "aws_networkfirewall_firewall" "hub" {
              name                = "hub"
              firewall_policy_arn = "arn:aws:network-firewall:eu-central-1:111122223333:firewall-policy/hub"
              vpc_id              = aws_vpc.main.id
            }
            """,
            _VPC,
        ),
        "a DNS firewall deleted": dropped(
            """
            resource "aws_route53_resolver_firewall_rule_group_association" "main" {
              name                   = "main"
              firewall_rule_group_id = "rslvr-frg-0123456789abcdef"
              priority               = 101
              vpc_id                 = aws_vpc.main.id
            }
            """,
            _VPC,
        ),
        "intrusions let through": edited(
            """
            resource "azurerm_firewall_policy" "hub" {
              name                = "hub"
              resource_group_name = "hub"
              location            = "westeurope"
              sku                 = "Premium"

              intrusion_detection {
                mode = "Alert"
              }
            }
            """,
            '"Alert"',
            '"Off"',
        ),
        "another network refused in its place": (
            _ACL + _DENIED,
            _ACL + _DENIED.replace('"bots"', '"others"').replace("198.51.100.0/24", "203.0.113.0/24"),
        ),
        "the way out refused in place of the way in": (
            _ACL + _DENIED,
            _ACL + _DENIED.replace('"bots"', '"out"').replace("false", "true"),
        ),
    },
    good={
        "a firewall that goes with its load balancer": (
            _BALANCER + _PROTECTED,
            """
            resource "aws_lb" "mail" {
              name = "mail"
            }
            """,
        ),
        "another firewall": (
            _BALANCER + _PROTECTED,
            _BALANCER
            + """
            resource "aws_wafv2_web_acl_association" "shop" {
              resource_arn = aws_lb.shop.arn
              web_acl_arn  = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/all/2"
            }
            """,
        ),
        "a rule that allows is deleted": (
            _NETWORK
            + """
            resource "google_compute_firewall" "web" {
              name    = "web"
              network = google_compute_network.main.name
              allow {
                protocol = "tcp"
                ports    = ["443"]
              }
            }
            """,
            _NETWORK,
        ),
        "a firewall that refuses from now on": (
            """
            resource "azurerm_firewall_policy" "hub" {
              name                     = "hub"
              resource_group_name      = "hub"
              location                 = "westeurope"
              threat_intelligence_mode = "Alert"
            }
            """,
            """
            resource "azurerm_firewall_policy" "hub" {
              name                     = "hub"
              resource_group_name      = "hub"
              location                 = "westeurope"
              threat_intelligence_mode = "Deny"
            }
            """,
        ),
        "a rule that refuses at another address": (_ACL + _DENIED, _ACL + _DENIED.replace('"bots"', '"spam"')),
        "a new rule that refuses": (_NETWORK, _NETWORK + _REFUSED),
        "a rule that was disabled": dropped(
            _REFUSED.replace('direction = "EGRESS"', 'direction = "EGRESS"\n  disabled = true'), _NETWORK
        ),
        "a rule that goes with the network that it names in full": dropped(
            _NETWORK
            + _REFUSED.replace("google_compute_network.main.name", '"projects/acme-shop/global/networks/main"'),
            _NETWORK.replace("main", "other"),
        ),
        "policies that go with their namespaces": dropped(
            """
            resource "kubernetes_namespace" "shop" {
              metadata {
                name = "shop"
              }
            }

            resource "kubernetes_network_policy" "shop" {
              metadata {
                name      = "closed"
                namespace = "shop"
              }
              spec {
                pod_selector {}
                policy_types = ["Ingress"]
              }
            }

            resource "kubernetes_namespace_v1" "mail" {
              metadata {
                name = "mail"
              }
            }

            resource "kubernetes_network_policy_v1" "mail" {
              metadata {
                name      = "closed"
                namespace = "mail"
              }
              spec {
                pod_selector {}
                policy_types = ["Ingress"]
              }
            }
            """
        ),
        "a firewall that goes with its API": dropped(
            """
            resource "aws_api_gateway_stage" "shop" {
              rest_api_id   = "a1b2c3d4e5"
              deployment_id = "f6g7h8"
              stage_name    = "shop"
            }

            resource "aws_wafv2_web_acl_association" "shop" {
              resource_arn = aws_api_gateway_stage.shop.arn
              web_acl_arn  = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/1"
            }
            """
        ),
    },
    undetermined={
        "a policy that is not known yet": (
            """
            resource "google_compute_backend_service" "shop" {
              name            = "shop"
              security_policy = "projects/example/global/securityPolicies/shop"
            }
            """,
            """
            resource "terraform_data" "policy" {
              input = "projects/example/global/securityPolicies/shop"
            }

            resource "google_compute_backend_service" "shop" {
              name            = "shop"
              security_policy = terraform_data.policy.output
            }
            """,
        ),
    },
)
def network_protection_removed(change: Change) -> Iterator[Violation]:
    """Protection of a network is taken away.

    What was refused, by a firewall, a network policy or a rule, gets through from now on, while what it protected
    stays where it is.

    Keep it. Where another protection takes over, make that in the same plan; where a rule refuses too much, narrow
    it instead of deleting it.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    if change.type == "google_compute_firewall" and change.before and not change.before.get("deny"):
        return
    if change.type in _GUARDS:
        yield from losses(change, [_GUARDS[change.type]])
