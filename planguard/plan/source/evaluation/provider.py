"""What a provider's own configuration adds to its resources at plan time: region, default tags and labels.

Source: AWS provider, "Resource Tagging" (``default_tags``) and "Enhanced Region Support"; Google provider,
"Default Labels" (``effective_labels``, ``terraform_labels``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planguard.plan.source.evaluation.body import object_of
from planguard.plan.source.evaluation.slot import Slots
from planguard.plan.source.evaluation.value import UNKNOWN, OpenObject, has_unknown, plain
from planguard.plan.source.syntax import NAME, Section

if TYPE_CHECKING:
    from planguard.plan.source.evaluation.module import Module


def provider_key(module: Module, section: Section) -> str:
    """The provider that a resource is of, by the name that its module has for it: ``aws``, ``aws.west``."""
    named = section.arguments.get("provider")
    if named is not None:
        expression = named.expression
        if expression[0] == NAME and expression[2] and isinstance(expression[2][0], str):
            return f"{expression[1]}.{expression[2][0]}"
        return str(expression[1])
    return section.labels[0].split("_", 1)[0]


def provider_home(module: Module, key: str) -> tuple[Module, str]:
    """The module in which a provider is configured, and its name there."""
    while module.parent is not None and key not in module.content.providers:
        passed = module.call.arguments.get("providers") if module.call is not None else None
        key = _passed(passed.expression, key) if passed is not None else key
        module = module.parent
    return module, key


def _passed(expression: Any, key: str) -> str:
    if expression[0] != 6:
        return key
    for name, value in expression[1]:
        if _written(name) == key:
            return _written(value)
    return key


def _written(node: Any) -> str:
    if node[0] == NAME:
        return ".".join([node[1], *(step for step in node[2] if isinstance(step, str))])
    return str(node[1])


def provider_settings(module: Module, key: str) -> dict[str, Any]:
    """The values in a provider's block; none where it has none."""
    home, name = provider_home(module, key)
    section = home.content.providers.get(name)
    if section is None:
        return {}
    found = home._once("provider", name, lambda: object_of(section, home.scope, None))
    return {} if found is UNKNOWN else plain(found)


def where_one_is(module: Module, section: Section) -> dict[str, Any]:
    """What ``aws_region`` and ``aws_partition`` say, where the provider's block names the region."""
    type_ = section.labels[0]
    if type_ not in {"aws_region", "aws_partition"} or section.arguments.keys() - {"provider"}:
        return {}
    region = provider_settings(module, provider_key(module, section)).get("region")
    if not isinstance(region, str):
        return {}
    if type_ == "aws_region":
        return {"name": region, "region": region, "id": region}
    partition = next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")
    return {"partition": partition, "id": partition}


_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso": "aws-iso", "eu-isoe": "aws-iso-e"}


def provider_wide(module: Module, section: Section, found: OpenObject, slots: Slots | None) -> None:
    """Add to a resource what its provider adds to all of its resources."""
    type_ = section.labels[0]
    if type_.startswith("aws_"):
        _aws(provider_settings(module, provider_key(module, section)), found, slots)
    elif type_.startswith("google_"):
        _google(provider_settings(module, provider_key(module, section)), found, slots)


def _aws(settings: dict[str, Any], found: OpenObject, slots: Slots | None) -> None:
    if slots is not None and "region" in slots and found.get("region") is UNKNOWN and "region" in settings:
        found["region"] = settings["region"]
    if ("tags" in found or "tags" in (slots or {})) and (slots is None or "tags_all" in slots):
        _merged(found, "tags", ("tags_all",), _defaults(settings, "default_tags", "tags"))


def _google(settings: dict[str, Any], found: OpenObject, slots: Slots | None) -> None:
    for name in ("project", "region", "zone"):
        if slots is not None and name in slots and found.get(name) is UNKNOWN and name in settings:
            found[name] = settings[name]
    if slots is not None and "effective_labels" in slots:
        defaults = settings.get("default_labels") or {}
        known = {"goog-terraform-provisioned": "true"}
        _merged(found, "labels", ("effective_labels", "terraform_labels"), defaults, known)


def _defaults(settings: dict[str, Any], block: str, name: str) -> Any:
    value = settings.get(block)
    if isinstance(value, list) and value:
        value = value[0]
    return (value.get(name) or {}) if isinstance(value, dict) else (UNKNOWN if value is UNKNOWN else {})


def _merged(
    found: OpenObject, own: str, into: tuple[str, ...], defaults: Any, known: dict[str, str] | None = None
) -> None:
    values = plain(found.get(own)) or {}
    if values is UNKNOWN or defaults is UNKNOWN or not isinstance(values, dict) or not isinstance(defaults, dict):
        return
    if not values and not defaults and not known:
        return
    merged = {**defaults, **values, **(known or {})}
    for name in into:
        if found.get(name) is None or found.get(name) is UNKNOWN:
            found[name] = UNKNOWN if has_unknown(merged) and known is None else merged
