"""Values of instances where a plan is at hand: what the plan knows, and for the rest what the source says of it.

What neither knows becomes symbolic: a value by the name of its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from planguard.plan.address import Key, ModulePath
from planguard.plan.sensitive import SensitiveInteger, SensitiveNumber, SensitiveText
from planguard.plan.source.evaluation.binding import GOOGLE_PARTS, NO_GOOGLE_DOCUMENT, google_document
from planguard.plan.source.evaluation.body import object_of
from planguard.plan.source.evaluation.expression import evaluate_or_unknown
from planguard.plan.source.evaluation.partner import partners_of
from planguard.plan.source.evaluation.policy import DOCUMENT_PARTS, NO_DOCUMENT
from planguard.plan.source.evaluation.statement import document_with_unknown
from planguard.plan.source.evaluation.symbol import Symbol, named
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    Marked,
    NoValueError,
    OpenObject,
    has_marks,
    marked,
    plain,
    unmarked,
    whole,
)
from planguard.plan.source.syntax import Section
from planguard.plan.unknown import has_unknown, is_unknown

if TYPE_CHECKING:
    from planguard.plan.source.evaluation.module import Module


class Planned(Protocol):
    """What a plan tells of the instances of a configuration, as they will be after the apply."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """The values of the root module's variables."""

    def keys(self, module: ModulePath, name: str) -> Sequence[Key]:
        """The instances of ``aws_vpc.main``, ``data.aws_ami.this`` or ``module.<call>``; none where it has none."""

    def values(self, module: ModulePath, name: str, key: Key) -> Mapping[str, Any] | None:
        """The values of an instance, with an ``Unknown`` for each that is not known yet; None where it has none."""


_NOTHING: Any = object()


def attribute_after(module: Module, name: str, section: Section, key: Key, attribute: str) -> Any:
    """The value of an attribute of one instance.

    :raises NoValueError: the type has no such attribute
    """
    compute = lambda: _attribute(module, name, section, key, attribute)  # noqa: E731
    return module._once(f"{name}.{attribute}", repr(key), compute)


def object_after(module: Module, name: str, section: Section, key: Key) -> Any:
    """All that is known of one instance, and the names of what is not."""
    return module._once(name, repr(key), lambda: _object(module, name, section, key))


def _object(module: Module, name: str, section: Section, key: Key) -> Any:
    values = _values(module, name, key)
    names = dict.fromkeys([*(values or ()), *written_names(section)])
    found = {one: attribute_after(module, name, section, key, one) for one in names}
    return found if values is not None else OpenObject(found)


def written_names(section: Section) -> list[str]:
    """What a block sets: its arguments and nested blocks, those that ``dynamic`` makes included."""
    nested = [one.labels[0] if one.kind == "dynamic" and one.labels else one.kind for one in section.sections]
    return list(dict.fromkeys([*section.arguments, *nested]))


def symbol_of(module: Module, name: str, key: Key, attribute: str) -> Symbol:
    """What stands for an attribute that is not known yet."""
    from planguard.plan.source.planned.address import rendered_key

    kind = name.rpartition(".")[0]
    return Symbol(f"{module.prefix}{name}{rendered_key(key)}.{attribute}", kind, (attribute,))


def _values(module: Module, name: str, key: Key) -> Mapping[str, Any] | None:
    planned = module.evaluation.planned
    found = planned.values(module.path, name, key) if planned is not None else None
    return None if is_unknown(found) else found


def _attribute(module: Module, name: str, section: Section, key: Key, attribute: str) -> Any:
    values = _values(module, name, key)
    symbol = symbol_of(module, name, key, attribute)
    if values is None:
        found = _written(module, name, section, key, attribute)
        return named(symbol) if unmarked(found) in (None, UNKNOWN, _NOTHING) else found
    planned = values.get(attribute, _NOTHING)
    if planned is _NOTHING:
        found = _written(module, name, section, key, attribute)
        return UNKNOWN if found is _NOTHING else found
    if not has_unknown(planned):
        return _known(planned)
    found = _written(module, name, section, key, attribute)
    return _completed(planned, UNKNOWN if found is _NOTHING else found, symbol)


