"""Load balancers: redirects to HTTPS, and the way to their targets."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._aws_lb import LISTENERS, is_plain_http


@rule(
    id="aws-lb-http-not-redirected",
    severity="medium",
    domain="encryption",
    resources=["aws_lb", "aws_alb"],
    aliases=["CKV2_AWS_20"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)", "SC-23"]},
    links=["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"],
    since="0.2.0",
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
        "redirects to plain HTTP": """
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
                  protocol    = "HTTP"
                  status_code = "HTTP_301"
                }
              }
            }
        """,
        "HTTPS beside HTTP": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "secure" {
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
        "under its other name": """
            resource "aws_alb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_alb_listener" "web" {
              load_balancer_arn = aws_alb.shop.arn
              port              = 80
              protocol          = "HTTP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
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
        "HTTPS only": """
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
        "HTTPS, and a redirect": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "secure" {
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
        "network load balancer": """
            resource "aws_lb" "shop" {
              name               = "shop"
              load_balancer_type = "network"
              subnets            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

            resource "aws_lb_listener" "web" {
              load_balancer_arn = aws_lb.shop.arn
              port              = 993
              protocol          = "TCP"
              default_action {
                type             = "forward"
                target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0a1b2c3d"
              }
            }
        """,
        "another load balancer's listener": """
            resource "aws_lb" "shop" {
              name    = "shop"
              subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }

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
)
def http_not_redirected(balancer: Resource) -> Iterator[Violation]:
    """Load balancer serves HTTP where it should redirect to HTTPS.

    Visitors type an address without `https://`: what they get over HTTP can be read and changed on the way, and so
    can the link that was meant to lead them to HTTPS.

    Give the listener on port 80 a `default_action` of type `redirect` with `protocol = "HTTPS"`, `port = "443"` and
    `status_code = "HTTP_301"`, and serve from a listener on port 443.
    """
    for kind in LISTENERS:
        for listener in balancer.referrers(kind, via="load_balancer_arn"):
            if is_plain_http(listener):
                yield violation("", "an HTTP listener does not redirect to HTTPS", evidence=[listener.address])


@rule(
    id="aws-lb-target-group-plain-http",
    severity="low",
    domain="encryption",
    resources=["aws_lb_target_group", "aws_alb_target_group"],
    aliases=["CKV_AWS_378"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)"]},
    links=["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html"],
    since="0.2.0",
    bad={
        "HTTP": """
            resource "aws_lb_target_group" "shop" {
              name     = "shop"
              port     = 80
              protocol = "HTTP"
              vpc_id   = "vpc-0123456789abcdef0"
            }
        """,
        "addresses, under its other name": """
            resource "aws_alb_target_group" "shop" {
              name        = "shop"
              port        = 8080
              protocol    = "HTTP"
              target_type = "ip"
              vpc_id      = "vpc-0123456789abcdef0"
            }
        """,
    },
    good={
        "HTTPS": """
            resource "aws_lb_target_group" "shop" {
              name     = "shop"
              port     = 443
              protocol = "HTTPS"
              vpc_id   = "vpc-0123456789abcdef0"
            }
        """,
        "TCP": """
            resource "aws_lb_target_group" "shop" {
              name     = "shop"
              port     = 5432
              protocol = "TCP"
              vpc_id   = "vpc-0123456789abcdef0"
            }
        """,
        "function": """
            resource "aws_lb_target_group" "shop" {
              name        = "shop"
              target_type = "lambda"
            }
        """,
    },
)
def target_group_plain_http(group: Resource) -> Iterator[Violation]:
    """Load balancer talks to its targets over plain HTTP.

    TLS ends at the load balancer: on the way to the targets requests are readable for whoever is on the network, and
    what leaves the zone crosses it.

    Set `protocol = "HTTPS"` and the port that the targets serve TLS on. Their certificate may be self-signed: the
    load balancer does not check it.
    """
    if group.get("protocol") == "HTTP":
        yield violation("protocol", "HTTP to the targets")
