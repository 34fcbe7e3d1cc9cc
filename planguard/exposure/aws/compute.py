"""Things that run: instances, network interfaces, groups that scale, containers, clusters of machines, functions.

Source: the EC2, Auto Scaling, ECS ("Task networking"), EMR and EKS ("Managed node groups": remote access) guides.
"""

from __future__ import annotations

from collections.abc import Iterator

from planguard.exposure.aws.addresses import Elastic, ipv6_address, public_address
from planguard.exposure.aws.layout import Interface, Layout
from planguard.exposure.aws.subnets import BY_SUBNET, NO, UNCLEAR, YES, Address, subnets_meant
from planguard.exposure.aws.templates import interfaces_from, templates_of
from planguard.exposure.meant import Meant, meant
from planguard.exposure.model import COMPUTE, FUNCTION, Hop
from planguard.exposure.packets import TCP, packets
from planguard.exposure.passage import Bounds, Passage
from planguard.exposure.ranges import ANYWHERE
from planguard.exposure.reading import block_of, blocks_of, setting, truth
from planguard.graph.resource import Resource

INSTANCES = ("aws_instance", "aws_spot_instance_request")
_INTERFACE = "aws_network_interface"


def read_compute(layout: Layout) -> None:
    """Find everything that runs, with its interfaces."""
    elastic = Elastic(layout.snapshot)
    owners = _owners(layout)
    for one in layout.snapshot.all(*INSTANCES):
        _place(layout, one, _of_instance(layout, one, elastic))
    for one in layout.snapshot.all(_INTERFACE):
        owner = owners.get(one.address)
        interface = _of_interface(layout, one, elastic)
        _place(layout, owner or one, [interface])
    for one in layout.snapshot.all("aws_autoscaling_group"):
        subnets = subnets_meant(one, "vpc_zone_identifier")
        _place(layout, one, interfaces_from(layout, one, subnets))
    for one in layout.snapshot.all("aws_ec2_fleet", "aws_spot_fleet_request"):
        _place(layout, one, interfaces_from(layout, one, Meant(is_unset=True)))
    for one in layout.snapshot.all("aws_ecs_service"):
        _place(layout, one, _of_service(layout, one))
    for one in layout.snapshot.all("aws_emr_cluster"):
        _place(layout, one, _of_emr(layout, one))
    for one in layout.snapshot.all("aws_eks_node_group"):
        _read_nodes(layout, one)
    for one in layout.snapshot.all("aws_lambda_function"):
        _place(layout, one, _of_function(layout, one), FUNCTION)


def _place(
    layout: Layout, resource: Resource, interfaces: Iterator[Interface] | list[Interface], kind: str = COMPUTE
) -> None:
    endpoint = layout.endpoint(resource, kind)
    for interface in interfaces:
        layout.place(endpoint, interface)


def _owners(layout: Layout) -> dict[str, Resource]:
    """The instance that each network interface of the plan is attached to, by the address of the interface."""
    found: dict[str, Resource] = {}
    for instance in layout.snapshot.all(*INSTANCES):
        for name in ("network_interface", "primary_network_interface"):
            for path, block in blocks_of(instance, name).items:
                value = block.get("network_interface_id")
                for one in meant(instance, f"{path}.network_interface_id", (_INTERFACE,), value=value).certain:
                    found[one.address] = instance
    for one in layout.snapshot.all("aws_network_interface_attachment"):
        for instance in meant(one, "instance_id", INSTANCES, single=True).certain:
            for interface in meant(one, "network_interface_id", (_INTERFACE,), single=True).certain:
                found[interface.address] = instance
    for one in layout.snapshot.all(_INTERFACE):
        for path, block in blocks_of(one, "attachment").items:
            for instance in meant(
                one, f"{path}.instance", INSTANCES, value=block.get("instance"), single=True
            ).certain:
                found[one.address] = instance
    return found