# --- what the source says ------------------------------------------------------------------------------------------


def _written(module: Module, name: str, section: Section, key: Key, attribute: str) -> Any:
    """What the block says of an attribute, evaluated; a mark of its own where it says nothing."""
    if is_made_of_blocks(section, attribute):
        return _document(module, name, section, key)[attribute]
    names = module.repetition(name, section).instances.get(key)
    if names is None:
        return UNKNOWN  # the source has no such instance: it is not the plan's
    scope = module.scope.within(names)
    nested = [one for one in section.sections if attribute in (one.kind, *one.labels[:1])]
    if not section.json and not nested:
        argument = section.arguments.get(attribute)
        return evaluate_or_unknown(argument.expression, scope) if argument is not None else _NOTHING
    wanted = {one: argument for one, argument in section.arguments.items() if one in (attribute, "dynamic")}
    part = Section(section.kind, section.labels, wanted, nested, section.line, section.json)
    return object_of(part, scope, None).get(attribute, _NOTHING)


def is_made_of_blocks(section: Section, attribute: str) -> bool:
    """Whether a data source makes an attribute of its own blocks, so that nothing has to be read for it."""
    made = _MADE.get(section.labels[0]) if section.kind == "data" else None
    return made is not None and attribute in made[2]


_MADE: Mapping[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], Mapping[str, Any]], Mapping[str, Any]]] = {
    "aws_iam_policy_document": (DOCUMENT_PARTS, document_with_unknown, NO_DOCUMENT),
    "google_iam_policy": (GOOGLE_PARTS, google_document, NO_GOOGLE_DOCUMENT),
}
"""What each is made of, how, and what it gives where that fails."""


def _document(module: Module, name: str, section: Section, key: Key) -> Mapping[str, Any]:
    """What a data source makes of its own blocks."""
    parts, make, nothing = _MADE[section.labels[0]]
    written = written_names(section)
    if section.json and "dynamic" in written:
        written += parts
    values = {one: attribute_after(module, name, section, key, one) for one in parts if one in written}
    try:
        found = make(plain(values))
    except (NoValueError, KeyError, TypeError, AttributeError):
        return nothing
    return {one: marked(value) for one, value in found.items()} if has_marks(values) else found


# --- both together -------------------------------------------------------------------------------------------------


def _known(value: Any) -> Any:
    """A value of the plan as expressions see it, sensitive ones marked."""
    kind = type(value)
    if kind is SensitiveText:
        return Marked(str.__str__(value))
    if kind is SensitiveInteger:
        return Marked(int.__int__(value))
    if kind is SensitiveNumber:
        return Marked(whole(float.__float__(value)))
    if kind is float:
        return whole(value)
    if kind is dict:
        return {str.__str__(name): _known(inner) for name, inner in value.items()}
    if kind is list:
        return [_known(inner) for inner in value]
    return value


def _completed(planned: Any, found: Any, symbol: Symbol) -> Any:
    """A value of the plan, with what it does not know taken from the source.

    :param found: what the source says in the same place
    """
    if is_unknown(planned):
        return named(symbol) if unmarked(found) is None or unmarked(found) is UNKNOWN else found
    if type(found) is Marked:
        return marked(_completed(planned, found.value, symbol))
    if isinstance(planned, dict):
        inner = found if isinstance(found, dict) else {}
        return {
            name: _completed(value, inner.get(name, UNKNOWN), symbol.below(name)) for name, value in planned.items()
        }
    if isinstance(planned, list):
        items = list(list.__iter__(planned))
        partners = partners_of(items, [found] if isinstance(found, dict) else found, ordered=symbol.is_list)
        return [
            _completed(item, partner, symbol.below(n))
            for n, (item, partner) in enumerate(zip(items, partners, strict=True))
        ]
    return _known(planned)
