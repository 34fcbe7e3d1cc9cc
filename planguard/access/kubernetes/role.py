"""What a role of a cluster holds: its own rules, those that it gathers by label, or those of a built-in one."""

from __future__ import annotations

from typing import Any

from planguard.access.kubernetes.builtin import AGGREGATED, BUILT_IN, LOCAL, SYSTEM, Rules
from planguard.access.kubernetes.manifest import CLUSTER_ROLE, ROLE, Manifest, inner
from planguard.access.kubernetes.rule import anything, clauses_of_rule, where
from planguard.access.model import Clause, Gap, Origin
from planguard.access.part import allowed, exactly
from planguard.access.pattern import is_symbol
from planguard.access.reading import blocks_of, is_untold, texts_of
from planguard.plan.unknown import is_unknown

ROLE_UNKNOWN, RULE_UNKNOWN = "role-unknown", "policy-unknown"


class Roles:
    """The roles of one snapshot.

    :param is_open: whether there may be others, whose kind is not known yet
    :ivar cluster: the cluster roles by name
    :ivar local: the roles by namespace and name
    """

    __slots__ = ("_all", "_nameless", "cluster", "local")

    def __init__(self, found: dict[str, list[Manifest]], *, is_open: bool) -> None:
        self._all = found.get(CLUSTER_ROLE, [])
        self._nameless = {
            kind for kind in (ROLE, CLUSTER_ROLE) if is_open or any(map(_is_nameless, found.get(kind, [])))
        }
        self.cluster: dict[str, list[Manifest]] = {}
        self.local: dict[tuple[str | None, str], list[Manifest]] = {}
        for one in self._all:
            self.cluster.setdefault(one.name, []).append(one)
        for one in found.get(ROLE, []):
            self.local.setdefault((one.namespace, one.name), []).append(one)

    def clauses(
        self, kind: str, name: str, namespace: str | None, binding: Manifest
    ) -> tuple[list[Clause], list[Gap], list[Manifest]]:
        """What a role allows where it is bound.

        :param kind: ``Role`` or ``ClusterRole``
        :param namespace: the namespace of the binding; None where it holds in the whole cluster
        :returns: the clauses, what nobody can say of them, and the roles of the plan that they come from
        """
        if kind == ROLE:
            found = _of_its_provider(self.local.get((namespace or "", name), []), binding)
        else:
            found = _of_its_provider(self.cluster.get(name, []), binding)
        if not found:
            return *self._from_elsewhere(kind, name, namespace, binding), []
        clauses: list[Clause] = []
        gaps: list[Gap] = []
        parts: list[Manifest] = []
        for one in found:
            self._gather(one, namespace, clauses, gaps, parts)
        if kind == CLUSTER_ROLE and name in AGGREGATED:
            self._gather_labelled(name, namespace, clauses, gaps, parts)
        return clauses, gaps, parts

    def _from_elsewhere(
        self, kind: str, name: str, namespace: str | None, binding: Manifest
    ) -> tuple[list[Clause], list[Gap]]:
        origin = Origin(binding.resource.address, binding.path("role_ref"))
        if kind == CLUSTER_ROLE and name in BUILT_IN:
            clauses = clauses_of_rules(BUILT_IN[name], namespace, origin)
            gaps: list[Gap] = []
            if name in AGGREGATED:
                self._gather_labelled(name, namespace, clauses, gaps, [])
            return clauses, gaps
        if kind == ROLE and (namespace, name) in LOCAL:
            return clauses_of_rules(LOCAL[namespace, name], namespace, origin), []
        if any(map(is_symbol, name)) or kind in self._nameless:
            gap = Gap(ROLE_UNKNOWN, origin.address, origin.attribute, "the role that is bound is not known yet")
            return anything(namespace, origin), [gap]
        opaque = allowed(exactly((f"role:{name}",)), where(namespace), origin=origin)
        if name.startswith("system:"):
            return [*clauses_of_rules(SYSTEM.get(name, []), namespace, origin), *opaque], []
        text = f"the plan does not show what the role {name} holds"
        return opaque, [Gap(ROLE_UNKNOWN, origin.address, origin.attribute, text)]

    def _gather(
        self, role: Manifest, namespace: str | None, clauses: list[Clause], gaps: list[Gap], parts: list[Manifest]
    ) -> None:
        """Take in what a role holds, and what it gathers by label from others, in turn."""
        if role in parts:
            return
        parts.append(role)
        chosen = self._chosen(role, namespace, clauses, gaps)
        for other in chosen:
            self._gather(other, namespace, clauses, gaps, parts)
        # The control plane overwrites the rules of a role that gathers others, so that they say what was gathered.
        if not chosen:
            _own_rules(role, namespace, clauses, gaps)

    def _chosen(
        self, role: Manifest, namespace: str | None, clauses: list[Clause], gaps: list[Gap]
    ) -> list[Manifest]:
        """The cluster roles that a role gathers by label; what may be among them is granted perhaps."""
        found: list[Manifest] = []
        for selector, is_known in _selectors(role.body):
            for other in self._all:
                answer = selects(selector, other.labels)
                if answer is True and is_known:
                    found.append(other)
                elif answer is not False and other is not role:
                    clauses += anything(namespace, Origin(other.resource.address))
                    text = f"{other.resource.address} may become part of it"
                    gaps.append(Gap(RULE_UNKNOWN, role.resource.address, "", text))
        return found

    def _gather_labelled(
        self, name: str, namespace: str | None, clauses: list[Clause], gaps: list[Gap], parts: list[Manifest]
    ) -> None:
        for other in self._all:
            if any(selects({"match_labels": {label: "true"}}, other.labels) is True for label in AGGREGATED[name]):
                self._gather(other, namespace, clauses, gaps, parts)


