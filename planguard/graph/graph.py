"""The resource-change graph: every object of a plan before and after, and the references that tie them.

Nothing is computed that nobody asks for. A rule that asks for the public access blocks of a bucket makes the graph
look at public access blocks and at the identities of buckets, and at nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planguard.graph.account import setting_in
from planguard.graph.configuration import Attribute, Module, all_references
from planguard.graph.edge import (
    Crowd,
    Edge,
    Links,
    is_open,
    render_key,
    same_provider,
    unmistaken,
    value_at,
    without_namesakes,
)
from planguard.graph.environments import Environment, Environments
from planguard.graph.identity import is_name, is_telling, leaves_of, names_of, names_type, normalised
from planguard.graph.node import Node
from planguard.graph.planned import PlannedValues
from planguard.graph.reference import Certainty, Locals, Resolver, Scope, Target
from planguard.graph.resource import AFTER, BEFORE, Neighbours, Resource
from planguard.plan.address import longest_references
from planguard.plan.document import Variable, decode_value
from planguard.plan.sensitive import Redactor
from planguard.plan.unknown import Path, Undetermined, Unknown, has_unknown

if TYPE_CHECKING:
    from planguard.plan.source.recovery import Recovery

DEPENDS_ON: Attribute = ("depends_on",)
_MOST_NAMESAKES = 64
"""A name that more objects share names none of them."""
_MOST_POSSIBLE = 64
"""More objects than these, of which one may be meant, are kept as a crowd."""
_MOST_DRAWN = 512
"""The same, where all edges of the graph are wanted."""


class Graph:
    """All objects of one plan, in both snapshots, which share one structure.

    :ivar nodes: every object, in the order of the plan
    :ivar expected: how many objects the plan holds, counted on its own
    :ivar kinds: the objects by type (``data.aws_x`` for data sources)
    :ivar variables: the values of the root module's variables, undecoded
    :ivar environments: the environments that policy defines
    :ivar environment: the one that the plan is for; None where policy defines none
    :ivar touched_change: set when a question that a rule asked may have another answer in the other snapshot
    :ivar derived: what analyses have worked out of it, by their name and snapshot
    """

    def __init__(
        self,
        place: str,
        nodes: list[Node],
        root: Module,
        resolver: Resolver,
        redactor: Redactor,
        source: Locals | None = None,
        *,
        expected: int,
        variables: Mapping[str, Variable] | None = None,
    ) -> None:
        self.place = place
        self.variables = variables or {}
        self.environments = Environments()
        self.environment: Environment | None = None
        self.expected = expected
        self._source = source
        self.nodes = nodes
        self.root = root
        self.redactor = redactor
        self.kinds: dict[str, list[Node]] = {}
        for node in nodes:
            self.kinds.setdefault(node.kind, []).append(node)
        self.changed_kinds = frozenset(node.kind for node in nodes if node.changed)
        self.touched_change = False
        self._resolver = resolver
        self._links: dict[tuple[str, str | None, str, str | None], Links] = {}
        self._there: dict[tuple[str, str], list[Resource]] = {}
        self._texts: dict[tuple[str, str], frozenset[str]] = {}
        self._meant_kinds: dict[str, frozenset[str]] = {}
        self._node_names: dict[tuple[int, str], tuple[str, ...]] = {}
        self._changed_before: dict[tuple[str, str, str | None], frozenset[int]] = {}
        self._by_values: dict[tuple[str, str, tuple[str, ...]], dict[tuple[Any, ...] | None, list[Resource]]] = {}
        self._crowds: dict[tuple[int, str | None, str], tuple[list[Target], frozenset[int] | None]] = {}
        self._unsettled: dict[tuple[str, str, str], list[Resource]] = {}
        self._identities: dict[tuple[str | None, str], dict[str, list[Node]]] = {}
        self._settings: dict[tuple[str, tuple[str, ...]], str] = {}
        self.derived: dict[tuple[str, ...], Any] = {}

    # -- where it belongs --------------------------------------------------------------------------------------

    def provider_setting(self, key: str, path: tuple[str, ...]) -> str:
        """One text of the configuration of a provider; empty where it says none that can be told.

        :param key: the provider's key in the plan's configuration, such as ``module.edge:aws.replica``
        """
        found = self._settings.get((key, path))
        if found is None:
            config = self.root.providers.get(key)
            if config is None:
                found = ""
            else:
                expressions = decode_value(config.expressions, place=self.place)
                found = setting_in(expressions, path, self.variable_values)
            self._settings[key, path] = found
        return found

    @cached_property
    def variable_values(self) -> dict[str, Any]:
        """The values of the root module's variables."""
        return {name: decode_value(one.value, place=self.place) for name, one in self.variables.items()}

    # -- resources ---------------------------------------------------------------------------------------------

    def view(self, node: Node, snapshot: str) -> Resource:
        """A node as a rule sees it in one snapshot."""
        if snapshot == BEFORE:
            if node.before_view is None:
                node.before_view = Resource(node, self, BEFORE)
            return node.before_view
        if node.after_view is None:
            node.after_view = Resource(node, self, AFTER)
        return node.after_view

    def resources(self, kind: str, snapshot: str) -> list[Resource]:
        """All resources of a type in one snapshot."""
        self._asked(kind)
        found = self._there.get((kind, snapshot))
        if found is None:
            nodes = self.kinds.get(kind, ())
            found = self._there[kind, snapshot] = [
                self.view(node, snapshot) for node in nodes if self.is_in(node, snapshot)
            ]
        return found.copy()

    @cached_property
    def first_in(self) -> dict[int, list[Module]]:
        """The modules of which an object is the first, those that hold its own included, by its index."""
        seen: set[int] = set()
        found: dict[int, list[Module]] = {}
        # Data sources last: a plan leaves out those that were read while planning, and source does not.
        for node in sorted(self.nodes, key=lambda one: one.kind.startswith("data.")):
            if node.block is None:
                continue
            module: Module | None = node.block.module
            while module is not None and id(module) not in seen:
                seen.add(id(module))
                found.setdefault(node.index, []).append(module)
                module = module.parent
        return found

    def is_written(self, node: Node, names: tuple[str, ...]) -> bool:
        """Whether the source says that a block sets an attribute; no where there is no source."""
        return self._source is not None and self._source.is_written(node, names)

    def resources_where(
        self, kind: str, snapshot: str, where: dict[str, Any]
    ) -> tuple[list[Resource], list[Resource]]:
        """The resources of a type whose attributes have these values, and those of which nobody can say yet."""
        self._asked(kind)
        asked = (kind, snapshot, tuple(where))
        index = self._by_values.get(asked)
        if index is None:
            index = self._by_values[asked] = {}
            for node in self.kinds.get(kind, ()):
                if self.is_in(node, snapshot):
                    one = self.view(node, snapshot)
                    found = [one.get(name) for name in where]
                    key = None if any(map(has_unknown, found)) else tuple(map(_folded, found))
                    index.setdefault(key, []).append(one)
        return index.get(tuple(map(_folded, where.values())), []), index.get(None, [])

    def _asked(self, kind: str | None) -> None:
        if kind in self.changed_kinds or (kind is None and self.changed_kinds):
            self.touched_change = True

    @staticmethod
    def is_in(node: Node, snapshot: str) -> bool:
        """Whether an object exists in a snapshot."""
        # A forgotten object goes on existing: it is no longer judged, but it still protects its neighbours.
        return node.in_before if snapshot == BEFORE else node.in_after or node.forgotten

    def module_address(self, node: Node) -> str:
        """The address of the module instance that a node stands in."""
        return ".".join(f"module.{name}{render_key(key)}" for name, key in node.module)

    # -- neighbours --------------------------------------------------------------------------------------------

    def neighbours(self, resource: Resource, kind: str | None, via: str | None, *, forward: bool) -> Neighbours:
        """See :meth:`Resource.references` and :meth:`Resource.referrers`.

        Rules ask the same of a resource again and again, so that the answer is kept with it.
        """
        if kind is not None and kind not in self.kinds:
            return Neighbours([], None)
        asked = (kind, via, forward)
        kept = resource.near.get(asked)
        if kept is None:
            wanted = tuple(via.split(".")) if via else None
            differs = self._may_differ(
                resource.node, kind, resource.snapshot, wanted[0] if wanted else None, forward=forward
            )
            kept = resource.near[asked] = (self._neighbours(resource, kind, wanted, forward=forward), differs)
        if kept[1]:
            self.touched_change = True
        return kept[0]

    def _neighbours(
        self, resource: Resource, kind: str | None, wanted: Attribute | None, *, forward: bool
    ) -> Neighbours:
        node, snapshot = resource.node, resource.snapshot
        certain: dict[int, Node] = {}
        possible: dict[int, Edge] = {}
        for edge in self._edges(node, kind, snapshot, wanted[0] if wanted else None, forward=forward):
            if wanted is not None and edge.attribute[: len(wanted)] != wanted:
                continue
            if wanted is None and edge.attribute == DEPENDS_ON:
                continue
            other = edge.target if forward else edge.source
            if edge.certainty is Certainty.POSSIBLE:
                possible[other.index] = edge
            else:
                certain[other.index] = other
        found = [self.view(certain[index], snapshot) for index in sorted(certain)]
        open_ = [edge for index, edge in possible.items() if index not in certain]
        why = self._crowded(node, kind, snapshot, wanted, forward=forward)
        if open_:
            edge = open_[0]
            why = Undetermined(
                edge.attribute,
                self.view(edge.source, snapshot),
                tuple(sorted({one.target.address for one in open_})),
                "the plan does not say which instance is meant",
            )
        return Neighbours(found, why)

    def _crowded(
        self, node: Node, kind: str | None, snapshot: str, via: Attribute | None, *, forward: bool
    ) -> Undetermined | None:
        """Why a node may have neighbours in a crowd."""
        top = via[0] if via else None
        if forward:
            crowds = self.links(node.kind, kind, snapshot, top).crowd_of.get(node.index, [])
        elif kind is not None:
            crowds = self.links(kind, node.kind, snapshot, top).crowds_with(node)
        else:
            crowds = [
                one for source in self.kinds for one in self.links(source, node.kind, snapshot, top).crowds_with(node)
            ]
        for crowd in crowds:
            if via is None or crowd.attribute[: len(via)] == via:
                source = self.view(crowd.source, snapshot)
                return Undetermined(crowd.attribute, source, (), "the plan does not say which instance is meant")
        return None

    def _may_differ(self, node: Node, kind: str | None, snapshot: str, via: str | None, *, forward: bool) -> bool:
        """Whether a node that does not change may have other neighbours, or changed ones, in the other snapshot."""
        if kind is not None and kind not in self.changed_kinds:
            return False
        if kind is None or forward or snapshot == BEFORE:
            return bool(self.changed_kinds)
        after = self.links(kind, node.kind, AFTER, via)
        if any(edge.source.changed for edge in after.backward.get(node.index, ())) or after.crowds_with(node):
            return True
        return node.index in self._changed_referrers(kind, node.kind, via)

    def _changed_referrers(self, source: str, target: str, via: str | None) -> frozenset[int]:
        """The objects of one type that changing objects of another refer to before the apply."""
        asked = (source, target, via)
        found = self._changed_before.get(asked)
        if found is None:
            changed = [node for node in self.kinds.get(source, ()) if node.changed and node.in_before]
            if target in self.changed_kinds:
                # What changes is asked of in this snapshot as well, so that its edges are needed anyway.
                links = self.links(source, target, BEFORE, via) if changed else Links()
                edges = [edge for node in changed for edge in links.forward.get(node.index, ())]
            else:
                edges = [edge for node in changed for edge in self._edges_from(node, target, BEFORE, via, Links())]
            found = self._changed_before[asked] = frozenset(edge.target.index for edge in edges)
        return found

    def may_refer(self, resource: Resource, kind: str, via: str) -> bool:
        """See :meth:`Resource.may_refer_to`."""
        self._asked(kind)
        wanted = tuple(via.split("."))
        links = self.links(resource.node.kind, kind, resource.snapshot, wanted[0])
        index = resource.node.index
        found = [*links.forward.get(index, ()), *links.crowd_of.get(index, ())]
        return any(one.attribute[: len(wanted)] == wanted for one in found)

    def is_named(self, node: Node, path: Path, values: Any) -> bool:
        """Whether the configuration takes a value from what names another resource, and so is never null.

        :param path: attribute names, and indexes where they name blocks
        :param values: the values of the resource
        """
        block = node.block
        if block is None:
            return False
        scope = Scope(block.module, node.module, node.key, block.for_each)
        said = block.said_at(path, values)
        return bool(said) and all(self._is_name(one, scope) for one in said)

    def comes_out_null(self, node: Node, said: Any) -> bool:
        """Whether an expression can only be null where its value came out unknown.

        One that takes everything from variables that are known is known itself. What the plan then shows as unknown
        is what the provider fills in where it gets null.
        """
        references = said.get("references") if isinstance(said, dict) else None
        if not references or node.block is None:
            return False
        module = node.block.module
        return all(self._is_known(one, module) for one in longest_references(list(references)))

    def _is_known(self, reference: str, module: Module) -> bool:
        kind, _, rest = reference.partition(".")
        name = re.split(r"[.\[]", rest, maxsplit=1)[0]
        if kind in ("path", "terraform") or reference == "count.index":
            return True
        if kind == "local":
            found = self._source.local_references(module.path, name) if self._source is not None else []
            return bool(found) and all(self._is_known(one, module) for one in found)
        if kind != "var":
            return False
        if module.parent is None:
            return name in self.variables
        if name not in module.given:
            return True  # its default, which is always a constant
        given, parent = module.given[name], module.parent
        if not isinstance(given, dict) or not given:
            return False
        return "constant_value" in given or all(
            self._is_known(one, parent) for one in longest_references(list(given.get("references") or ["?"]))
        )

    def _is_name(self, said: Any, scope: Scope) -> bool:
        """Whether an expression, or all that a block holds, is taken from what names other resources."""
        found = [
            rest for traversal in all_references(said) for _, rest, _ in self._resolver.targets([traversal], scope)
        ]
        return bool(found) and all(is_name(rest) for rest in found)

    def unsettled(self, kind: str, via: str, snapshot: str) -> list[Resource]:
        """See :meth:`Resource.unsettled`."""
        asked = (kind, via, snapshot)
        if asked not in self._unsettled:
            self._unsettled[asked] = [
                one
                for one in (
                    self.view(node, snapshot) for node in self.kinds.get(kind, ()) if self.is_in(node, snapshot)
                )
                if type(one.get(via)) is Unknown and not self.sources_of(one.node, (via,))
            ]
        if self._unsettled[asked]:
            self._asked(kind)
        return self._unsettled[asked]

    def _edges(self, node: Node, kind: str | None, snapshot: str, via: str | None, *, forward: bool) -> list[Edge]:
        if forward:
            return self.links(node.kind, kind, snapshot, via).forward.get(node.index, [])
        if kind is not None:
            return self.links(kind, node.kind, snapshot, via).backward.get(node.index, [])
        return [
            edge
            for source in self.kinds
            for edge in self.links(source, node.kind, snapshot, via).backward.get(node.index, [])
        ]

    def links(self, source: str, target: str | None, snapshot: str, via: str | None = None) -> Links:
        """The edges from resources of one type to those of another (None: of any).

        :param via: only those through this top-level attribute (None: through any)
        """
        asked = (source, target, snapshot, via)
        found = self._links.get(asked)
        if found is None:
            found = self._links[asked] = Links()
            if target is None or (target in self.kinds and (via or self._may_link(source, target, snapshot))):
                for node in self.kinds.get(source, ()):
                    if self.is_in(node, snapshot):
                        for edge in self._edges_from(node, target, snapshot, via, found):
                            found.add(edge)
        return found

    def _may_link(self, source: str, target: str, snapshot: str) -> bool:
        """Whether any resource of one type may refer to one of another.

        Who asks for the referrers of a type asks it of every other type, and hardly any refers to it.
        """
        if target in self._kinds_meant_by(source):
            return True
        at = snapshot if source in self.changed_kinds else AFTER
        texts = self._texts.get((source, at))
        if texts is None:
            nodes = (node for node in self.kinds.get(source, ()) if self.is_in(node, snapshot))
            told = {text for node in nodes for _, text in leaves_of(self.view(node, snapshot).values)}
            texts = self._texts[source, at] = frozenset({*told, *map(normalised, told)})
        return not texts.isdisjoint(self._names(target, snapshot))

    def _kinds_meant_by(self, source: str) -> frozenset[str]:
        """The types of what the configuration of one type refers to."""
        found = self._meant_kinds.get(source)
        if found is None:
            seen: dict[int, list[Target]] = {}  # kept, so that the identity of each list stays its own
            for node in self.kinds.get(source, ()):
                if node.block is not None:
                    scope = Scope(node.block.module, node.module, node.key, node.block.for_each)
                    for _, traversals in node.block.attributes:
                        meant = self._resolver.targets(traversals, scope)
                        seen[id(meant)] = meant
            found = frozenset({other.kind for meant in seen.values() for other, _, _ in meant})
            self._meant_kinds[source] = found
        return found

    def all_edges(self, snapshot: str) -> list[Edge]:
        """Every edge of one snapshot, in the order of the plan."""
        return [
            edge for node in self.nodes for edge in self.links(node.kind, None, snapshot).forward.get(node.index, [])
        ]

    def all_crowds(self, snapshot: str) -> list[Crowd]:
        """What :meth:`all_edges` leaves out: resources that may refer to any of very many."""
        return [
            crowd
            for node in self.nodes
            for crowd in self.links(node.kind, None, snapshot).crowd_of.get(node.index, [])
        ]

    def _edges_from(self, node: Node, target: str | None, snapshot: str, via: str | None, links: Links) -> list[Edge]:
        crowds: list[Crowd] = []
        configured = self._configured(node, target, snapshot, via, crowds)
        by_value = self._value_edges(node, target, snapshot, configured, via)
        decided = {(edge.attribute, edge.target.kind) for edge in by_value}
        edges = {(edge.attribute, edge.target.index): edge for edge in by_value}
        values = self.view(node, snapshot).values if configured or crowds else {}
        for crowd in crowds:
            if not any(attribute == crowd.attribute for attribute, _ in decided) or is_open(values, crowd.attribute):
                links.add_crowd(crowd)
        for attribute, other, certainty in configured:
            place = (attribute, other.index)
            if place in edges:
                continue
            # A value that is known says which instance is meant better than the configuration does.
            if (attribute, other.kind) in decided and not is_open(values, attribute):
                continue
            edges[place] = Edge(node, other, attribute, certainty, "reference")
        return list(edges.values())

    def _configured(
        self, node: Node, target: str | None, snapshot: str, via: str | None, crowds: list[Crowd]
    ) -> list[tuple[Attribute, Node, Certainty]]:
        """What the configuration says that a node refers to; crowds go into a list of their own.

        It describes the state after. Before the apply it holds for what does not change.
        """
        block = node.block
        if block is None or node.deposed:
            return []
        scope = Scope(block.module, node.module, node.key, block.for_each)
        found: list[tuple[Attribute, Node, Certainty]] = []
        for attribute, traversals in block.attributes:
            if via is not None and attribute[0] != via:
                continue
            if snapshot == BEFORE and node.changed and not self._is_kept(node, attribute):
                continue
            meant = self._resolver.targets(traversals, scope)
            if len(meant) > (_MOST_POSSIBLE if target is not None else _MOST_DRAWN):
                crowd = self._crowd(meant, target, snapshot)
                if crowd is not None:
                    if crowd:
                        crowds.append(Crowd(node, attribute, crowd))
                    continue
            targets = [
                (other, certainty)
                for other, _, certainty in meant
                if (target is None or other.kind == target) and other is not node and self.is_in(other, snapshot)
            ]
            if len(targets) > 1 and len(traversals) > 1 and not attribute[-1].endswith("s"):
                targets = self._alternatives(node, attribute, targets, snapshot)
            found.extend((attribute, other, certainty) for other, certainty in targets)
        for text in block.config.depends_on if target is None and via is None else ():
            found.extend(
                (DEPENDS_ON, other, certainty)
                for other, _, certainty in self._resolver.targets([text] if text else [], scope)
                if other is not node and self.is_in(other, snapshot)
            )
        return found

    def _crowd(self, meant: list[Target], target: str | None, snapshot: str) -> frozenset[int] | None:
        """Of many that are possible, those of a type; None where one of them is certain after all."""
        asked = (id(meant), target, snapshot)
        if asked not in self._crowds:
            wanted = [one for one in meant if target in (None, one[0].kind) and self.is_in(one[0], snapshot)]
            certain = any(certainty is not Certainty.POSSIBLE for _, _, certainty in wanted)
            # The list is kept with its crowd, so that its identity stays its own.
            self._crowds[asked] = (meant, None if certain else frozenset(node.index for node, _, _ in wanted))
        return self._crowds[asked][1]

    def _alternatives(
        self, node: Node, attribute: Attribute, targets: list[tuple[Node, Certainty]], snapshot: str
    ) -> list[tuple[Node, Certainty]]:
        """``var.x ? a.id : b.id`` refers to both and means one: with its value unknown, each is possible."""
        kinds = [other.kind for other, _ in targets]
        value = value_at(self.view(node, snapshot).values, attribute)
        if type(value) is not Unknown:
            return targets
        return [
            (other, Certainty.POSSIBLE if kinds.count(other.kind) > 1 else certainty) for other, certainty in targets
        ]

    def _is_kept(self, node: Node, attribute: Attribute) -> bool:
        if not (node.in_before and node.in_after):
            return False
        before = self.view(node, BEFORE).values.get(attribute[0])
        after = self.view(node, AFTER).values.get(attribute[0])
        return not has_unknown(after) and bool(before == after)

    def _value_edges(
        self,
        node: Node,
        target: str | None,
        snapshot: str,
        configured: list[tuple[Attribute, Node, Certainty]],
        via: str | None,
    ) -> list[Edge]:
        names = self._names(target, snapshot)
        if not names:
            return []
        meant = {(attribute, other.index) for attribute, other, _ in configured}
        edges: dict[tuple[Attribute, int], Edge] = {}
        values: Any = self.view(node, snapshot).values
        if via is not None and isinstance(values, dict):
            values = {via: values.get(via)}
        for attribute, value in leaves_of(values):
            others = names.get(value) or names.get(normalised(value))
            if not others or len(others) > _MOST_NAMESAKES:
                continue
            telling = is_telling(value)
            found = [
                (other, Certainty.EXACT)
                for other in others
                if other is not node
                and (telling or (names_type(attribute[-1], other.type) and same_provider(node, other)))
            ]
            for other, certainty in unmistaken(found, attribute, meant):
                edges.setdefault((attribute, other.index), Edge(node, other, attribute, certainty, "value"))
        return without_namesakes(node, list(edges.values()))

    def _names(self, kind: str | None, snapshot: str) -> dict[str, list[Node]]:
        asked = (kind, snapshot)
        names = self._identities.get(asked)
        if names is None:
            names = self._identities[asked] = {}
            for node in self.nodes if kind is None else self.kinds.get(kind, ()):
                if self.is_in(node, snapshot) and not node.deposed:
                    for name in self._names_of(node, snapshot):
                        names.setdefault(name, []).append(node)
        return names

    def _names_of(self, node: Node, snapshot: str) -> tuple[str, ...]:
        asked = (node.index, snapshot if node.changed else AFTER)
        names = self._node_names.get(asked)
        if names is None:
            values = self.view(node, snapshot).values
            names = tuple(dict.fromkeys(names_of(values, node.type))) if type(values) is dict else ()
            self._node_names[asked] = names
        return names

    # -- what the plan leaves out ------------------------------------------------------------------------------

    @cached_property
    def recovery(self) -> Recovery | None:
        """What tells values that the plan leaves out; None where there is no source."""
        return self._source.recovery(PlannedValues(self)) if self._source is not None else None

    def recovered(self, resource: Resource, path: Path, *, decoded: bool) -> Any:
        """See :meth:`Resource.recovered` and :meth:`Resource.recovered_json`."""
        node = resource.node
        if resource.snapshot == BEFORE or node.block is None or node.deposed or self.recovery is None:
            return None
        ask = self.recovery.document if decoded else self.recovery.value
        return ask(node.module, node.block.name, node.key, path, resource)

    # -- unknown values ----------------------------------------------------------------------------------------

    def sources_of(self, node: Node, path: Path) -> tuple[str, ...]:
        """The addresses that an unknown value will come from, in order.

        Its own address when the provider computes it; none when the configuration does not say.
        """
        block = node.block
        if block is None:
            return (node.address,)
        names = tuple(step for step in path if isinstance(step, str))
        scope = Scope(block.module, node.module, node.key, block.for_each)
        found: dict[str, bool] = {}
        written = False
        for attribute, traversals in block.attributes:
            if attribute[: len(names)] == names or names[: len(attribute)] == attribute:
                written = True
                for other, _, _ in self._resolver.targets(traversals, scope):
                    if other is not node:
                        found[other.address] = other.changed
        if not written:
            return () if names and block.sets(names) else (node.address,)
        pending = sorted(address for address, changed in found.items() if changed)
        return tuple(pending or sorted(found))


def _folded(value: Any) -> Any:
    """A value as it is compared: texts without case, since Azure's names have none; lists are compared as texts."""
    if isinstance(value, str):
        return value.casefold()
    return value if isinstance(value, (int, float, bool)) or value is None else repr(value)
