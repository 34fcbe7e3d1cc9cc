"""What one rule of a role allows, as patterns of actions and resources.

Source: Kubernetes, "Using RBAC Authorization"; ``pkg/apis/rbac/v1/evaluation_helpers.go`` (``VerbMatches``,
``APIGroupMatches``, ``ResourceMatches``, ``ResourceNameMatches``, ``NonResourceURLMatches``): ``*`` counts as a
wildcard only as a whole token, ``*/scale`` is that subresource of every resource, and a path may end in ``*``.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from planguard.access.model import Clause, Origin, Terms
from planguard.access.part import Part, allowed, at_least, exactly
from planguard.access.pattern import STAR_IN_PART
from planguard.access.reading import Texts, is_untold, literal, texts_of

URL = "url:"
ALL_RESOURCES = f"{STAR_IN_PART}:{STAR_IN_PART}/{STAR_IN_PART}"
ALL_URLS = f"{STAR_IN_PART}:{URL}*"


def clauses_of_rule(rule: Any, namespace: str | None, origin: Origin, *, is_certain: bool = True) -> list[Clause]:
    """What a rule allows.

    :param rule: one ``rule`` block, or an Unknown
    :param namespace: where it holds; None for the whole cluster
    :param is_certain: whether it holds at all
    """
    if is_untold(rule):
        return anything(namespace, origin)
    verbs = texts_of(rule.get("verbs"))
    found = _on_resources(rule, verbs, namespace, origin, is_certain=is_certain)
    urls = texts_of(rule.get("non_resource_urls"))
    if namespace is None and (urls.known or urls.is_open):
        found += allowed(_actions(verbs, urls, _urls(urls)), is_certain=is_certain, origin=origin)
    return found


def anything(namespace: str | None, origin: Origin) -> list[Clause]:
    """What a rule of which nothing is known may allow."""
    everything = exactly((ALL_RESOURCES,) if namespace is not None else (ALL_RESOURCES, ALL_URLS))
    return allowed(everything, where(namespace), is_certain=False, origin=origin)


def where(namespace: str | None) -> Part:
    """The objects of a namespace, or all of the cluster."""
    return exactly(("*",) if namespace is None else (f"{literal(namespace)}/*",))


def _on_resources(
    rule: dict[str, Any], verbs: Texts, namespace: str | None, origin: Origin, *, is_certain: bool
) -> list[Clause]:
    groups, resources = texts_of(rule.get("api_groups")), texts_of(rule.get("resources"))
    if not (resources.known or resources.is_open):
        return []
    tokens = [f"{_token(group)}/{_resource(resource)}" for group, resource in product(groups.known, resources.known)]
    open_ = Texts((), groups.is_open or resources.is_open)
    actions = _actions(verbs, open_, tokens, f"{STAR_IN_PART}/{STAR_IN_PART}")
    return allowed(
        actions, _objects(texts_of(rule.get("resource_names")), namespace), is_certain=is_certain, origin=origin
    )


def _actions(verbs: Texts, targets: Texts, tokens: list[str], widest: str = f"{URL}*") -> Part:
    known = [f"{_token(verb)}:{token}" for verb, token in product(verbs.known, tokens)]
    if not (verbs.is_open or targets.is_open):
        return exactly(known)
    upper_verbs = [STAR_IN_PART] if verbs.is_open else list(map(_token, verbs.known))
    upper_tokens = [widest] if targets.is_open else tokens
    return at_least(known, [f"{verb}:{token}" for verb, token in product(upper_verbs, upper_tokens)])


def _objects(names: Texts, namespace: str | None) -> Part:
    place = "*" if namespace is None else literal(namespace)
    if names.is_open:
        # Names that turn out to be none at all do not limit the rule.
        return Part(Terms(tuple(f"{place}/{literal(name)}" for name in names.known)), where(namespace).upper)
    return exactly(f"{place}/{literal(name)}" for name in names.known) if names.known else where(namespace)


def _token(text: str) -> str:
    return STAR_IN_PART if text == "*" else literal(text)


def _resource(text: str) -> str:
    if text.startswith("*/"):
        return f"{STAR_IN_PART}/{literal(text[2:])}"
    return _token(text)


def _urls(urls: Texts) -> list[str]:
    return [URL + (literal(url[:-1]) + "*" if url.endswith("*") else literal(url)) for url in urls.known]