def _of_instance(layout: Layout, one: Resource, elastic: Elastic) -> Iterator[Interface]:
    """The interface that an instance has of its own; those that are resources come with their own settings."""
    attached = blocks_of(one, "network_interface").items or blocks_of(one, "primary_network_interface").items
    given = elastic.of(one)
    if attached and one.is_unset(("subnet_id",)):
        return
    subnets = subnets_meant(one, "subnet_id", single=True)
    v4, v6 = given or public_address(one), ipv6_address(one, "", one.values)
    groups = layout.groups.named(one, "vpc_security_group_ids")
    if groups is None:
        if not templates_of(one).is_unset:
            for found in interfaces_from(layout, one, subnets):
                yield found._replace(v4=v4 if v4 != BY_SUBNET else found.v4, v6=v6 if v6 != BY_SUBNET else found.v6)
            return
        groups = layout.groups.held(one, "security_groups", subnets=subnets)
    yield Interface(one, subnets, groups, v4, v6)


def _of_interface(layout: Layout, one: Resource, elastic: Elastic) -> Interface:
    subnets = subnets_meant(one, "subnet_id", single=True)
    groups = layout.groups.held(one, "security_groups", subnets=subnets)
    return Interface(one, subnets, groups, elastic.of(one) or NO, ipv6_address(one, "", one.values))


def _of_service(layout: Layout, one: Resource) -> Iterator[Interface]:
    block = block_of(one, "network_configuration")
    if block is None:
        return
    path = "network_configuration[0]"
    subnets = subnets_meant(one, f"{path}.subnets", value=block.get("subnets"))
    groups = layout.groups.held(one, f"{path}.security_groups", value=block.get("security_groups"), subnets=subnets)
    given = truth(setting(one, block, "assign_public_ip", False))
    hop = Hop(one.address, f"{path}.assign_public_ip", "a public address")
    v4 = Address(UNCLEAR, hop) if given is None else Address(YES, hop) if given else NO
    yield Interface(one, subnets, groups, v4, BY_SUBNET)


def _of_emr(layout: Layout, one: Resource) -> Iterator[Interface]:
    block = block_of(one, "ec2_attributes")
    if block is None:
        return
    path = "ec2_attributes[0]"
    name = "subnet_ids" if setting(one, block, "subnet_id") is None else "subnet_id"
    subnets = subnets_meant(one, f"{path}.{name}", value=block.get(name))
    for group in ("emr_managed_master_security_group", "emr_managed_slave_security_group"):
        value = setting(one, block, group)
        if value is not None:
            groups = layout.groups.held(one, f"{path}.{group}", value=value, subnets=subnets)
            yield Interface(one, subnets, groups, BY_SUBNET, BY_SUBNET)


def _read_nodes(layout: Layout, one: Resource) -> None:
    """A managed node group; with a key for remote access and no groups named, SSH is open to everybody."""
    endpoint = layout.endpoint(one, COMPUTE)
    subnets = subnets_meant(one, "subnet_ids")
    remote = block_of(one, "remote_access")
    if remote is not None and setting(one, remote, "ec2_ssh_key") is not None:
        sources = setting(one, remote, "source_security_group_ids")
        if sources is None:
            hop = Hop(
                one.address, "remote_access[0].ec2_ssh_key", "22/tcp from everywhere: no source groups are named"
            )
            ssh = packets(ANYWHERE, TCP, ((22, 22),))
            stage = (Passage(Bounds(ssh, ssh), (hop,), (), (), (hop,)),)
            layout.reach(endpoint, layout.subnets.approach(one, subnets, BY_SUBNET, BY_SUBNET), stage)
        return
    if not templates_of(one).is_unset:
        for interface in interfaces_from(layout, one, subnets):
            layout.place(endpoint, interface)


def _of_function(layout: Layout, one: Resource) -> Iterator[Interface]:
    """The interface of a function in a VPC: it sends from there, and nothing reaches it there."""
    block = block_of(one, "vpc_config")
    if block is None:
        return
    subnets = subnets_meant(one, "vpc_config[0].subnet_ids", value=block.get("subnet_ids"))
    value = block.get("security_group_ids")
    groups = layout.groups.held(one, "vpc_config[0].security_group_ids", value=value, subnets=subnets)
    yield Interface(one, subnets, groups)
