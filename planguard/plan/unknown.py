"""Values that Terraform will know only after apply.

An :class:`Unknown` stands where the plan has no value yet. Whoever tests, compares, iterates or formats it gets
:class:`Undetermined`, which the engine turns into an *undetermined* finding: a rule that is written as if every
value were known can so never mistake "not known yet" for an answer.

Source: Terraform's ``internal/command/jsonplan`` (``omitUnknowns``, ``unknownAsBool``): an unknown attribute is
left out of ``after`` and is ``true`` in ``after_unknown``; an unknown element of a list is ``null`` in ``after``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, Protocol

Step = str | int
Path = tuple[Step, ...]


def render_path(path: Path) -> str:
    """A path of attribute names, map keys and indexes as Terraform would write it: ``ingress[0].cidr_blocks``."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif step.replace("_", "a").replace("-", "a").isalnum():
            parts.append(f".{step}" if parts else step)
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts)


class Origin(Protocol):
    """Where an unknown value stands: enough to name it, and to put list elements off (see PartialList)."""

    @property
    def address(self) -> str: ...

    @property
    def put_off(self) -> list[Path]: ...

    def is_given(self, path: Path) -> bool | None:
        """Whether an unknown value at a path is certain to be there; None where nobody can say."""
        ...


class Undetermined(BaseException):
    """A rule needs a value that is not known before apply.

    :ivar path: where the value stands in its resource
    :ivar origin: the resource, or None where the unknown is not an attribute (an ambiguous reference, say)
    :ivar known_after: addresses that the value will come from, where the raiser knows them already
    """

    def __init__(
        self, path: Path, origin: Origin | None = None, known_after: tuple[str, ...] = (), why: str = ""
    ) -> None:
        super().__init__(render_path(path))
        self.path = path
        self.origin = origin
        self.known_after = known_after
        self.why = why


class Unknown:
    """One value that is not known yet. It has a place, and nothing else can be asked of it.

    ``unknown["x"]``, ``unknown[0]`` and ``unknown.get("x")`` give the unknown below it; everything else raises
    :class:`Undetermined`, ``isinstance`` included (through ``__class__``). ``is None`` cannot be intercepted;
    the loader of rules refuses it.
    """

    __slots__ = ("_origin", "_path")

    def __init__(self, path: Path = (), origin: Origin | None = None) -> None:
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_origin", origin)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise Undetermined(path_of(self), origin_of(self))

    def __getitem__(self, step: Step) -> Unknown:
        return Unknown((*path_of(self), step), origin_of(self))

    def get(self, step: Step, default: object = None) -> Unknown:
        return self[step]

    def __getattr__(self, name: str) -> NoReturn:
        # Python itself probes for dunder names (copy, pickle, inspect); those are no reads of the value.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise Undetermined(path_of(self), origin_of(self))

    def __repr__(self) -> str:
        return f"Unknown({render_path(path_of(self))!r})"

    def __deepcopy__(self, memo: dict[int, object]) -> Unknown:
        return self

    def __copy__(self) -> Unknown:
        return self

    @property  # type: ignore[misc]
    def __class__(self) -> NoReturn:  # type: ignore[override]
        raise Undetermined(path_of(self), origin_of(self))

    __bool__ = _refuse
    __eq__ = _refuse
    __ne__ = _refuse
    __lt__ = _refuse
    __le__ = _refuse
    __gt__ = _refuse
    __ge__ = _refuse
    __hash__ = _refuse
    __iter__ = _refuse
    __len__ = _refuse
    __contains__ = _refuse
    __str__ = _refuse
    __format__ = _refuse
    __int__ = _refuse
    __float__ = _refuse
    __index__ = _refuse
    __add__ = _refuse
    __radd__ = _refuse
    __sub__ = _refuse
    __rsub__ = _refuse
    __mul__ = _refuse
    __rmul__ = _refuse
    __mod__ = _refuse
    __rmod__ = _refuse
    __truediv__ = _refuse
    __rtruediv__ = _refuse
    __floordiv__ = _refuse
    __rfloordiv__ = _refuse
    __pow__ = _refuse
    __rpow__ = _refuse
    __divmod__ = _refuse
    __rdivmod__ = _refuse
    __and__ = _refuse
    __rand__ = _refuse
    __or__ = _refuse
    __ror__ = _refuse
    __xor__ = _refuse
    __rxor__ = _refuse
    __lshift__ = _refuse
    __rlshift__ = _refuse
    __rshift__ = _refuse
    __rrshift__ = _refuse
    __matmul__ = _refuse
    __rmatmul__ = _refuse
    __neg__ = _refuse
    __pos__ = _refuse
    __invert__ = _refuse
    __abs__ = _refuse
    __round__ = _refuse
    __trunc__ = _refuse
    __floor__ = _refuse
    __ceil__ = _refuse
    __complex__ = _refuse
    __bytes__ = _refuse
    __reversed__ = _refuse
    __next__ = _refuse
    __enter__ = _refuse
    __exit__ = _refuse
    __setitem__ = _refuse
    __delitem__ = _refuse
    __setattr__ = _refuse
    __call__ = _refuse


