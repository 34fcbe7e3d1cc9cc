"""Managed data stores that stand in subnets behind security groups: databases, caches, brokers, file systems.

Most have a setting that gives them a public address; those without one can be reached from inside only.

Source: "Working with a DB instance in a VPC" (RDS guide: a public instance needs public subnets and a security
group that lets in), the Redshift, DMS, Amazon MQ, MSK ("Public access"), Neptune, ElastiCache, DocumentDB, EFS and
OpenSearch guides, and the provider's documentation of each attribute's default.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planguard.exposure.aws.layout import Interface, Layout
from planguard.exposure.aws.subnets import NO, UNCLEAR, YES, Address, subnets_meant
from planguard.exposure.meant import UNSET, Meant, meant
from planguard.exposure.model import CACHE, COMPUTE, DATABASE, MESSAGING, SEARCH, STORAGE, Hop
from planguard.exposure.packets import TCP
from planguard.exposure.passage import Passage, Span, spanned
from planguard.exposure.ranges import Ranges
from planguard.exposure.reading import port_span, setting, told, truth
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown


class Store(NamedTuple):
    """How a type of resource says where it stands.

    :ivar public: the attribute that gives it a public address; empty where nothing does
    :ivar public_default: what it is when nobody sets it
    :ivar groups: the attribute that names its security groups
    :ivar subnets: the attribute that names subnets, or a group of subnets of type ``subnet_group``
    :ivar owner: the attribute that names the cluster whose settings count where it has none of its own
    :ivar owners: types of that cluster
    :ivar port: the attribute that names its port
    :ivar ports: its ports where nothing is said; by engine where there is an ``engine``
    """

    kind: str
    groups: str = "vpc_security_group_ids"
    subnets: str = "subnet_ids"
    subnet_group: str = ""
    public: str = ""
    public_default: bool = False
    owner: str = ""
    owners: tuple[str, ...] = ()
    port: str = "port"
    ports: tuple[str, ...] = ()


_ENGINES = (
    ("aurora-postgresql", "5432"), ("aurora", "3306"), ("mysql", "3306"), ("mariadb", "3306"), ("postgres", "5432"),
    ("oracle", "1521"), ("custom-oracle", "1521"), ("sqlserver", "1433"), ("custom-sqlserver", "1433"),
    ("db2", "50000"), ("docdb", "27017"), ("neptune", "8182"), ("redis", "6379"), ("valkey", "6379"),
    ("memcached", "11211"),
)  # fmt: skip
_BROKER = ("443", "5671", "5672", "8162", "8883", "61614", "61616", "61617", "61619")

_RDS = Store(
    DATABASE, subnets="db_subnet_group_name", subnet_group="aws_db_subnet_group", public="publicly_accessible"
)
_CLUSTER = ("aws_rds_cluster",)
_DOMAIN = Store(
    SEARCH,
    groups="vpc_options[0].security_group_ids",
    subnets="vpc_options[0].subnet_ids",
    port="",
    ports=("80", "443"),
)
STORES: dict[str, Store] = {
    "aws_db_instance": _RDS,
    "aws_rds_cluster_instance": _RDS._replace(owner="cluster_identifier", owners=_CLUSTER),
    "aws_rds_cluster": _RDS._replace(public=""),
    "aws_redshift_cluster": Store(
        DATABASE, subnets="cluster_subnet_group_name", subnet_group="aws_redshift_subnet_group",
        public="publicly_accessible", ports=("5439",),
    ),
    "aws_redshiftserverless_workgroup": Store(
        DATABASE, groups="security_group_ids", public="publicly_accessible", ports=("5439",)
    ),
    "aws_neptune_cluster": Store(
        DATABASE, subnets="neptune_subnet_group_name", subnet_group="aws_neptune_subnet_group", ports=("8182",)
    ),
    "aws_neptune_cluster_instance": Store(
        DATABASE, subnets="neptune_subnet_group_name", subnet_group="aws_neptune_subnet_group",
        public="publicly_accessible", owner="cluster_identifier", owners=("aws_neptune_cluster",), ports=("8182",),
    ),
    "aws_docdb_cluster": Store(
        DATABASE, subnets="db_subnet_group_name", subnet_group="aws_docdb_subnet_group", ports=("27017",)
    ),
    "aws_dax_cluster": Store(
        CACHE, groups="security_group_ids", subnets="subnet_group_name", subnet_group="aws_dax_subnet_group",
        port="", ports=("8111", "9111"),
    ),
    "aws_elasticache_cluster": Store(
        CACHE, groups="security_group_ids", subnets="subnet_group_name", subnet_group="aws_elasticache_subnet_group"
    ),
    "aws_elasticache_replication_group": Store(
        CACHE, groups="security_group_ids", subnets="subnet_group_name", subnet_group="aws_elasticache_subnet_group",
        ports=("6379",),
    ),
    "aws_elasticache_serverless_cache": Store(CACHE, groups="security_group_ids", port=""),
    "aws_memorydb_cluster": Store(
        CACHE, groups="security_group_ids", subnets="subnet_group_name", subnet_group="aws_memorydb_subnet_group",
        ports=("6379",),
    ),
    "aws_efs_mount_target": Store(STORAGE, groups="security_groups", subnets="subnet_id", port="", ports=("2049",)),
    "aws_fsx_lustre_file_system": Store(
        STORAGE, groups="security_group_ids", port="", ports=("988", "1018-1023")
    ),
    "aws_fsx_windows_file_system": Store(STORAGE, groups="security_group_ids", port=""),
    "aws_fsx_ontap_file_system": Store(STORAGE, groups="security_group_ids", port=""),
    "aws_fsx_openzfs_file_system": Store(STORAGE, groups="security_group_ids", port=""),
    "aws_dms_replication_instance": Store(
        COMPUTE, subnets="replication_subnet_group_id", subnet_group="aws_dms_replication_subnet_group",
        public="publicly_accessible", port="",
    ),
    "aws_mq_broker": Store(
        MESSAGING, groups="security_groups", public="publicly_accessible", port="", ports=_BROKER
    ),
    "aws_msk_cluster": Store(
        MESSAGING, groups="broker_node_group_info[0].security_groups",
        subnets="broker_node_group_info[0].client_subnets",
        public="broker_node_group_info[0].connectivity_info[0].public_access[0].type", port="",
        ports=("2181-2182", "9092-9098", "9192-9198"),
    ),
    "aws_opensearch_domain": _DOMAIN,
    "aws_elasticsearch_domain": _DOMAIN,
}  # fmt: skip
"""Every type that is modelled so."""


def read_stores(layout: Layout) -> None:
    """Find every managed data store, the ways to it, and its part in the links inside."""
    for type_, store in STORES.items():
        for one in layout.snapshot.all(type_):
            if store.kind == SEARCH and not _is_in_vpc(one):
                continue  # it is reached on the internet, not in subnets
            layout.place(layout.endpoint(one, store.kind), _interface(layout, one, store))


def _is_in_vpc(one: Resource) -> bool:
    options = one.get("vpc_options")
    return not one.is_left_to_provider("vpc_options") if is_unknown(options) else bool(options)


def _interface(layout: Layout, one: Resource, store: Store) -> Interface:
    owner = one
    if store.owner:
        owner = next(iter(meant(one, store.owner, store.owners, single=True).all), one)
    subnets = _subnets(one, store)
    if subnets.is_unset and owner is not one:
        subnets = _subnets(owner, store)
    groups = layout.groups.held(owner, store.groups, subnets=subnets)
    return Interface(one, subnets, groups, _public(one, store), ports=tuple(_ports(one, owner, store)))


def _subnets(one: Resource, store: Store) -> Meant:
    if not store.subnet_group:
        return subnets_meant(one, store.subnets, single=store.subnets == "subnet_id")
    kinds = (store.subnet_group, f"data.{store.subnet_group}")
    groups = meant(one, store.subnets, kinds, single=True)
    if groups.is_unset:
        return UNSET
    certain: list[Resource] = []
    possible: list[Resource] = []
    outside: list[str] = []
    is_open = bool(groups.outside) or groups.is_open
    for group in groups.all:
        found = subnets_meant(group, "subnet_ids")
        into = certain if group in groups.certain else possible
        into.extend(found.certain)
        possible.extend(found.possible)
        outside.extend(found.outside)
        is_open = is_open or found.is_open or found.is_unset
    return Meant(tuple(dict.fromkeys(certain)), tuple(dict.fromkeys(possible)), tuple(outside), is_open)


def is_rabbit(one: Resource) -> bool:
    """Whether it is a broker of RabbitMQ: a public one stands in no subnet of the account, behind no group of it."""
    return one.type == "aws_mq_broker" and told(one.effective("engine_type", "")) == "rabbitmq"


def _public(one: Resource, store: Store) -> Address:
    if not store.public or is_rabbit(one):
        return NO
    hop = Hop(one.address, store.public, "a public address")
    value = one.effective(store.public, store.public_default)
    if is_unknown(value):
        return Address(UNCLEAR, hop)
    given = (
        told(value) == "service_provided_eips" if store.kind == MESSAGING and isinstance(value, str) else truth(value)
    )
    return Address(YES, hop) if given else NO


def _ports(one: Resource, owner: Resource, store: Store) -> Iterator[Passage]:
    """What it listens to; nothing is said where the port is not known."""
    for resource in (one, owner):
        port = setting(resource, resource.values, store.port) if store.port else None
        if not is_unknown(port) and port is not None and str(port) != "0":
            yield _listening(port_span([port]).low)
            return
    names = store.ports
    if not names:
        engine = told(one.effective("engine", "")) or told(owner.effective("engine", "")) or ""
        names = tuple(port for start, port in _ENGINES if engine.startswith(start))[:1]
    if names:
        yield _listening(port_span(names).low)


def _listening(ports: Ranges) -> Passage:
    tcp = Span(TCP, TCP)
    return Passage(spanned(protocols=tcp, ports=Span(ports, ports)))
