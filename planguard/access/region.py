"""Boxes told to a person: in the patterns and conditions that somebody wrote, with one request as a witness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from planguard.access.atoms import bits_of
from planguard.access.boxes import ACTIONS, PRINCIPALS, RESOURCES, Box, Space
from planguard.access.condition import OPAQUE, PRESENCE, parse_predicate
from planguard.access.globs import common_patterns
from planguard.access.model import ANYTHING, AWS, AZURE, GOOGLE, KUBERNETES, Clause, Predicate, Region, Terms, Witness
from planguard.access.pattern import shown

_MOST_EXAMPLES = 3
_MOST_TRIES = 200
NOTHING_NAMED: Mapping[int, str] = {}


def tell_region(
    space: Space, box: Box, granting: Sequence[Clause], clauses: Sequence[Clause], *, is_certain: bool = True
) -> Region:
    """A box as a person reads it.

    :param granting: the clauses that it comes from
    :param clauses: all clauses at hand; their patterns and conditions serve to say what is cut off
    """
    return Region(
        principals=terms_of(space, PRINCIPALS, box, granting, clauses),
        actions=terms_of(space, ACTIONS, box, granting, clauses),
        resources=terms_of(space, RESOURCES, box, granting, clauses),
        predicates=conditions_of(space, box, granting, clauses),
        witness=witness_in(space, box),
        origins=tuple(sorted({clause.origin for clause in granting})),
        is_certain=is_certain,
    )


# -- terms ---------------------------------------------------------------------------------------------------------


Listed = tuple[str, ...]
"""One pattern, or a list of them where they are not told apart."""


def terms_of(space: Space, dimension: int, box: Box, granting: Sequence[Clause], clauses: Sequence[Clause]) -> Terms:
    """The patterns of one side of a box, and those that are cut off from them.

    Where no patterns at hand say it exactly, what is told is a little more than the box.
    """
    wanted = box[dimension]
    if wanted == space.full[dimension]:
        return Terms(ANYTHING)
    masks = _masks(space, dimension, (_sides(clause, dimension) for clause in clauses))
    own = _masks(space, dimension, (_sides(clause, dimension)[:1] for clause in granting))
    include = _cover(wanted, own)
    over = _union(own[each] for each in include) & ~wanted
    exclude: list[Listed] = []
    if over:
        outside = {each: mask & over for each, mask in masks.items() if mask & over and not mask & wanted}
        exclude = _cover(over, outside)
        over &= ~_union(outside[each] for each in exclude)
    if over:
        narrowed = _narrowed(include, wanted, over, masks)
        if dimension == ACTIONS and space.is_of_aws:
            narrowed = {each: mask for each, mask in narrowed.items() if all(text.count(":") < 2 for text in each)}
        include = list(narrowed)
        exclude = [each for each in exclude if masks[each] & _union(narrowed.values())]
    cut_off = {*chain(*exclude)}
    return Terms(tuple(sorted({*chain(*include)} - cut_off)), tuple(sorted(cut_off)))


def _masks(space: Space, dimension: int, sides: Iterable[tuple[Listed, ...]]) -> dict[Listed, int]:
    lists = dict.fromkeys(patterns for side in sides for patterns in side)
    return {each: mask for patterns in lists for each, mask in space.lists(dimension, patterns)}


def _sides(clause: Clause, dimension: int) -> tuple[Listed, Listed]:
    terms = (clause.actions, clause.resources, clause.principals)[dimension]
    return terms.include, terms.exclude


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _cover(wanted: int, masks: dict[Listed, int]) -> list[Listed]:
    """Some of the patterns that have together all that can be had of what is wanted, wide ones first."""
    found = []
    for each in sorted(masks, key=lambda each: (-(masks[each] & wanted).bit_count(), each)):
        if masks[each] & wanted:
            found.append(each)
            wanted &= ~masks[each]
    return found


def _narrowed(include: list[Listed], wanted: int, over: int, masks: dict[Listed, int]) -> dict[Listed, int]:
    """The same patterns, with those that reach too far replaced by what they have in common with others."""
    found: dict[Listed, int] = {}
    for each in include:
        mask = masks[each]
        others: dict[Listed, int] = {
            other: mask & with_ & wanted
            for other, with_ in masks.items()
            if len(other) == len(each) == 1 and mask & with_ & wanted and not mask & with_ & over
        }
        chosen = _cover(mask & wanted, others)[:_MOST_TRIES] if mask & over else []
        if not chosen or _union(others[other] for other in chosen) != mask & wanted:
            found[each] = mask
            continue
        for other in chosen:
            common = common_patterns(each[0], other[0])
            parts = [each] if common is None else [(part,) for part in common]
            found.update(dict.fromkeys(parts, mask if common is None else mask & masks[other]))
    return found


# -- conditions ----------------------------------------------------------------------------------------------------


def conditions_of(space: Space, box: Box, granting: Sequence[Clause], clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The conditions of a box, a line each, by key."""
    found: list[str] = []
    for place, key in enumerate(space.keys.values(), start=3):
        wanted = box[place]
        if wanted == key.full:
            continue
        own = _lines_about(space, place, granting)
        every = own + [line for line in _lines_about(space, place, clauses) if line not in own]
        lines = _lines(space, wanted, key.full, every)
        if lines is None:
            values = [key.value_of(at) for at in list(bits_of(wanted))[:_MOST_EXAMPLES]]
            lines = [f"{key.key} such as {' or '.join(map(_value_text, values))}"]
        found += lines
    return tuple(found)


