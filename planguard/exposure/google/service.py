"""Google's managed services: databases, control planes, serverless applications and buckets.

Source: docs.cloud.google.com/sql/docs/mysql/authorize-networks,
docs.cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks,
docs.cloud.google.com/run/docs/securing/ingress, docs.cloud.google.com/functions/docs/networking/network-settings,
docs.cloud.google.com/storage/docs/public-access-prevention,
docs.cloud.google.com/appengine/docs/standard/understanding-firewalls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planguard.exposure.google.assumption import GOOGLE_ADDRESSES, NO_PERIMETER, UNKNOWN_VALUE, missing
from planguard.exposure.google.invoker import EVERYBODY, public_grants, switched
from planguard.exposure.google.machine import CLUSTER
from planguard.exposure.model import (
    APPLICATION,
    CACHE,
    CONTROL_PLANE,
    DATABASE,
    FUNCTION,
    GOOGLE,
    STORAGE,
    Endpoint,
    Hop,
    Way,
)
from planguard.exposure.packets import EVERYTHING, TCP, Packets, packets
from planguard.exposure.passage import OPEN, Passage, Rule, Stage, at, certain, first_match, spanned, ways_to
from planguard.exposure.ranges import ANYWHERE, PUBLIC_V4
from planguard.exposure.reading import (
    Listing,
    blocks_of,
    listing,
    near,
    network_span,
    setting,
    shown,
    texts,
    told,
    truth,
)
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

SQL = "google_sql_database_instance"
ALLOY = "google_alloydb_instance"
BUCKET = "google_storage_bucket"
RUN_V2 = "google_cloud_run_v2_service"
RUN_V1 = "google_cloud_run_service"
FUNCTION_V1 = "google_cloudfunctions_function"
FUNCTION_V2 = "google_cloudfunctions2_function"
ENGINES = ("google_app_engine_standard_app_version", "google_app_engine_flexible_app_version")
CACHES = ("google_redis_instance", "google_redis_cluster", "google_memcache_instance", "google_memorystore_instance")
KINDS: dict[str, str] = {
    SQL: DATABASE,
    ALLOY: DATABASE,
    "google_spanner_instance": DATABASE,
    "google_bigtable_instance": DATABASE,
    CLUSTER: CONTROL_PLANE,
    RUN_V2: APPLICATION,
    RUN_V1: APPLICATION,
    FUNCTION_V1: FUNCTION,
    FUNCTION_V2: FUNCTION,
    BUCKET: STORAGE,
    **dict.fromkeys(ENGINES, APPLICATION),
    **dict.fromkeys(CACHES, CACHE),
}
"""Every managed service that is an endpoint; caches are reached from their own network only."""
_HTTPS = ((443, 443),)
_WEB = ((80, 80), (443, 443))


def endpoint_of(resource: Resource) -> Endpoint:
    """A service as an endpoint."""
    return Endpoint(resource.address, KINDS[resource.type], GOOGLE)


def service_ways(snapshot: Snapshot) -> Iterator[Way]:
    """The ways from the internet to all managed services."""
    for kind, stages in _STAGES.items():
        for resource in snapshot.all(kind):
            found = stages(resource)
            if found:
                ports = at(bounds=certain(ports_of(resource)), assumptions=(NO_PERIMETER,))
                yield from ways_to(endpoint_of(resource), ports, *found)


def ports_of(resource: Resource) -> Packets:
    """The packets that a service answers, from anywhere."""
    kind = resource.type
    if kind == SQL:
        version = told(resource.get("database_version")) or ""
        for name, port in (("postgres", 5432), ("mysql", 3306), ("sqlserver", 1433)):
            if version.startswith(name):
                return packets(ANYWHERE, TCP, ((port, port),))
        return packets(ANYWHERE, TCP, ((1433, 1433), (3306, 3306), (5432, 5432)))
    ports = {ALLOY: ((5432, 5432),), "google_memcache_instance": ((11211, 11211),)}
    default = ((6379, 6379),) if kind in CACHES else _WEB if kind in (RUN_V1, RUN_V2, *ENGINES) else _HTTPS
    return packets(ANYWHERE, TCP, ports.get(kind, default))


# -- databases -------------------------------------------------------------------------------------------------------


def _sql_stages(database: Resource) -> tuple[Stage, ...]:
    """A public address lets in authorized networks only; what comes through Google's proxy signs in with IAM."""
    at_ = "settings[0].ip_configuration[0]"
    configs = blocks_of(database, "settings.ip_configuration")
    values = [setting(database, block, "ipv4_enabled", True) for _, block in configs.items] or [True]
    value = values[0]
    is_on = truth(value)
    if configs.is_open and not configs.items:
        is_on = None
    switch = switched(database, f"{at_}.ipv4_enabled", value, is_on, "has a public address")
    networks = blocks_of(database, "settings.ip_configuration.authorized_networks")
    stage = [_network(database, f"{path}.value", block.get("value")) for path, block in networks.items]
    if networks.is_open:
        stage.append(_unknown(database, f"{at_}.authorized_networks"))
    return (switch, stage)


