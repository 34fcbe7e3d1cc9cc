"""What a single setting of a managed service lets in: a switch, or a resource policy.

Source: "Identity-based policies and resource-based policies" in the IAM User Guide; the settings are those of each
service's own guide.
"""

from __future__ import annotations

from planguard.exposure.aws.layout import Layout
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import NOTHING, TCP, packets
from planguard.exposure.passage import Bounds, Passage, Span
from planguard.exposure.ranges import ANYWHERE, Ranges
from planguard.graph.resource import Resource

HTTPS: Ranges = ((443, 443),)
WEB: Ranges = ((80, 80), (443, 443))


def switched(one: Resource, attribute: str, given: bool | None, text: str, them: Bounds) -> Passage | None:
    """Packets that a setting lets in; None where it does not.

    :param given: the setting; None where it is not known
    """
    if given is False:
        return None
    hop = Hop(one.address, attribute, text)
    if given is None:
        return Passage(
            Bounds(NOTHING, them.may), (hop,), (), (Missing("setting-unknown", one.address, attribute),), (hop,)
        )
    return Passage(them, (hop,), (), (), (hop,))


def web(ports: Ranges = HTTPS, sources: Ranges = ANYWHERE) -> Bounds:
    """Packets to some TCP ports."""
    found = packets(sources, TCP, ports)
    return Bounds(found, found)


def reach(layout: Layout, one: Resource, kind: str, *passages: Passage | None) -> None:
    """A resource is an endpoint, and these passages lead from the internet to it; None leads nowhere."""
    endpoint = layout.endpoint(one, kind)
    for passage in passages:
        if passage is not None:
            layout.reach(endpoint, (passage,))


def by_policy(holder: Resource, attribute: str, span: Span, ports: Ranges = HTTPS) -> Passage:
    """What a resource policy lets in."""
    hop = Hop(holder.address, attribute, "lets everybody in" if span.low == ANYWHERE else "lets some addresses in")
    gaps = (Missing("policy-unknown", holder.address, attribute),) if span.low != span.high else ()
    bounds = Bounds(packets(span.low, TCP, ports), packets(span.high, TCP, ports))
    return Passage(bounds, (hop,), (), gaps, (hop,))