def _lines_about(space: Space, place: int, clauses: Iterable[Clause]) -> list[Predicate]:
    lines = (line for clause in clauses for line in clause.predicates if space.place_of(line) == place)
    return list(dict.fromkeys(lines))


def _lines(space: Space, wanted: int, full: int, lines: list[Predicate]) -> list[str] | None:
    """Lines that hold together exactly where it is wanted, or None where there are none."""
    left, found = full, []
    for line in lines:
        mask = space.predicate(line)
        if not wanted & ~mask and left & ~mask:
            left &= mask
            found.append(line_text(line))
    for line in lines:
        mask = space.predicate(line)
        if not wanted & mask and left & mask:
            left &= ~mask
            found.append(line_text(line, is_negated=True))
    if left == wanted:
        return found
    either = [line for line in lines if not space.predicate(line) & ~wanted]
    if either and _union(map(space.predicate, either)) == wanted:
        return [" or ".join(map(line_text, either))]
    return None


def line_text(predicate: Predicate, *, is_negated: bool = False) -> str:
    """A line of a condition as a person reads it: ``aws:SourceIp IpAddress 10.0.0.0/8 or 192.168.0.0/16``."""
    values = " or ".join(shown(value) or '""' for value in predicate.values)
    test = parse_predicate(predicate)
    if test.kind == PRESENCE and test.when_absent != test.is_negated:
        return f"{predicate.key} is {'absent' if test.when_absent != is_negated else 'present'}"
    if test.kind == OPAQUE and not predicate.key:
        return f"not ({values})" if is_negated else values
    text = f"{predicate.key} {predicate.operator} {values}".rstrip()
    return f"not ({text})" if is_negated else text


def _value_text(value: str | list[str] | None) -> str:
    if value is None:
        return "absent"
    return shown(value) or '""' if isinstance(value, str) else "[" + ", ".join(map(shown, value)) + "]"


# -- witnesses -----------------------------------------------------------------------------------------------------


