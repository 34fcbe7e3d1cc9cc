"""Launch templates and launch configurations: the interfaces that they give to what starts from them.

Source: ``LaunchTemplateInstanceNetworkInterfaceSpecificationRequest`` in the EC2 API reference; the provider's
``aws_launch_template`` and ``aws_launch_configuration``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.exposure.aws.addresses import asked_for, ipv6_address
from planguard.exposure.aws.layout import Interface, Layout
from planguard.exposure.aws.security_groups import Membership
from planguard.exposure.aws.subnets import BY_SUBNET, subnets_meant
from planguard.exposure.meant import UNSET, Meant, meant
from planguard.exposure.reading import blocks_of
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

TEMPLATE = "aws_launch_template"
CONFIGURATION = "aws_launch_configuration"
_MIXED = "mixed_instances_policy.launch_template.launch_template_specification"
_PLACES = (
    ("launch_template", ("id", "name")),
    (
        "launch_template_config.launch_template_specification",
        ("launch_template_id", "id", "name", "launch_template_name"),
    ),
    (_MIXED, ("launch_template_id", "launch_template_name")),
    ("mixed_instances_policy.launch_template.override.launch_template_specification", ("launch_template_id",)),
)


def templates_of(resource: Resource) -> Meant:
    """The launch templates, or the launch configuration, that something starts from."""
    found: list[Meant] = []
    for place, names in _PLACES:
        for path, block in blocks_of(resource, place).items:
            for name in names:
                if block.get(name) is not None:
                    one = meant(resource, f"{path}.{name}", (TEMPLATE,), value=block[name])
                    if one.all:
                        found.append(one)
                        break
            else:
                found.append(Meant(is_open=True))
    configuration = resource.get("launch_configuration")
    if is_unknown(configuration) or configuration:
        found.append(meant(resource, "launch_configuration", (CONFIGURATION,), value=configuration))
    if not found:
        return UNSET
    return Meant(
        tuple(dict.fromkeys(one for some in found for one in some.certain)),
        tuple(dict.fromkeys(one for some in found for one in some.possible)),
        tuple(one for some in found for one in some.outside),
        any(some.is_open for some in found),
        all(some.is_unset for some in found),
    )


def interfaces_from(layout: Layout, resource: Resource, subnets: Meant) -> Iterator[Interface]:
    """The interfaces of what starts from a template.

    :param subnets: those that the resource itself names; they go before the template's
    """
    found = templates_of(resource)
    for template in found.all:
        yield from _interfaces(layout, template, resource, subnets)
    if found.outside or found.is_open or not found.all:
        yield Interface(resource, subnets, Membership(is_open=True, address=resource.address), BY_SUBNET, BY_SUBNET)


def _interfaces(layout: Layout, template: Resource, resource: Resource, subnets: Meant) -> Iterator[Interface]:
    if template.type == CONFIGURATION:
        groups = layout.groups.held(template, "security_groups", subnets=subnets)
        yield Interface(resource, subnets, groups, asked_for(template, "", template.values), BY_SUBNET)
        return
    blocks = blocks_of(template, "network_interfaces")
    for path, block in blocks.items:
        yield _of_block(layout, template, resource, subnets, path, block)
    if not blocks.items:
        groups = layout.groups.held(template, "vpc_security_group_ids", subnets=subnets)
        yield Interface(resource, subnets, groups, BY_SUBNET, BY_SUBNET)


def _of_block(
    layout: Layout, template: Resource, resource: Resource, subnets: Meant, path: str, block: dict[str, Any]
) -> Interface:
    own = subnets_meant(template, f"{path}.subnet_id", single=True, value=block.get("subnet_id"))
    places = subnets if not subnets.is_unset or own.is_unset else own
    groups = layout.groups.named(template, f"{path}.security_groups", value=block.get("security_groups"))
    if groups is None:
        groups = layout.groups.held(template, "vpc_security_group_ids", subnets=places)
    return Interface(resource, places, groups, asked_for(template, path, block), ipv6_address(template, path, block))
