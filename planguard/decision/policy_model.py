"""The policy file as models. Every key is known or refused: a key that was meant and is not read would be a gate that
only seems to be shut. The JSON Schema of the file is made from these.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from planguard.engine.rule import DOMAINS, SEVERITIES
from planguard.plan.glob import is_pattern

_DURATION = re.compile(r"(\d{1,5})\s*([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_ACCOUNT = 12
"""Digits of an account of AWS."""
Severity = Literal["critical", "high", "medium", "low"]
Domain = Literal["identity", "network", "encryption", "logging", "baseline", "environment"]
Status = Literal["introduced", "inherited", "fixed", "undetermined"]
Effect = Literal["block", "warn", "observe"]
assert (Severity.__args__, Domain.__args__) == (SEVERITIES, DOMAINS)  # type: ignore[attr-defined]  # noqa: S101


def duration(text: str) -> timedelta:
    """``12h``, ``7d`` or ``2w`` as a length of time.

    :raises ValueError: for anything else
    """
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError(f"`{text}` is not a length of time; write `12h`, `7d` or `2w`")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _listed(value: Any) -> Any:
    """One value stands for a list of one."""
    return value if isinstance(value, list) or value is None else [value]


def _text(value: Any) -> Any:
    """An account id looks like a number, and is a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _texts(value: Any) -> Any:
    return [_text(one) for one in value] if isinstance(value, list) else [_text(value)]


def _is_duration(text: str) -> str:
    duration(text)
    return text


_Texts = Annotated[list[str | int], Field(min_length=1)] | str | int
_Severities = Annotated[list[Severity], Field(min_length=1)] | Severity
_Domains = Annotated[list[Domain], Field(min_length=1)] | Domain
_Statuses = Annotated[list[Status], Field(min_length=1)] | Status
Texts = Annotated[list[str], BeforeValidator(_texts, json_schema_input_type=_Texts), Field(min_length=1)]
Severities = Annotated[
    list[Severity], BeforeValidator(_listed, json_schema_input_type=_Severities), Field(min_length=1)
]
Domains = Annotated[list[Domain], BeforeValidator(_listed, json_schema_input_type=_Domains), Field(min_length=1)]
Statuses = Annotated[list[Status], BeforeValidator(_listed, json_schema_input_type=_Statuses), Field(min_length=1)]
Duration = Annotated[str, AfterValidator(_is_duration)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class RuleModel(_Part):
    """What is said of a rule, an alias or a domain."""

    enabled: bool | None = Field(default=None, description="Whether it runs.")
    severity: Severity | None = Field(default=None, description="Its severity from now on.")
    parameters: dict[str, bool | int | float | str | list[str]] = Field(
        default_factory=dict, description="Values by parameter; `planguard rules show ID` lists them."
    )


class EnvironmentModel(_Part):
    """By what an environment is known. The first environment of which a sign fits a plan is the plan's."""

    production: bool = Field(default=False, description="Whether others must not reach into it.")
    workspace: Texts | None = Field(default=None, description="Workspaces, with `*` and `?`.")
    project: Texts | None = Field(default=None, description="What `--project` says, with `*` and `?`.")
    variable: dict[str, Texts] | None = Field(default=None, description="Root variables: value by name.")
    tag: dict[str, Texts] | None = Field(default=None, description="Tags or labels of resources: value by key.")
    account: Texts | None = Field(default=None, description="Accounts, subscriptions or projects.")
    module: Texts | None = Field(default=None, description="Module addresses, with `*` and `?`.")
    network: Texts | None = Field(default=None, description="Its address ranges; rules on reaching across ask.")
    name: Texts | None = Field(default=None, description="Names of its resources, with `*`; rules ask.")

    @field_validator("account", mode="before")
    @classmethod
    def _are_accounts(cls, value: Any) -> Any:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, int) and not isinstance(one, bool) and len(str(one)) < _ACCOUNT:
                raise ValueError(f"`{one}` may have lost a zero in front; write account ids in quotes")
        return value

    @field_validator("network")
    @classmethod
    def _are_networks(cls, value: list[str] | None) -> list[str] | None:
        from ipaddress import ip_network

        for text in value or ():
            try:
                ip_network(text)
            except ValueError:
                raise ValueError(f"`{text}` is not an address range; write it as `10.0.0.0/16`") from None
        return value


class _Conditions(_Part):
    severity: Severities | None = Field(default=None, description="Any of these severities.")
    status: Statuses | None = Field(
        default=None, description="Any of these; undetermined findings only where `undetermined` is one of them."
    )
    domain: Domains | None = Field(default=None, description="Any of these domains.")
    environment: Texts | None = Field(default=None, description="A plan for any of these environments.")
    rule: Texts | None = Field(default=None, description="Ids of rules, or their names in other tools, with `*`.")
    type: Texts | None = Field(default=None, description="Resource types, with `*`.")
    address: Texts | None = Field(default=None, description="Addresses, with `*`.")
    owner: Texts | None = Field(default=None, description="Teams, with `*`.")
    undetermined: bool | None = Field(default=None, description="Only undetermined findings, or none of them.")