_slot_path = Unknown.__dict__["_path"].__get__
_slot_origin = Unknown.__dict__["_origin"].__get__


def is_unknown(value: object) -> bool:
    """Whether this very value is an :class:`Unknown` (asking never raises)."""
    return type(value) is Unknown


def path_of(unknown: Unknown) -> Path:
    """Where an unknown value stands in its resource."""
    path: Path = _slot_path(unknown)
    return path


def origin_of(unknown: Unknown) -> Origin | None:
    """The resource that an unknown value stands in."""
    origin: Origin | None = _slot_origin(unknown)
    return origin


def has_unknown(value: object) -> bool:
    """Whether an unknown stands anywhere in a value made of dicts, lists and leaves."""
    kind = type(value)
    if kind is Unknown or kind is PartialList:
        return True
    if kind is dict:
        return any(map(has_unknown, value.values()))  # type: ignore[attr-defined]
    if kind is list:
        return any(map(has_unknown, value))  # type: ignore[call-overload]
    return False


class PartialList(list[Any]):
    """A list with an unknown somewhere in it.

    Iteration gives the elements that are wholly known first, then those with an unknown inside, and raises
    :class:`Undetermined` at the end when an element is wholly unknown. So one open range beside an unknown one is
    a violation, and no violation beside an unknown one is undetermined.

    An element whose unknown part stopped a rule is *put off*: the engine runs the rule again with that element
    last, so that it cannot hide a violation in a later one. The order is all that changes; every element is still
    met, which keeps "none of them does X" just as sound.
    """

    __slots__ = ("origin", "path")

    def __init__(self, items: Iterable[Any], path: Path = (), origin: Origin | None = None) -> None:
        super().__init__(items)
        self.path = path
        self.origin = origin

    def in_order(self) -> tuple[list[int], list[int]]:
        """Indexes in the order of iteration, and those of the wholly unknown elements."""
        known: list[int] = []
        partly: list[int] = []
        wholly: list[int] = []
        for index, item in enumerate(list.__iter__(self)):
            if type(item) is Unknown:
                wholly.append(index)
            elif has_unknown(item):
                partly.append(index)
            else:
                known.append(index)
        put_off = self.origin.put_off if self.origin is not None else ()
        if put_off and len(partly) > 1:
            late = {path[-1]: rank for rank, path in enumerate(put_off) if path[:-1] == self.path}
            partly.sort(key=lambda index: late.get(index, -1))
        return known + partly, wholly

    def __iter__(self) -> Iterator[Any]:
        order, wholly = self.in_order()
        for index in order:
            yield list.__getitem__(self, index)
        if wholly:
            raise Undetermined((*self.path, wholly[0]), self.origin)

    def __contains__(self, wanted: object) -> bool:
        return any(item == wanted for item in self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        raise Undetermined(self.path, self.origin)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __deepcopy__(self, memo: dict[int, object]) -> PartialList:
        return self