def _network(holder: Resource, place: str, value: Any) -> Passage:
    said: Listing = listing(value)
    span = network_span(texts(said), is_open=said.is_open)
    hop = Hop(holder.address, place, f"from {shown(value)}")
    gaps = (missing(UNKNOWN_VALUE, holder.address, place),) if span.low != span.high else ()
    return Passage(spanned(span), (hop,), (), gaps, (hop,))


def _unknown(holder: Resource, place: str) -> Passage:
    hop = Hop(holder.address, place, "not known yet")
    return Passage(certain(EVERYTHING), (hop,), guards=(hop,)).possibly(missing(UNKNOWN_VALUE, holder.address, place))


def _alloy_stages(database: Resource) -> tuple[Stage, ...]:
    value = database.effective("network_config.enable_public_ip", False)
    switch = switched(database, "network_config[0].enable_public_ip", value, truth(value), "has a public address")
    networks = blocks_of(database, "network_config.authorized_external_networks")
    stage = [_network(database, f"{path}.cidr_range", block.get("cidr_range")) for path, block in networks.items]
    return (switch, stage)


# -- control planes --------------------------------------------------------------------------------------------------


def _cluster_stages(cluster: Resource) -> tuple[Stage, ...]:
    private = cluster.effective("private_cluster_config.enable_private_endpoint", False)
    endpoints = cluster.effective("control_plane_endpoints_config.ip_endpoints_config.enabled", True)
    if truth(endpoints) is False:
        return ()
    is_private = truth(private)
    is_on = None if is_private is None else not is_private
    place = "private_cluster_config[0].enable_private_endpoint"
    return (switched(cluster, place, private, is_on, "has a public endpoint"), _authorized(cluster))


def _authorized(cluster: Resource) -> Stage:
    name = "master_authorized_networks_config"
    configs = blocks_of(cluster, name)
    if not configs.items:
        if configs.is_open:
            return [_unknown(cluster, name)]
        return at(Hop(cluster.address, name, "no authorized networks: from everywhere"))
    networks = blocks_of(cluster, f"{name}.cidr_blocks")
    stage = [_network(cluster, f"{path}.cidr_block", block.get("cidr_block")) for path, block in networks.items]
    if networks.is_open:
        stage.append(_unknown(cluster, f"{name}[0].cidr_blocks"))
    for path, block in configs.items:
        if truth(setting(cluster, block, "gcp_public_cidrs_access_enabled", False)):
            hop = Hop(cluster.address, f"{path}.gcp_public_cidrs_access_enabled", "all of Google Cloud")
            passage = Passage(certain(packets(PUBLIC_V4)), (hop,), guards=(hop,))
            stage.append(passage.possibly(missing(GOOGLE_ADDRESSES, cluster.address, hop.attribute)))
    return stage


# -- serverless ------------------------------------------------------------------------------------------------------

_RUN_GRANTS = (
    ("google_cloud_run_v2_service_iam", "name"),
    ("google_cloud_run_service_iam", "service"),
)
_FUNCTION_GRANTS = (
    ("google_cloudfunctions_function_iam", "cloud_function"),
    ("google_cloudfunctions2_function_iam", "cloud_function"),
    *_RUN_GRANTS,
)
_INVOKING = ("invoker", "admin", "developer", "roles/owner", "roles/editor")


def _run_stages(service: Resource) -> tuple[Stage, ...]:
    if service.type == RUN_V2:
        value = service.effective("ingress", "INGRESS_TRAFFIC_ALL")
        place, ingress = "ingress", told(value)
        is_on = None if ingress is None else ingress in {"ingress_traffic_all", "ingress_traffic_unspecified"}
    else:
        place = 'metadata[0].annotations["run.googleapis.com/ingress"]'
        value = _annotation(service, "run.googleapis.com/ingress")
        ingress = told(value, "all")
        is_on = None if ingress is None else ingress == "all"
    if truth(service.effective("invoker_iam_disabled", False)):
        open_ = at(Hop(service.address, "invoker_iam_disabled", "nobody has to sign in"))
        return (switched(service, place, value, is_on, shown(value)), open_)
    grants = public_grants(service, _RUN_GRANTS, _INVOKING)
    return (switched(service, place, value, is_on, shown(value)), grants)


