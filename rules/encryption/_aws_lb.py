"""Listeners of load balancers that speak plain HTTP."""

from __future__ import annotations

from planguard import Resource

LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")


def is_plain_http(listener: Resource) -> bool:
    """Whether a listener answers over HTTP with anything but a redirect to HTTPS."""
    if not _is_http(listener):
        return False
    redirects = [redirect for _, redirect in listener.blocks("default_action.redirect")]
    return not any(redirect.get("protocol") == "HTTPS" for redirect in redirects)


def rule_that_forwards(listener: Resource) -> Resource | None:
    """A rule by which an HTTP listener goes on in HTTP, though it redirects otherwise."""
    if not _is_http(listener):
        return None
    for kind in _RULES:
        for one in listener.referrers(kind, via="listener_arn"):
            for _, action in one.blocks("action"):
                if action.get("type") == "forward":
                    return one
    return None


def _is_http(listener: Resource) -> bool:
    """Whether a listener takes HTTP; one of an application load balancer that does not say what it takes does.

    Network load balancers have to be told, and listeners of gateway load balancers have no port either.
    """
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener#protocol
    protocol = listener.effective("protocol", "")
    if not protocol and listener.is_set("port"):
        return True
    return bool(protocol == "HTTP")
