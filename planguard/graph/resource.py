"""A resource in one snapshot: what a rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import UNSET

from planguard.graph.account import account_of
from planguard.graph.configuration import NULL_EXPRESSION, UNSAID
from planguard.plan.actions import Action
from planguard.plan.address import tokens
from planguard.plan.document import MaybeRaw
from planguard.plan.sensitive import SensitiveText, wrap_sensitive
from planguard.plan.unknown import (
    PartialList,
    Path,
    Undetermined,
    Unknown,
    has_unknown,
    origin_of,
    path_of,
    render_path,
)
from planguard.plan.values import values_of

if TYPE_CHECKING:
    from planguard.graph.configuration import Module
    from planguard.graph.environments import Environment, Environments
    from planguard.graph.graph import Graph
    from planguard.graph.node import Node

Found = TypeVar("Found")
BEFORE = "before"
AFTER = "after"
_MISSING = object()


@lru_cache(maxsize=8192)
def steps_of(path: str) -> Path:
    """``a.b[0].c`` as ``("a", "b", 0, "c")``; a map key with other characters is written ``["a.b"]``."""
    return tuple(step if isinstance(step, str) else step[0] for step in tokens(path))  # type: ignore[misc]


class Resource:
    """One resource instance as it is before, or as it will be after.

    :ivar snapshot: ``before`` or ``after``
    :ivar near: neighbours that were asked for, and whether they may differ in the other snapshot (graph only)
    :ivar put_off: list elements whose unknown parts have stopped the rule that is running (engine only)
    """

    __slots__ = ("_documents", "_graph", "_node", "_recovered", "_shared", "_values", "near", "put_off", "snapshot")

    def __init__(self, node: Node, graph: Graph, snapshot: str) -> None:
        self._node = node
        self._graph = graph
        self.snapshot = snapshot
        self._values: Any = _MISSING
        self._documents: dict[str, Any] | None = None
        self._recovered: dict[tuple[str, bool], Any] | None = None
        self._shared: dict[Callable[[Resource], Iterable[Any]], tuple[list[Any], bool]] = {}
        self.near: dict[tuple[str | None, str | None, bool], tuple[Neighbours, bool]] = {}
        self.put_off: list[Path] = []

    def __repr__(self) -> str:
        return f"Resource({self._node.address}, {self.snapshot})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and other._node is self._node and other.snapshot == self.snapshot

    def __hash__(self) -> int:
        return hash((self._node.index, self.snapshot))

    @property
    def node(self) -> Node:
        """Its place in the graph, both snapshots together."""
        return self._node

    @property
    def address(self) -> str:
        """Its address, as it will be after the apply."""
        return self._node.address

    @property
    def type(self) -> str:
        """Its resource type, ``aws_s3_bucket``."""
        return self._node.type

    @property
    def is_data(self) -> bool:
        """Whether it is a data source."""
        return self._node.kind != self._node.type

    @property
    def module(self) -> str:
        """The address of the module instance that it stands in; empty for the root module."""
        return self._graph.module_address(self._node)

    @property
    def graph(self) -> Graph:
        """The graph that it is part of."""
        return self._graph

    @property
    def provider(self) -> str:
        """Its provider as ``namespace/type``, such as ``hashicorp/aws``, whatever the registry host."""
        return "/".join(self._node.provider.split("/")[-2:])

    @property
    def key(self) -> str | int | None:
        """Its instance key (``each.key`` or ``count.index``), None without one."""
        return self._node.key

    @property
    def first_in(self) -> list[Module]:
        """The modules of the configuration of which it is the first resource: where to tell what is true of them."""
        return self._graph.first_in.get(self._node.index, [])

    @property
    def is_created(self) -> bool:
        """Whether this plan creates it, so that nothing outside this plan can belong to it yet."""
        node = self._node
        if node.change is not None and node.change.change.importing:
            return False
        return not node.in_before or node.action in (Action.REPLACE, Action.REPLACE_AND_FORGET)

    @property
    def values(self) -> dict[str, Any]:
        """Its attributes as plain dicts and lists, with Unknown where Terraform does not know yet."""
        if self._values is _MISSING:
            self._values = self._decode()
        found: dict[str, Any] = self._values
        return found

    def _decode(self) -> Any:
        node = self._node
        if self.snapshot == BEFORE and not node.changed and node.in_after:
            return self._graph.view(node, AFTER).values  # the same; decoding it again would double the cost
        mask = node.sensitive_before if self.snapshot == BEFORE else node.sensitive_after
        return self._overlaid(mask)

    def _overlaid(self, sensitive: MaybeRaw) -> Any:
        node = self._node
        place = self._graph.place
        if self.snapshot == BEFORE:
            return values_of(node.before, UNSET, sensitive, self, place=place)
        return values_of(node.after, node.unknown, sensitive, self, place=place)

    @property
    def bare_values(self) -> dict[str, Any]:
        """Its attributes with sensitive ones as they are: for what looks at values and can never print them."""
        mask = self._node.sensitive_before if self.snapshot == BEFORE else self._node.sensitive_after
        if not mask or b"true" not in bytes(mask):
            return self.values
        found: dict[str, Any] = self._overlaid(UNSET)
        return found

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a path such as ``settings[0].tier``; the default where a part is missing or null.

        Where a part of the way is unknown, the value is an Unknown with the whole path. One block in a list may be
        named without its index when it is the only one: ``settings.tier``.

        :raises ValueError: when such a name stands for several blocks: there is no one value
        """
        value: Any = self.values
        if "." not in path and "[" not in path and isinstance(value, dict):
            value = value.get(path)
            # `value is None` is right here, and only here: an Unknown is not None, and is handed on as it is.
            return default if value is None else value
        for step in steps_of(path):
            if type(value) is Unknown:
                value = value[step]
                continue
            if isinstance(step, str) and isinstance(value, list):
                if not value:
                    return default
                if len(value) != 1:
                    raise ValueError(
                        f"`{path}` of {self.address} names one of {len(value)} blocks; ask `blocks` for each"
                    )
                value = list.__getitem__(value, 0)
                if type(value) is Unknown:
                    value = value[step]
                    continue
            value = _below(value, step)
            if value is _MISSING or value is None:
                return default
        return value

    def is_left_to_provider(self, path: str) -> bool:
        """Whether a value is unknown only because the configuration does not set it, and the provider will.

        Then the provider's default applies. Of a ``dynamic`` block over an unknown collection the plan's
        configuration says nothing either; only where source is given, it does not look the same.

        :param path: attribute names, without indexes
        """
        block = self._node.block
        if self.snapshot == BEFORE or block is None:
            return False
        names = tuple(path.split("."))
        if len(names) == 1 and type(self.get(path)) is Unknown and self.is_unset(names):
            return True
        for depth in range(1, len(names) + 1):
            if not block.sets(names[:depth]):
                unknown = type(self.get(".".join(names[:depth]))) is Unknown
                return unknown and not self._graph.is_written(self._node, names[:depth])
        return False

    def effective(self, path: str, default: Any) -> Any:
        """The value at a path, and what the provider's documentation gives where it is missing, null or left to it.

        :param default: the documented default
        """
        value = self.get(path, default)
        if type(value) is Unknown and self.is_unset(path_of(value)):
            return default
        return value

    def is_unset(self, path: Path) -> bool:
        """Whether the configuration sets neither an attribute nor a block that would hold it, or says null.

        In a nested path the blocks must be written as such: of those that a ``dynamic`` block makes the plan's
        configuration does not say what they set.

        :param path: attribute names; an index names the block that has made that element, and without one all
            blocks are meant
        """
        block = self._node.block
        if self.snapshot == BEFORE or block is None or not path:
            return False
        said = block.said_at(path, self.values)
        if said and all(one == NULL_EXPRESSION or self._graph.comes_out_null(self._node, one) for one in said):
            return type(self.get(render_path(path))) is Unknown or NULL_EXPRESSION in said
        if any(one is not UNSAID and one != NULL_EXPRESSION for one in said):
            return False
        return not self._graph.is_written(self._node, tuple(step for step in path if isinstance(step, str)))

    def is_given(self, path: Path) -> bool | None:
        """Whether a value that is not known yet is certain to be there, or certain not to be; None: nobody can say.

        One that the configuration takes from the arn, id or name of another resource is there, and so is one that
        comes from nothing but a function that differs each time, such as `timestamp()`. One that it does not set is
        not, whatever the provider fills in.
        """
        if self.snapshot == BEFORE or not path:
            return None
        if self.is_unset(path):
            return False
        block = self._node.block
        if block is not None and block.said_at(path, self.values) == [{}]:
            return True
        return True if self._graph.is_named(self._node, path, self.values) else None

    def is_set(self, path: str) -> bool:
        """Whether somebody gave a value: it is neither null nor empty. Works for a name that is known after apply.

        :raises Undetermined: when it is not known, and may turn out to be null
        """
        value = self.get(path)
        if type(value) is not Unknown:
            return bool(value) or value == 0
        given = self.is_given(path_of(value))
        return bool(value) if given is None else given

    def in_other_snapshot(self) -> Resource | None:
        """The same resource before, when this is after, and the other way round; None where it is not there."""
        other = BEFORE if self.snapshot == AFTER else AFTER
        return self._graph.view(self._node, other) if self._graph.is_in(self._node, other) else None

    @property
    def stays(self) -> bool:
        """Whether it goes on existing, managed or forgotten."""
        return self._node.in_after or self._node.forgotten

    def may_refer_to(self, kind: str, *, via: str) -> bool:
        """Whether an attribute refers to a resource of a type, even where it is open to which instance."""
        return self._graph.may_refer(self, kind, via)

    def comes_from(self, path: str) -> tuple[str, ...]:
        """The addresses that the value at a path comes from, by the configuration; its own where it is computed."""
        return self._graph.sources_of(self._node, steps_of(path))

    def blocks(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each block at a path, with its own path: ``for path, rule in group.blocks("ingress")``.

        Dots go into nested blocks: ``blocks("rule.filter")`` gives every filter of every rule. Blocks without an
        unknown inside come first; one that is wholly unknown raises Undetermined at the end.
        """
        for steps, block in _blocks(self.values, (), list(steps_of(path))):
            yield render_path(steps), block

    def json(self, path: str) -> Any:
        """The JSON document that a string attribute holds (an IAM policy, say), decoded once.

        :returns: the document; None where the attribute is missing, null or empty
        :raises Undetermined: when the string is not known yet
        :raises ValueError: when the string is no JSON
        """
        if self._documents is None:
            self._documents = {}
        if path not in self._documents:
            text = self.get(path)
            if type(text) is Unknown:
                bool(text)
            document = _parse_document(text) if text else None
            self._documents[path] = wrap_sensitive(document, isinstance(text, SensitiveText))
        return self._documents[path]

    def recovered(self, path: str) -> Any | None:
        """The value at a path where the plan does not know it, or not all of it, as far as its source tells.

        A text has a symbol (``planguard.access.pattern``) for each value that is known only after apply, named after
        the instance and its attribute; elsewhere an Unknown stands for what nobody can say. A list with an Unknown in
        it may turn out to have any number of elements in that place. What the plan knows is handed on as it is.

        :returns: None where nothing can be told: without source, before the apply, or for what no block sets
        :raises SourceError: a file of the source cannot be read or parsed
        """
        value = self.get(path)
        return self._recover(path, decoded=False) if has_unknown(value) else value

    def recovered_json(self, path: str) -> Any | None:
        """The JSON document that a text holds, decoded, as far as the source tells; see :meth:`recovered`.

        What ``jsonencode`` or ``aws_iam_policy_document`` was given of unknown structure is an Unknown in its place.

        :returns: None where nothing can be told
        :raises SourceError: a file of the source cannot be read or parsed
        :raises ValueError: when the plan knows the string, and it is no JSON
        """
        return self._recover(path, decoded=True) if has_unknown(self.get(path)) else self.json(path)

    def _recover(self, path: str, *, decoded: bool) -> Any:
        if self._recovered is None:
            self._recovered = {}
        asked = (path, decoded)
        self._graph.touched_change = True  # its answer rests on whatever it refers to
        if asked not in self._recovered:
            self._recovered[asked] = self._graph.recovered(self, steps_of(path), decoded=decoded)
        return self._recovered[asked]

    def shared(self, work: Callable[[Resource], Iterable[Found]]) -> Iterable[Found]:
        """What a function finds in this resource, worked out once for all rules that ask.

        :param work: a function of this resource alone, defined in a module; what it gives must not be changed
        :returns: what it gives; where an unknown stops it, that comes after what it had found before
        """
        kept = self._shared.get(work)
        if kept is None:
            graph = self._graph
            before, graph.touched_change = graph.touched_change, False
            found: list[Found] = []
            try:
                found.extend(work(self))
            except Undetermined as stopped:
                # Asked again, it may come further: the engine puts off what stopped it.
                graph.touched_change = graph.touched_change or before
                return _then_stopped(found, stopped)
            kept = self._shared[work] = (found, graph.touched_change)
            graph.touched_change = before
        if kept[1]:
            self._graph.touched_change = True
        return kept[0]

    def references(self, kind: str | None = None, *, via: str | None = None) -> list[Resource]:
        """The resources that this one refers to, in order of address.

        :param kind: only those of this resource type (``data.aws_x`` for data sources)
        :param via: only those that this attribute refers to; works where its value is unknown, too
        :returns: those that are certain; a list that raises Undetermined at its end, or when it is empty and
            tested, where the plan does not say which of several is meant
        """
        return self._graph.neighbours(self, kind, via, forward=True)

    def referrers(self, kind: str | None = None, *, via: str | None = None) -> list[Resource]:
        """The resources that refer to this one, in order of address; parameters as for :meth:`references`."""
        return self._graph.neighbours(self, kind, via, forward=False)

    def unsettled(self, kind: str, *, via: str) -> list[Resource]:
        """The resources of a type of which nobody can say yet whom they refer to through an attribute."""
        return self._graph.unsettled(kind, via, self.snapshot)

    def others(self, kind: str, **where: Any) -> list[Resource]:
        """All resources of a type in the same snapshot.

        :param where: only those whose attributes have these values (texts are compared without case); found by an
            index, so that asking from every resource of a type stays cheap
        :raises Undetermined: when a value to compare with is unknown; at the end of the list, when one of the
            resources may be meant and its attribute is not known yet
        """
        if not where:
            return self._graph.resources(kind, self.snapshot)
        for value in where.values():
            if type(value) is Unknown:
                bool(value)
        found, open_ = self._graph.resources_where(kind, self.snapshot, where)
        others = [one for one in open_ if one is not self]
        why = (
            Undetermined((next(iter(where)),), others[0], (), f"it may belong to {self.address}") if others else None
        )
        return Neighbours(found, why)

    @property
    def tags(self) -> dict[str, Any]:
        """Tags or labels, the provider's default ones included where the plan shows them."""
        found: dict[str, Any] = {}
        for attribute in ("labels", "tags", "effective_labels", "tags_all"):
            value = self.values.get(attribute)
            if type(value) is dict:
                found.update(value)
        return found

    @property
    def account(self) -> str:
        """The account, project or subscription that it is in, empty where the plan does not tell.

        :raises Undetermined: when the attribute that says so is not known yet
        """
        return account_of(self)[1]

    @property
    def environment(self) -> Environment | None:
        """The environment that it belongs to: by its account, its own tags, its module, else the plan's."""
        environments = self._graph.environments
        if not environments.all:
            return None
        return self._told(environments) or self._graph.environment

    @property
    def environments(self) -> Environments:
        """The environments that policy defines, to ask which one an account, a range or a name belongs to."""
        return self._graph.environments

    @property
    def plan_environment(self) -> Environment | None:
        """The environment that the plan is for."""
        return self._graph.environment

    def _told(self, environments: Environments) -> Environment | None:
        try:
            account = account_of(self)[1]
        except Undetermined:
            account = ""
        found = environments.of_account(account) if account else None
        return found or environments.of_tags(self.tags) or environments.of_module(self.module)

    @property
    def is_taggable(self) -> bool:
        """Whether its type takes tags or labels."""
        values: Any = self.values
        if type(values) is Unknown:
            return True  # it may: whoever asks for them learns that they are not known
        return any(attribute in values for attribute in ("tags", "labels", "tags_all", "effective_labels"))


def _then_stopped(found: list[Found], stopped: Undetermined) -> Iterator[Found]:
    yield from found
    raise stopped


class Neighbours(list[Resource]):
    """Certain neighbours; where others are possible, asking for more than those raises Undetermined."""

    __slots__ = ("why",)

    def __init__(self, items: list[Resource], why: Undetermined | None) -> None:
        super().__init__(items)
        self.why = why

    def __iter__(self) -> Iterator[Resource]:
        yield from list.__iter__(self)
        if self.why is not None:
            raise self.why

    def __bool__(self) -> bool:
        if not list.__len__(self) and self.why is not None:
            raise self.why
        return list.__len__(self) > 0

    def __len__(self) -> int:
        if self.why is not None:
            raise self.why
        return list.__len__(self)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Neighbours(list.__getitem__(self, index), self.why)
        if self.why is not None and not list.__len__(self):
            raise self.why
        return list.__getitem__(self, index)

    def __contains__(self, one: object) -> bool:
        return any(one == found for found in self)

    def __add__(self, others: Any) -> Neighbours:  # type: ignore[override]
        return Neighbours([*list.__iter__(self), *list.__iter__(others)], self.why or getattr(others, "why", None))

    def __radd__(self, others: list[Resource]) -> Neighbours:
        return Neighbours([*others, *list.__iter__(self)], self.why)

    def __eq__(self, other: object) -> bool:
        if self.why is not None:
            raise self.why
        return list.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __reversed__(self) -> Iterator[Resource]:
        return iter(Neighbours(list.__getitem__(self, slice(None, None, -1)), self.why))

    def copy(self) -> Neighbours:
        return Neighbours([*list.__iter__(self)], self.why)

    __hash__ = None


def _below(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step, _MISSING) if isinstance(step, str) else _MISSING
    if isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
        return list.__getitem__(value, step)
    return _MISSING


def _blocks(value: Any, path: Path, names: list[str | int]) -> Iterator[tuple[Path, dict[str, Any]]]:
    if type(value) is Unknown:
        raise Undetermined(path, origin_of(value))
    if isinstance(value, list):
        order, wholly = value.in_order() if isinstance(value, PartialList) else (range(len(value)), ())
        for index in order:
            yield from _blocks(list.__getitem__(value, index), (*path, index), names)
        if wholly:
            raise Undetermined((*path, wholly[0]), value.origin if isinstance(value, PartialList) else None)
    elif isinstance(value, dict):
        if names:
            yield from _blocks(value.get(str(names[0])), (*path, names[0]), names[1:])
        else:
            yield path, value


def _parse_document(text: Any) -> Any:
    import msgspec

    if not isinstance(text, str):
        return text
    try:
        return msgspec.json.decode(str.__str__(text) if type(text) is str else "".join(text))
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("the string is no JSON document") from None
