"""``after`` overlaid with ``after_unknown`` and ``after_sensitive``: the values that a rule sees.

Source: Terraform's ``internal/command/jsonplan/plan.go`` (``omitUnknowns``, ``unknownAsBool``) and
``jsonstate/state.go`` (``SensitiveAsBool``). A path is unknown, or sensitive, when walking it in the mask meets a
literal ``true``; containers that are known appear in the masks as ``{}``, ``[{}]`` or ``[false, true]``.
"""

from __future__ import annotations

from typing import Any

from planguard.errors import PlanError
from planguard.plan.document import MaybeRaw, decode_value
from planguard.plan.sensitive import wrap_sensitive
from planguard.plan.unknown import Origin, PartialList, Path, Unknown

_TRUE = b"true"


def mask_of(raw: MaybeRaw, *, place: str) -> Any:
    """A decoded mask, or None when nothing in it is ``true`` (which the bytes tell without decoding)."""
    if not raw or _TRUE not in bytes(raw):
        return None
    return decode_value(raw, place=place)


def overlay_unknown(value: Any, mask: Any, path: Path, origin: Origin | None) -> Any:
    """Put an Unknown wherever the mask says true. Dicts and lists are changed in place where they can be.

    :param value: what ``after`` says at ``path``, freshly decoded
    :param mask: what ``after_unknown`` says there
    :returns: the value; a list with an unknown anywhere in it comes back as a PartialList
    """
    if mask is True:
        return Unknown(path, origin)
    if type(mask) is dict and mask:
        return _overlay_dict(value, mask, path, origin)
    if type(mask) is list and mask:
        return _overlay_list(value, mask, path, origin)
    return value


def _overlay_dict(value: Any, mask: dict[str, Any], path: Path, origin: Origin | None) -> Any:
    target = value if type(value) is dict else {}
    touched = target is value
    for key, below in mask.items():
        if below is True:
            target[key] = Unknown((*path, key), origin)
            touched = True
        elif below:
            found = overlay_unknown(target.get(key), below, (*path, key), origin)
            if found is not None or key in target:
                target[key] = found
                touched = True
    return target if touched else value


def _overlay_list(value: Any, mask: list[Any], path: Path, origin: Origin | None) -> Any:
    items = list(value) if type(value) is list else []
    partial = False
    for index, below in enumerate(mask):
        if not below or not _any_true(below):
            continue
        while len(items) <= index:
            items.append(None)
        items[index] = overlay_unknown(items[index], below, (*path, index), origin)
        partial = True
    return PartialList(items, path, origin) if partial else value


def _any_true(mask: Any) -> bool:
    if mask is True:
        return True
    if type(mask) is dict:
        return any(map(_any_true, mask.values()))
    if type(mask) is list:
        return any(map(_any_true, mask))
    return False


def values_of(raw: MaybeRaw, unknown: MaybeRaw, sensitive: MaybeRaw, origin: Origin | None, *, place: str) -> Any:
    """One object of a plan as plain values with Unknown leaves.

    :param raw: ``before`` or ``after``
    :param unknown: ``after_unknown``, or UNSET for a ``before``
    :param sensitive: ``before_sensitive`` or ``after_sensitive``
    :returns: a dict (empty where the plan says null), or an Unknown where the whole object is unknown
    :raises PlanError: when a part cannot be decoded
    """
    value = decode_value(raw, place=place)
    try:
        mask = mask_of(sensitive, place=place)
        if mask is not None:
            value = wrap_sensitive(value, mask)
        mask = mask_of(unknown, place=place)
        if mask is not None:
            value = overlay_unknown(value, mask, (), origin)
    except RecursionError:
        raise PlanError("a value is nested too deep", "no provider's is: was the plan edited?", place=place) from None
    if value is None:
        return {}
    if type(value) is not dict and type(value) is not Unknown:
        raise PlanError("the values of a resource are no object", "was the plan edited by hand?", place=place)
    return value