class GateModel(_Conditions):
    """What happens to the findings that fit all its conditions. The first gate that fits decides."""

    name: str = Field(min_length=1, description="How reports name it.")
    effect: Effect
    waivable: bool = Field(default=True, description="Whether a waiver may excuse what it blocks.")


class NotWaivableModel(_Conditions):
    """Findings that no waiver excuses."""

    @model_validator(mode="after")
    def _says_something(self) -> NotWaivableModel:
        if not self.model_fields_set:
            raise ValueError("no condition; name at least one, such as `severity: critical`")
        return self


class OwnerModel(_Part):
    """One service: its team, and by what its resources are known. Any of these is enough."""

    team: str = Field(min_length=1)
    address: Texts | None = Field(default=None, description="Addresses, with `*`.")
    module: Texts | None = Field(default=None, description="Module addresses, with `*`; modules inside count.")
    tag: dict[str, Texts] | None = Field(default=None, description="Tags or labels: value by key.")
    path: Texts | None = Field(default=None, description="Files that its blocks stand in, with `*`.")

    @model_validator(mode="after")
    def _says_something(self) -> OwnerModel:
        if self.model_fields_set <= {"team"}:
            raise ValueError(f"nothing tells what belongs to `{self.team}`; give address, module, tag or path")
        return self


class KeyModel(_Part):
    """A public key, with the time in which what it signs counts."""

    key: str
    valid_after: str | None = Field(default=None, description="RFC 3339.")
    valid_before: str | None = Field(default=None, description="RFC 3339.")


class IdentityModel(_Part):
    """Somebody who may approve waivers."""

    roles: Texts = Field(default_factory=list, description="What for.")
    teams: Texts = Field(default_factory=list, description="Whose violations they may approve as `owner`.")
    keys: list[str | KeyModel] = Field(default_factory=list, description="Their SSH public keys.")


class ApprovalModel(_Conditions):
    """What a waiver needs to excuse the findings that fit. The first that fits counts; where none does, none can."""

    name: str | None = Field(default=None, description="How reports name it.")
    roles: dict[str, Annotated[int, Field(ge=1, le=20)]] = Field(
        min_length=1, description="How many of which role must approve; `owner` is the team of the violation."
    )
    longest: Duration = Field(description="From creation to expiry, such as `7d`.")
    renewals: Annotated[int, Field(ge=0, le=100)] = Field(default=1, description="How often it may be renewed.")
    binding: Literal["plan", "change", "fingerprint"] = Field(
        default="plan", description="The weakest binding that counts."
    )
    signature: Literal["required", "optional"] = "required"


class PromotionModel(_Part):
    """What goes to an environment must have been decided in a lower one before."""

    environment: str
    source: Texts = Field(alias="from", description="The environments that count as lower ones.")
    differences: list[str] = Field(
        default_factory=list, description="Settings that may differ, as `type.attribute`, with `*`."
    )
    effect: Effect = "block"


class CheckModel(_Part):
    """Defaults for the options of `planguard check`."""

    format: Texts | None = None
    source: str | None = None
    env: str | None = None
    project: str | None = None
    workspace: str | None = None
    waivers: str | None = None
    jobs: Annotated[int, Field(ge=1)] | None = None
    only: Texts | None = None
    skip: Texts | None = None


class PolicyModel(_Part):
    """The whole file."""

    environments: dict[str, EnvironmentModel] = Field(default_factory=dict)
    gates: list[GateModel] = Field(default_factory=list)
    builtin_gates: bool = Field(default=True, description="Whether the built-in gates stand behind these.")
    mitigations: Literal["warn", "ignore"] = Field(
        default="warn", description="`warn`: what takes the edge off a violation makes it a warning at the most."
    )
    owners: list[OwnerModel] = Field(default_factory=list)
    identities: dict[str, IdentityModel] = Field(default_factory=dict)
    approvals: list[ApprovalModel] = Field(default_factory=list)
    not_waivable: list[NotWaivableModel] = Field(default_factory=list)
    promotion: list[PromotionModel] = Field(default_factory=list)
    rules: dict[str, RuleModel] = Field(default_factory=dict)
    packs: list[str] = Field(default_factory=list, description="Folders with rules, from the folder of this file.")
    check: CheckModel = Field(default_factory=CheckModel)

    @field_validator("identities")
    @classmethod
    def _are_somebody(cls, value: dict[str, IdentityModel]) -> dict[str, IdentityModel]:
        for name in value:
            if is_pattern(name) or name.startswith("!") or "," in name:
                raise ValueError(f"`{name}` stands for several people; name each one")
        return value