def _own_rules(role: Manifest, namespace: str | None, clauses: list[Clause], gaps: list[Gap]) -> None:
    address, field = role.resource.address, role.path("rules" if role.top else "rule")
    blocks, is_open = blocks_of(role.body.get("rule"))
    for index, block in blocks:
        clauses += clauses_of_rule(block, namespace, Origin(address, f"{field}[{index}]"))
    if is_open and not (role.top == "" and role.resource.is_left_to_provider("rule")):
        clauses += anything(namespace, Origin(address, field))
        gaps.append(Gap(RULE_UNKNOWN, address, field, "a rule of this role is not known yet"))


def clauses_of_rules(rules: Rules, namespace: str | None, origin: Origin) -> list[Clause]:
    """What some rules allow, told as one origin."""
    return [clause for rule in rules for clause in clauses_of_rule(rule, namespace, origin)]


def _is_nameless(role: Manifest) -> bool:
    """Whether a role may be the one that a binding names, since its own name or namespace is not known yet."""
    return role.namespace is None or any(map(is_symbol, role.name))


def _of_its_provider(found: list[Manifest], binding: Manifest) -> list[Manifest]:
    """Of roles of one name, those that the same provider makes: another may be of another cluster."""
    own = [one for one in found if _provider(one) == _provider(binding)]
    return own or found


def _provider(manifest: Manifest) -> str:
    block = manifest.resource.node.block
    return block.config.provider_config_key if block else ""


def _selectors(body: Any) -> list[tuple[dict[str, Any], bool]]:
    aggregation = inner(body, "aggregation_rule")
    if is_unknown(aggregation):
        return [({}, False)]
    blocks, is_open = blocks_of(aggregation.get("cluster_role_selectors"))
    return [(block, True) for _, block in blocks] + ([({}, False)] if is_open else [])


def selects(selector: dict[str, Any], labels: Any) -> bool | None:
    """Whether a label selector chooses an object with these labels; None where nobody can say yet.

    Source: Kubernetes, "Labels and Selectors": all requirements must hold, and an empty selector chooses everything.
    """
    wanted = selector.get("match_labels")
    if is_unknown(labels) or is_unknown(wanted):
        return None
    there: dict[str, Any] = labels or {}
    answers = [_equals(there.get(key), value) for key, value in (wanted or {}).items()]
    blocks, is_open = blocks_of(selector.get("match_expressions"))
    answers += [_expression(block, there) for _, block in blocks]
    if False in answers:
        return False
    return None if is_open or None in answers else True


def _equals(value: Any, wanted: Any) -> bool | None:
    return None if is_untold(value) or is_untold(wanted) else value == wanted


def _expression(block: dict[str, Any], labels: dict[str, Any]) -> bool | None:
    key: Any = block.get("key")
    operator: Any = block.get("operator")
    if is_untold(key) or is_untold(operator):
        return None
    if operator in ("Exists", "DoesNotExist"):
        return bool((key in labels) == (operator == "Exists"))
    value, values = labels.get(key), texts_of(block.get("values"))
    if is_untold(value):
        return None
    if value not in values.known and values.is_open:
        return None
    return bool((value in values.known) == (operator == "In"))
