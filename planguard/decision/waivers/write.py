"""The file of a waiver, as text: keys in their order, one waiver a file, made to be read in a review."""

from __future__ import annotations

from typing import Any

_NUMERIC = frozenset("0123456789+-.")
HEAD = """\
# A waiver: it excuses the violations that it names, in the plan that it is bound to, until it expires.
# Whoever approves it signs everything here but `approvals`: `planguard waiver sign FILE --as NAME --role ROLE`.
# Any change ends every signature. `planguard waiver check FILE` tells what it still needs.
"""
FIELDS = (
    "apiVersion",
    "kind",
    "id",
    "rules",
    "addresses",
    "binding",
    "environment",
    "project",
    "workspace",
    "owner",
    "requester",
    "reason",
    "compensating_controls",
    "ticket",
    "created",
    "not_before",
    "expires",
    "renews",
    "revoked",
    "approvals",
)


def render_waiver(body: dict[str, Any], approvals: list[dict[str, Any]]) -> str:
    """The text of a waiver's file.

    :param body: every field but the approvals
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        """Texts of several lines as blocks, lists indented."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def text(dumper: Any, value: str) -> Any:
        # What looks like a number in YAML 1.2, and not in the version that is written here, is quoted as well.
        style = "|" if "\n" in value else "'" if value[:1] in _NUMERIC else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    content = {**body, "approvals": approvals}
    ordered = {name: content[name] for name in FIELDS if name in content}
    return HEAD + yaml.dump(ordered, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