_SOMETHING = {
    AWS: (
        "iam:createuser", "s3:getobject", "ec2:runinstances", "s3:putobject", "sts:assumerole", "kms:decrypt",
        "secretsmanager:getsecretvalue", "dynamodb:getitem", "lambda:invokefunction", "sqs:sendmessage",
        "sns:publish",
    ),
    AZURE: (
        "microsoft.authorization/roleassignments/write", "microsoft.compute/virtualmachines/write",
        "microsoft.storage/storageaccounts/listkeys/action", "microsoft.resources/deployments/write",
        "data:microsoft.keyvault/vaults/secrets/getsecret/action", "data:microsoft.keyvault/vaults/secrets/get",
        "data:microsoft.storage/storageaccounts/blobservices/containers/blobs/read",
        "microsoft.resources/subscriptions/resourcegroups/read",
    ),
    GOOGLE: (
        "resourcemanager.projects.setIamPolicy", "iam.serviceAccounts.getAccessToken", "compute.instances.create",
        "storage.objects.get", "bigquery.tables.getData", "secretmanager.versions.access",
        "pubsub.topics.publish", "compute.networks.create", "storage.objects.list", "resourcemanager.projects.get",
    ),
    KUBERNETES: ("get:/secrets", "create:/pods", "get:/pods", "list:/pods"),
}  # fmt: skip
"""Actions that everybody knows, the most telling first."""
_SOMEBODY = ("AWS:arn:aws:iam::111122223333:user/x", "Service:x.amazonaws.com")


def witness_in(space: Space, box: Box, named: Mapping[int, str] = NOTHING_NAMED) -> Witness:
    """A request in a box: in each dimension the shortest text there is, or one that a person would write instead.

    :param named: texts that are asked for, by dimension; they are in the box
    """
    texts = [named.get(place) or space.texts[place].witnesses[_lowest(box[place])] for place in range(3)]
    context: dict[str, str | list[str]] = {}
    for place, key in enumerate(space.keys.values(), start=3):
        value = key.value_of(_lowest(box[place]))
        if value is not None:
            context[key.key] = value
    if ACTIONS not in named:
        texts[ACTIONS] = _action(space, box[ACTIONS], texts[ACTIONS])
    if space.is_of_aws:
        for place, candidates in ((RESOURCES, _arns(texts[ACTIONS])), (PRINCIPALS, _SOMEBODY)):
            if place not in named:
                texts[place] = _readable(space, place, box[place], texts[place], candidates)
    if space.texts[PRINCIPALS].full == 1 and PRINCIPALS not in named:
        texts[PRINCIPALS] = "*"
    return Witness(texts[PRINCIPALS], texts[ACTIONS], texts[RESOURCES], context)


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _arns(action: str) -> tuple[str, str]:
    """Names that resources of the service of an action might have."""
    service = action.partition(":")[0]
    return f"arn:aws:{service}:::x", f"arn:aws:{service}:us-east-1:111122223333:x"


def _action(space: Space, mask: int, text: str) -> str:
    """An action of the mask that there is, of the service of the text where it names one; else the text."""
    if not space.is_of_aws:
        return _first_in(space, ACTIONS, mask, _SOMETHING.get(space.provider, ())) or text
    from planguard.access.aws.catalogue import actions_of, is_action

    if is_action(text):
        return text
    service, colon, _ = text.partition(":")
    known = tuple(actions_of(service)) if colon else ()
    candidates = (*(one for one in _SOMETHING[AWS] if not known or one in known), *known)
    return _first_in(space, ACTIONS, mask, candidates) or text


def _readable(space: Space, dimension: int, mask: int, text: str, candidates: Iterable[str]) -> str:
    """A text of the mask that reads better: with a name where it ends in a colon, or another one."""
    if text.endswith((":", "/")):
        candidates = (text + ("user/x" if dimension == PRINCIPALS and text.endswith(":") else "x"),)
    elif ":" in text[2:]:
        return text
    return _first_in(space, dimension, mask, candidates) or text


def _first_in(space: Space, dimension: int, mask: int, candidates: Iterable[str]) -> str:
    for candidate in candidates:
        place = space.texts[dimension].place_of(candidate)
        if place is not None and mask >> place & 1:
            return candidate
    return ""