def _annotation(service: Resource, name: str) -> Any:
    """An annotation of a service; the default where it has none, and an Unknown where they are not known."""
    for _, block in blocks_of(service, "metadata").items:
        annotations = block.get("annotations")
        if is_unknown(annotations):
            return "all" if service.is_left_to_provider("metadata.annotations") else annotations
        found = (annotations or {}).get(name)
        if is_unknown(found) or found:
            return found
    return "all"


def _function_stages(function: Resource) -> tuple[Stage, ...]:
    is_second = function.type == FUNCTION_V2
    place = "service_config.ingress_settings" if is_second else "ingress_settings"
    if not is_second and truth(function.effective("trigger_http", False)) is False:
        return ()
    value = function.effective(place, "ALLOW_ALL")
    ingress = told(value)
    is_on = None if ingress is None else ingress == "allow_all"
    return (
        switched(function, place.replace(".", "[0]."), value, is_on, shown(value)),
        public_grants(function, _FUNCTION_GRANTS, _INVOKING),
    )


def _engine_stages(version: Resource) -> tuple[Stage, ...]:
    rules = []
    for one in version.others("google_app_engine_firewall_rule"):
        action, priority = told(one.get("action")), one.get("priority")
        passage = _network(one, "source_range", _any(one.get("source_range")))
        order = None if is_unknown(priority) or priority is None else int(priority)
        rules.append(Rule(order, None if action is None else action == "allow", passage))
    ingress = _engine_ingress(version)
    # The last rule of the list, which allows, stands in every application.
    return (ingress, first_match(rules, left=True) if rules else OPEN)


def _any(value: Any) -> Any:
    return ["0.0.0.0/0", "::/0"] if not is_unknown(value) and value == "*" else value


def _engine_ingress(version: Resource) -> Stage:
    kind = "google_app_engine_service_network_settings"
    settings = [one for one in version.others(kind) if _is_same(one.get("service"), version.get("service"))]
    place = "network_settings.ingress_traffic_allowed"
    for one in settings:
        value = one.effective(place, "INGRESS_TRAFFIC_ALLOWED_ALL")
        said = told(value)
        is_on = None if said is None else not said.endswith(("internal_only", "internal_and_lb"))
        return switched(one, place.replace(".", "[0]."), value, is_on)
    return OPEN


def _is_same(one: Any, other: Any) -> bool:
    return not is_unknown(one) and not is_unknown(other) and bool(one == other)


# -- buckets ---------------------------------------------------------------------------------------------------------

_BUCKET_GRANTS = (("google_storage_bucket_iam", "bucket"),)
_PREDEFINED = {"publicread", "publicreadwrite", "authenticatedread"}


def _bucket_stages(bucket: Resource) -> tuple[Stage, ...]:
    value = bucket.effective("public_access_prevention", "inherited")
    prevention = told(value)
    is_on = None if prevention is None else prevention != "enforced"
    front = switched(bucket, "public_access_prevention", value, is_on, shown(value))
    grants = public_grants(bucket, _BUCKET_GRANTS, ())
    if truth(bucket.effective("uniform_bucket_level_access", False)) is not True:
        grants += _by_list(bucket)
    return (front, grants)


def _by_list(bucket: Resource) -> Iterator[Passage]:
    """What access lists give to everybody; they count for buckets without uniform access only."""
    for kind in ("google_storage_bucket_acl", "google_storage_default_object_acl"):
        for acl in near(bucket.referrers(kind, via="bucket")).items:
            for entity in texts(listing(acl.get("role_entity"))):
                if entity.lower().rpartition(":")[2] in EVERYBODY:
                    yield _listed(acl, "role_entity", entity)
            if told(acl.get("predefined_acl")) in _PREDEFINED:
                yield _listed(acl, "predefined_acl", shown(acl.get("predefined_acl")))
    for kind in ("google_storage_bucket_access_control", "google_storage_default_object_access_control"):
        for control in near(bucket.referrers(kind, via="bucket")).items:
            if told(control.get("entity")) in EVERYBODY:
                yield _listed(control, "entity", shown(control.get("entity")))


def _listed(holder: Resource, attribute: str, text: str) -> Passage:
    hop = Hop(holder.address, attribute, text)
    return Passage(certain(EVERYTHING), (hop,), guards=(hop,))


_STAGES: dict[str, Callable[[Resource], tuple[Stage, ...]]] = {
    SQL: _sql_stages,
    ALLOY: _alloy_stages,
    CLUSTER: _cluster_stages,
    RUN_V2: _run_stages,
    RUN_V1: _run_stages,
    FUNCTION_V1: _function_stages,
    FUNCTION_V2: _function_stages,
    **dict.fromkeys(ENGINES, _engine_stages),
    BUCKET: _bucket_stages,
}
