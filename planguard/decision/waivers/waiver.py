"""A waiver as its file says it: what it excuses, for which plan, by whom, and until when."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from planguard.decision.time import parse_time
from planguard.decision.yaml_model import parsed, validated
from planguard.errors import WaiverFileError
from planguard.plan.canonical import canonical
from planguard.plan.glob import is_pattern

API_VERSION = "planguard.dev/v1"
LEAST_REASON = 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DIGESTS = {"plan": re.compile(r"pg1:[0-9a-f]{64}"), "change": re.compile(r"pg1c:[0-9a-f]{64}"),
            "fingerprint": re.compile(r"pg1f:[0-9a-f]{64}")}  # fmt: skip


def _is_time(text: str) -> str:
    parse_time(text)
    return text


Time = Annotated[str, AfterValidator(_is_time)]
Text = Annotated[str, Field(min_length=1, max_length=10_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BindingModel(_Part):
    """What a waiver is bound to: exactly one of these."""

    plan: str | None = None
    changes: list[str] | None = Field(default=None, min_length=1, max_length=10_000)
    fingerprints: list[str] | None = Field(default=None, min_length=1, max_length=10_000)

    @model_validator(mode="after")
    def _is_one(self) -> BindingModel:
        given = [name for name in ("plan", "changes", "fingerprints") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a waiver is bound to exactly one of plan, changes and fingerprints")
        for kind, values in (("plan", [self.plan]), ("change", self.changes), ("fingerprint", self.fingerprints)):
            for value in values or ():
                if value is not None and not _DIGESTS[kind].fullmatch(value):
                    raise ValueError(f"`{value[:80]}` is no {kind} digest; `planguard digest` prints them")
        return self


class RevokedModel(_Part):
    """That, when, by whom and why it was taken back."""

    at: Time
    by: Text
    reason: Text


class ApprovalModel(_Part):
    """One approval; where policy asks for it, with a signature over the waiver and these three."""

    by: Text
    role: Text
    at: Time
    signature: str | None = None


class WaiverModel(_Part):
    """The whole file. Every key must be there, and none other."""

    apiVersion: Literal["planguard.dev/v1"]  # noqa: N815 - the name in the file
    kind: Literal["Waiver"]
    id: str
    rules: list[Text] = Field(min_length=1, max_length=1000)
    addresses: list[Text] = Field(min_length=1, max_length=10_000)
    binding: BindingModel
    environment: str | None
    project: str | None
    workspace: str | None
    owner: Text
    requester: Text
    reason: Text
    compensating_controls: list[Text]
    ticket: str | None
    created: Time
    not_before: Time
    expires: Time
    renews: str | None
    revoked: RevokedModel | None
    approvals: list[ApprovalModel] = Field(max_length=100)

    @field_validator("id")
    @classmethod
    def _is_id(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"`{value[:80]}` is no id; letters, digits, `.`, `_` and `-`")
        return value

    @field_validator("rules")
    @classmethod
    def _are_rules(cls, value: list[str]) -> list[str]:
        for one in value:
            if is_pattern(one):
                raise ValueError(f"`{one}` stands for several rules; name each one")
        return value

    @field_validator("owner", "requester")
    @classmethod
    def _is_somebody(cls, value: str) -> str:
        if value.strip().upper().startswith("TODO"):
            raise ValueError("somebody has to be named")
        return value

    @field_validator("reason")
    @classmethod
    def _is_reason(cls, value: str) -> str:
        if value.strip().upper().startswith("TODO"):
            raise ValueError("the reason is still to be written")
        if len(value.strip()) < LEAST_REASON:
            raise ValueError(f"a reason has {LEAST_REASON} characters or more; say why the risk is accepted")
        return value

    @model_validator(mode="after")
    def _is_in_order(self) -> WaiverModel:
        created, begins, ends = map(parse_time, (self.created, self.not_before, self.expires))
        if ends <= begins:
            raise ValueError("it expires before it begins; `expires` must be later than `not_before`")
        if begins < created:
            raise ValueError("it begins before it was created; `not_before` must not be earlier than `created`")
        if self.renews == self.id:
            raise ValueError("it renews itself")
        return self


class Approval(msgspec.Struct, frozen=True):
    """One approval, as it stands in the file."""

    by: str
    role: str
    at: datetime
    at_text: str
    signature: str | None


class Waiver(msgspec.Struct, frozen=True):
    """One waiver.

    :ivar file: where it was read from
    :ivar binding: ``plan``, ``change`` or ``fingerprint``, and ``bound_to`` the digests
    :ivar body: what approvals sign: everything in the file but the approvals
    """

    file: str
    id: str
    rules: tuple[str, ...]
    addresses: tuple[str, ...]
    binding: str
    bound_to: frozenset[str]
    environment: str | None
    project: str | None
    workspace: str | None
    owner: str
    requester: str
    reason: str
    created: datetime
    not_before: datetime
    expires: datetime
    expires_text: str
    renews: str | None
    revoked: str | None
    approvals: tuple[Approval, ...]
    body: dict[str, Any]

    def payload(self, by: str, role: str, at: str) -> bytes:
        """The bytes that an approval signs: the waiver, and who approves it as what and when, canonically."""
        return payload_of(self.body, by, role, at)


def payload_of(body: dict[str, Any], by: str, role: str, at: str) -> bytes:
    """The canonical bytes of an approval (RFC 8785, as :mod:`planguard.plan.canonical` defines it)."""
    return canonical({"waiver": body, "approval": {"by": by, "role": role, "at": at}})


def parse_waiver(text: str, file: str) -> Waiver:
    """A waiver from the text of its file.

    :param file: how errors name it
    :raises WaiverFileError: when it does not say what a waiver says, naming file and line
    """
    document = parsed(text, file, WaiverFileError)
    if not isinstance(document.value, dict):
        raise WaiverFileError(
            "a waiver is a mapping", "`planguard waiver request` writes one", place=document.place()
        )
    model = validated(WaiverModel, document, WaiverFileError)
    body = {name: value for name, value in document.value.items() if name != "approvals"}
    binding = model.binding
    kind, bound = (
        ("plan", [binding.plan])
        if binding.plan is not None
        else ("change", binding.changes)
        if binding.changes is not None
        else ("fingerprint", binding.fingerprints)
    )
    return Waiver(
        file=file,
        id=model.id,
        rules=tuple(model.rules),
        addresses=tuple(model.addresses),
        binding=kind,
        bound_to=frozenset(one for one in bound or () if one is not None),
        environment=model.environment,
        project=model.project,
        workspace=model.workspace,
        owner=model.owner,
        requester=model.requester,
        reason=model.reason,
        created=parse_time(model.created),
        not_before=parse_time(model.not_before),
        expires=parse_time(model.expires),
        expires_text=model.expires,
        renews=model.renews,
        revoked=f"revoked by {model.revoked.by} on {model.revoked.at}: {model.revoked.reason}"
        if model.revoked is not None
        else None,
        approvals=tuple(
            Approval(one.by, one.role, parse_time(one.at), one.at, one.signature) for one in model.approvals
        ),
        body=body,
    )
