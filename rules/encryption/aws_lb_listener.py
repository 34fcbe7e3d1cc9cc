"""What load balancers speak with their clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation

from .._satellite import given

_LISTENERS = ["aws_lb_listener", "aws_alb_listener"]
_BALANCERS = ("aws_lb", "aws_alb", "data.aws_lb", "data.aws_alb")
_LISTENER_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_STRONG = re.compile(r"ELBSecurityPolicy-(?:TLS13-1-[2-9]|TLS-1-[2-9]|FS-1-[2-9])(?:-.*)?")
_DEFAULT = "ELBSecurityPolicy-2016-08"


@rule(
    id="aws-lb-listener-plain-http",
    severity="high",
    domain="encryption",
    resources=_LISTENERS,
    aliases=["CKV_AWS_2", "CKV2_AWS_20", "AVD-AWS-0054"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)", "SC-23"]},
    links=["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html"],
    bad={
        "forwards": """
            resource "aws_lb" "shop" {
              name               = "shop"
              load_balancer_type = "application"
              subnets            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "redirects to plain HTTP": """
            resource "aws_lb" "shop" {
              name     = "shop"
              internal = false
              subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "redirect"
                redirect {
                  host        = "www.example.com"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
        "a rule forwards": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "fixed-response"
                fixed_response {
                  content_type = "text/plain"
                  status_code  = "404"
                }
              }
            }

            resource "aws_lb_listener_rule" "shop" {
              listener_arn = aws_lb_listener.web.arn
              action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
              condition {
                path_pattern {
                  values = ["/*"]
                }
              }
            }
        """,
    },
    good={
        "redirects to HTTPS": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "redirect"
                redirect {
                  port        = "443"
                  protocol    = "HTTPS"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
        "HTTPS": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "internal load balancer": """
            resource "aws_lb" "orders" {
              name     = "orders"
              internal = true
              subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "orders" {
              load_balancer_arn = aws_lb.orders.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders/0a1b2c3d"
              }
            }
        """,
        "network load balancer": """
            resource "aws_lb" "mail" {
              name               = "mail"
              load_balancer_type = "network"
              subnets            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "mail" {
              load_balancer_arn = aws_lb.mail.arn
              port              = 993
              protocol          = "TCP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mail/0a1b2c3d"
              }
            }
        """,
        "a rule that redirects to HTTPS": """
            resource "aws_lb" "shop" {
              name     = "shop"
              internal = false
              subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "fixed-response"
                fixed_response {
                  content_type = "text/plain"
                  status_code  = "404"
                }
              }
            }

            resource "aws_lb_listener_rule" "shop" {
              listener_arn = aws_lb_listener.web.arn
              action {
                type = "redirect"
                redirect {
                  port        = "443"
                  protocol    = "HTTPS"
                  status_code = "HTTP_301"
                }
              }
              condition {
                path_pattern {
                  values = ["/*"]
                }
              }
            }
        """,
        "internal, and a rule forwards": """
            resource "aws_lb" "shop" {
              name     = "shop"
              internal = true
              subnets  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "fixed-response"
                fixed_response {
                  content_type = "text/plain"
                  status_code  = "404"
                }
              }
            }

            resource "aws_lb_listener_rule" "shop" {
              listener_arn = aws_lb_listener.web.arn
              action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
              condition {
                path_pattern {
                  values = ["/*"]
                }
              }
            }
        """,
    },
)
def listener_plain_http(listener: Resource) -> Iterator[Violation]:
    """Load balancer on the internet answers over plain HTTP.

    Whoever is on the way reads and changes what is sent: passwords, session cookies, the pages themselves. A listener
    that only redirects to HTTPS, or gives a fixed answer, is fine. Load balancers that are internal are left alone:
    whether traffic within the network is encrypted is a decision of its own. TCP listeners of network load balancers
    do not say what is spoken inside, and are left alone too.

    Change the listener to `protocol = "HTTPS"` with a `certificate_arn`, and let the one on port 80 do nothing but
    redirect: `default_action` of type `redirect` with `protocol = "HTTPS"`, `port = "443"` and
    `status_code = "HTTP_301"`. Move the rules over to the HTTPS listener.
    """
    if given(listener, "protocol", "") != "HTTP":
        return
    for path, action in listener.blocks("default_action"):
        if _is_plain(action) and not _is_internal(listener):
            yield violation(path, f"HTTP, {action.get('type')}")
            return
    for kind in _LISTENER_RULES:
        for rule_ in listener.referrers(kind, via="listener_arn"):
            if any(_is_plain(action) for _, action in rule_.blocks("action")) and not _is_internal(listener):
                yield violation("protocol", "HTTP, forwarded by a rule", evidence=[rule_.address])
                return


def _is_plain(action: dict[str, object]) -> bool:
    """Whether an action goes on in plain HTTP."""
    if action.get("type") == "redirect":
        redirects = action.get("redirect")
        return any(one.get("protocol") != "HTTPS" for one in (redirects if isinstance(redirects, list) else []))
    return action.get("type") != "fixed-response"


def _is_internal(listener: Resource) -> bool:
    """Whether no load balancer that a listener belongs to is on the internet.

    :raises Undetermined: when the load balancer is not in this plan
    """
    found = [one for kind in _BALANCERS for one in listener.references(kind, via="load_balancer_arn")]
    if not found:
        raise Undetermined(
            ("load_balancer_arn",), listener, (), "its load balancer is not in this plan; it may be internal"
        )
    return all(given(one, "internal", False) for one in found)


@rule(
    id="aws-lb-listener-weak-tls",
    severity="high",
    domain="encryption",
    resources=_LISTENERS,
    aliases=["CKV_AWS_103", "CKV2_AWS_74", "AVD-AWS-0047"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)", "SC-13"]},
    links=["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"],
    bad={
        "left to the default": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "new policy that still allows TLS 1.0": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-0-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "TLS 1.1 on a network load balancer": """
            resource "aws_lb_listener" "mail" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/mail/0a1b2c3d"
              port              = 993
              protocol          = "TLS"
              ssl_policy        = "ELBSecurityPolicy-TLS-1-1-2017-01"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mail/0a1b2c3d"
              }
            }
        """,
    },
    good={
        "TLS 1.2 and 1.3": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "forward secrecy with TLS 1.2": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-FS-1-2-Res-2020-10"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "no TLS at all is another rule's": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "redirect"
                redirect {
                  port        = "443"
                  protocol    = "HTTPS"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
    },
)
def listener_weak_tls(listener: Resource) -> Iterator[Violation]:
    """Load balancer's listener accepts TLS 1.0 or 1.1.

    Both are broken and were withdrawn in 2021 (RFC 8996): who is on the way can make client and load balancer agree
    on them. The default policy, `ELBSecurityPolicy-2016-08`, still has both, as has every policy with `1-0` or `1-1`
    in its name.

    Set `ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"`, or another one whose lowest version is 1.2 or 1.3.
    """
    if given(listener, "protocol", "") in {"HTTPS", "TLS"}:
        policy = given(listener, "ssl_policy", _DEFAULT)
        if not policy or not _STRONG.fullmatch(policy):
            yield violation("ssl_policy", f"{policy} accepts TLS 1.0 or 1.1")
