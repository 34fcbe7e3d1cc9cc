"""Blocks of a configuration, and where their parts stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planguard.plan.likeness import blocks_of_elements, may_make
from planguard.plan.source.facts import BlockFacts, Place
from planguard.plan.source.grammar import Lines


@dataclass(frozen=True)
class Block:
    """A resource, data source, module call, output, variable or local.

    :ivar kind: ``resource``, ``data``, ``module``, ``output``, … or ``local``
    :ivar labels: type and name, or name alone
    :ivar file: path from the root folder, with ``/``
    :ivar line: first line, None in .tf.json
    :ivar end_line: last line, None in .tf.json
    :ivar dynamic_references: references in its ``dynamic`` blocks, which plan JSON leaves out altogether
    """

    kind: str
    labels: tuple[str, ...]
    file: str
    line: int | None
    end_line: int | None
    dynamic_references: tuple[str, ...] = ()
    _places: tuple[Place, ...] = ()

    def attribute_line(self, path: tuple[str | int, ...], values: Any = None) -> Lines | None:
        """First and last line of what stands at a path, as exactly as the source tells.

        ``("ingress", 0, "cidr_blocks")`` is the attribute in the first ``ingress`` block. Where the path leads on
        into a value, the attribute that holds the value is meant; where it leads into a ``dynamic`` block, that
        block; where the attribute is not written, the nested block that would hold it.

        Terraform sorts blocks that make a set. Where the values of the plan are given, the block that has made an
        element is found by the literals in it, and where that cannot be told, what encloses the block is meant.
        Without values, the index counts blocks as they are written.

        :param values: the object that the path leads into, as the plan has it
        :return: None where not even the first step is written, or nobody can say which block is meant
        """
        here, best, at = 0, None, 0
        while at < len(path) and self._places:
            name = path[at]
            at += 1
            if not isinstance(name, str):
                continue
            if (lines := self._places[here].attributes.get(name)) is not None:
                return lines
            index = path[at] if at < len(path) else None
            below = _below(values, name)
            if isinstance(index, int):
                nested = self._made(here, name, index, below)
                values = _below(below, index)
            else:
                nested = self._nested(here, name, 0)
                values = _below(below, 0) if isinstance(below, list) else below
            if nested is None:
                return best
            here, best = nested, self._places[nested].lines
            if self._places[nested].dynamic:
                return best
        return best

    def writes(self, names: tuple[str, ...]) -> bool:
        """Whether a ``dynamic`` block may set an attribute, or make the block that would hold it.

        What is written without one stands in the plan's configuration.

        :param names: attribute names without indexes, ``("settings", "tier")``
        """
        here = {0} if self._places else set()
        for name in names:
            here = {n for n, place in enumerate(self._places) if place.parent in here and place.name == name}
            if any(self._places[at].dynamic for at in here):
                return True
        return False

    def _made(self, parent: int, name: str, index: int, elements: Any) -> int | None:
        """The place of the block that has made an element; None where that cannot be told."""
        if not isinstance(elements, list) or not 0 <= index < len(elements):
            return self._nested(parent, name, index)
        places = [n for n, one in enumerate(self._places) if one.parent == parent and one.name == name]
        if len(places) < 2:
            return places[0] if places else None
        literals = [self._places[n].literals for n in places]
        if not any(self._places[n].dynamic for n in places):
            fitting = sorted(blocks_of_elements(literals, elements)[index])
        else:
            fitting = [n for n, one in enumerate(literals) if may_make(one, elements[index])]
        if len(fitting) == 1:
            return places[fitting[0]]
        plain = [places[n] for n in fitting if literals[n].keys() == self._places[places[n]].attributes.keys()]
        if len(plain) == 1 and self._places[plain[0]].literals:
            return plain[0]
        return self._nested(parent, name, index) if len(fitting) == len(elements) else None

    def _nested(self, parent: int, name: str, index: int) -> int | None:
        """The place of the nested block with this index; a dynamic block makes any number of them."""
        for number, place in enumerate(self._places):
            if place.parent == parent and place.name == name:
                if place.dynamic or index == 0:
                    return number
                index -= 1
        return None


def _below(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step) if isinstance(step, str) else None
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None


def block_in(file: str, facts: BlockFacts) -> Block:
    """A block as it stands in this file."""
    line, end_line = facts.places[0].lines if facts.places else (None, None)
    return Block(
        facts.kind,
        facts.labels,
        file,
        line,
        end_line,
        tuple(facts.dynamic_references),
        tuple(facts.places),
    )
