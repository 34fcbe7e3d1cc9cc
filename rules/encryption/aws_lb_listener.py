"""What load balancers speak with their clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_lb import LISTENERS, is_plain_http, rule_that_forwards

_STRONG = re.compile(r"ELBSecurityPolicy-(?:TLS13-1-[2-9]|TLS-1-[2-9]|FS-1-[2-9])(?:-.*)?")
_DEFAULT = "ELBSecurityPolicy-2016-08"
_POLICIES = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"


@rule(
    id="aws-lb-listener-plain-http",
    severity="high",
    domain="encryption",
    resources=LISTENERS,
    aliases=["CKV_AWS_2", "AVD-AWS-0054"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)", "SC-23"]},
    links=["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html"],
    bad={
        "forwards": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
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
        "load balancer is not in the plan": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "internal load balancer": """
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
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "protocol left to its default": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "redirects to plain HTTP": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "redirect"
                redirect {
                  port        = "443"
                  protocol    = "HTTP"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
        "redirects within its own protocol": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type = "redirect"
                redirect {
                  port        = "443"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
        "answers by itself": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
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
        """,
        "under its other name": """
            resource "aws_alb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "redirects, but a rule forwards": """
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
        "redirects, but a rule forwards, under their other names": """
            resource "aws_alb_listener" "web" {
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

            resource "aws_alb_listener_rule" "shop" {
              listener_arn = aws_alb_listener.web.arn
              action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
              condition {
                path_pattern {
                  values = ["/shop/*"]
                }
              }
            }
        """,
    },
    good={
        "gateway load balancer, which has neither port nor protocol": """
            resource "aws_lb_listener" "inspection" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/gwy/shop/0a1b2c3d"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "redirects to HTTPS": """
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
        "HTTPS": """
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
        "TCP": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TCP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mail/0a1b2c3d"
              }
            }
        """,
        "TLS": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TLS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "a rule that redirects, too": """
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
        "HTTPS with a rule that forwards": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
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
                  values = ["/shop/*"]
                }
              }
            }
        """,
    },
)
def listener_plain_http(listener: Resource) -> Iterator[Violation]:
    """Load balancer answers over plain HTTP.

    Whoever is on the way reads and changes what is sent: passwords, session cookies, the pages themselves. A listener
    that only redirects to HTTPS is fine. TCP listeners of network load balancers do not say what is spoken inside,
    and are left alone.

    Change the listener to `protocol = "HTTPS"` with a `certificate_arn`, and let the one on port 80 do nothing but
    redirect: `default_action` of type `redirect` with `protocol = "HTTPS"`, `port = "443"` and
    `status_code = "HTTP_301"`. Move the rules over to the HTTPS listener.
    """
    if is_plain_http(listener):
        yield violation("protocol", "HTTP, and no redirect to HTTPS")
    else:
        forwarding = rule_that_forwards(listener)
        if forwarding:
            yield violation("protocol", "HTTP, forwarded by a rule", evidence=[forwarding.address])


@rule(
    id="aws-lb-listener-weak-tls",
    severity="high",
    domain="encryption",
    resources=LISTENERS,
    aliases=["CKV2_AWS_74", "AVD-AWS-0047"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)", "SC-13"]},
    links=[_POLICIES],
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
        "new policy that still allows TLS 1.1": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-1-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "TLS 1.1 on a network load balancer": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TLS"
              ssl_policy        = "ELBSecurityPolicy-TLS-1-1-2017-01"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "old default by its name": """
            resource "aws_alb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-2016-08"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "forward secrecy with TLS 1.0": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-FS-2018-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
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
        "TLS 1.3 only": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TLS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-3-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "TLS 1.2": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS-1-2-2017-01"
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
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
    },
    undetermined={
        "policy that is not known yet": """
            resource "terraform_data" "policy" {
              input = "ELBSecurityPolicy-TLS13-1-2-2021-06"
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = terraform_data.policy.output
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
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
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    if listener.effective("protocol", "") in {"HTTPS", "TLS"}:
        policy = listener.effective("ssl_policy", _DEFAULT)
        if not _STRONG.fullmatch(policy):
            yield violation("ssl_policy", f"{policy} accepts TLS 1.0 or 1.1")


@rule(
    id="aws-lb-listener-without-tls12",
    severity="high",
    domain="encryption",
    resources=LISTENERS,
    aliases=["CKV_AWS_103"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)", "SC-13"]},
    links=[_POLICIES],
    since="0.2.0",
    wider=["aws-lb-listener-plain-http", "aws-lb-listener-weak-tls"],
    bad={
        "HTTP": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 80
              protocol          = "HTTP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "TLS 1.0": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-2016-08"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "left to the default": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TLS"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "under its other name": """
            resource "aws_alb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 443
              protocol          = "HTTPS"
              ssl_policy        = "ELBSecurityPolicy-TLS-1-0-2015-04"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
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
        "TLS 1.3 only": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TLS"
              ssl_policy        = "ELBSecurityPolicy-TLS13-1-3-2021-06"
              certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/5f0c1a2b"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "redirects to HTTPS": """
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
        "TCP": """
            resource "aws_lb_listener" "web" {
              load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"
              port              = 993
              protocol          = "TCP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mail/0a1b2c3d"
              }
            }
        """,
    },
)
def listener_without_tls12(listener: Resource) -> Iterator[Violation]:
    """Load balancer does not hold its clients to TLS 1.2.

    Its listener speaks plain HTTP, or agrees on TLS 1.0 or 1.1 with whoever asks for it: what is sent can be read on
    the way.

    Set `protocol = "HTTPS"` and `ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"`; a listener on port 80 should do
    nothing but redirect to HTTPS.
    """
    if is_plain_http(listener):
        yield violation("protocol", "HTTP, and no redirect to HTTPS")
    yield from listener_weak_tls(listener)
