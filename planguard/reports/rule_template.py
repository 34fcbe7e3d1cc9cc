"""A rule to begin with: it loads, and its good example fails until somebody has said what the rule means."""

from __future__ import annotations

from textwrap import indent

from planguard.schema import Attribute, resource_kinds, resource_schema

_PREFIXES = {"azure": "azurerm"}
_SAMPLE = {"name": '"example"', "bucket": '"example"', "location": '"westeurope"', "resource_group_name": '"example"'}


def guessed_type(identity: str) -> str:
    """The resource type that an id speaks of: the longest that its first words spell, or one of the provider's."""
    words = identity.split("-")
    words[0] = _PREFIXES.get(words[0], words[0])
    kinds = resource_kinds()
    for length in range(len(words), 1, -1):
        kind = "_".join(words[:length])
        if kind in kinds:
            return kind
    return "aws_sqs_queue"


def render_template(identity: str, *, form: str, resource: str, domain: str, severity: str) -> str:
    """The text of a new rule.

    :param form: ``yaml`` or ``python``
    :param resource: the resource type that it judges
    """
    example = _example(resource)
    template = _YAML if form == "yaml" else _PYTHON
    return template.format(
        id=identity,
        function=identity.replace("-", "_"),
        resource=resource,
        domain=domain,
        severity=severity,
        attribute=_attribute(resource),
        yaml_example=indent(example, "    "),
        python_example=indent(example, "            "),
    )


def _attribute(resource: str) -> str:
    """An attribute that a first condition may ask about: a switch, if the type has one."""
    schema = resource_schema(resource)
    plain = [
        name for name, one in (schema.attributes if schema is not None else {}).items() if one.base and not one.open
    ]
    likely = [name for name in plain if name.endswith(("_enabled", "encrypted"))]
    return next(iter([*likely, *(name for name in plain if name != "id"), "id"]))


def _example(resource: str) -> str:
    """A block of the type with the attributes that it cannot do without."""
    schema = resource_schema(resource)
    needed = {name: one for name, one in schema.attributes.items() if one.required} if schema is not None else {}
    lines = [f'resource "{resource}" "example" {{']
    width = max((len(name) for name in needed), default=0)
    lines += [f"  {name:<{width}} = {_sample(name, one)}" for name, one in needed.items()]
    return "\n".join([*lines, "}"])


def _sample(name: str, attribute: Attribute) -> str:
    if attribute.open:
        return "{}"
    return _SAMPLE.get(name, '"example"')


_YAML = """\
# `planguard rules test FOLDER` runs the examples below. The good one fails until the condition says what must hold.
id: {id}
title: Say in one line what is wrong
why: >
  Say who gains what from it: an attacker, or an outage.
fix: >
  Name the attribute and the value that put it right.
domain: {domain}
severity: {severity}
resources: [{resource}]
# JMESPath, and what must hold: `retention >= $days`, `is_set(kms_key_id)`, `!contains(cidr_blocks, '0.0.0.0/0')`.
condition: {attribute} == 'replace this'
message: say what is wrong here, with a value such as {{{attribute}}}
bad:
  say what is special about it: |
{yaml_example}
good:
  say what is special about it: |
{yaml_example}
"""

_PYTHON = '''\
"""Say in one line what the rules of this file are about."""

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation


# `planguard rules test FOLDER` runs the examples below. The good one fails until the rule says what is wrong.
@rule(
    id="{id}",
    severity="{severity}",
    domain="{domain}",
    resources=["{resource}"],
    bad={{
        "say what is special about it": """
{python_example}
        """,
    }},
    good={{
        "say what is special about it": """
{python_example}
        """,
    }},
)
def {function}(resource: Resource) -> Iterator[Violation]:
    """Say in one line what is wrong.

    Say who gains what from it: an attacker, or an outage.

    Name the attribute and the value that put it right.
    """
    if resource.get("{attribute}") != "replace this":
        yield violation("{attribute}", "say what is wrong here")
'''
