"""The policy file, read into what policy says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from planguard.decision.person import plain_name
from planguard.decision.policy import (
    BUILTIN_GATES,
    BUILTIN_POLICY,
    Approval,
    Gate,
    Identity,
    Key,
    Owner,
    Policy,
    Promotion,
    When,
    digest_of,
)
from planguard.decision.policy_model import (
    ApprovalModel,
    CheckModel,
    IdentityModel,
    KeyModel,
    PolicyModel,
    _Conditions,
    duration,
)
from planguard.decision.time import parse_time
from planguard.decision.waivers.sshsig import SignatureError, public_key
from planguard.decision.yaml_model import parsed, validated
from planguard.engine.environments import environments_of
from planguard.engine.metadata import near
from planguard.engine.settings import Setting
from planguard.errors import PolicyFileError
from planguard.yaml_file import YamlText

NAME = "planguard.yaml"


class PolicyFile(msgspec.Struct, frozen=True):
    """A policy file that was read.

    :ivar policy: what it says of findings
    :ivar settings: what it says of rules
    :ivar packs: folders of rules, from the folder that the file is in
    :ivar defaults: for the options of ``check``
    """

    text: YamlText
    policy: Policy
    settings: dict[str, Setting]
    packs: tuple[str, ...]
    defaults: CheckModel
    folder: Path = Path()

    @property
    def pack_folders(self) -> list[Path]:
        """The folders of its packs."""
        return [(self.folder / one).resolve() for one in self.packs]

    @property
    def digest(self) -> str:
        """``sha256:`` and the hex digest of its bytes."""
        return self.policy.digest

    def place(self, name: str, parameter: str = "") -> str:
        """Where a setting stands, or one of its parameters."""
        return self.text.place(("rules", name, "parameters", parameter) if parameter else ("rules", name))


def load_policy(path: Path) -> PolicyFile:
    """Read a policy file.

    :raises PolicyFileError: when it cannot be read, or does not say what a policy file says
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise PolicyFileError(f"cannot be read: {reason}", "name a policy file in YAML", place=str(path)) from None
    return policy_of(data, str(path), path.parent)


def policy_of(data: bytes, file: str, folder: Path = Path()) -> PolicyFile:
    """The policy in the bytes of a file.

    :param file: how errors name it
    :param folder: the folder that its packs are named from
    :raises PolicyFileError: likewise
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyFileError("not UTF-8 text", place=file) from None
    found = parse_policy(text, file, "sha256:" + sha256(data).hexdigest())
    return msgspec.structs.replace(found, folder=folder)


def parse_policy(text: str, file: str, digest: str) -> PolicyFile:
    """The policy in a text.

    :param file: how errors name it
    :raises PolicyFileError: likewise
    """
    document = parsed(text, file)
    if document.value is not None and not isinstance(document.value, dict):
        raise PolicyFileError("a policy is a mapping of its sections", "such as `rules:`", place=document.place())
    model = validated(PolicyModel, document)
    reader = _Reader(document, model)
    return PolicyFile(
        document,
        reader.policy(digest_of(BUILTIN_POLICY.digest, digest)),
        {name: Setting(one.enabled, one.severity, dict(one.parameters)) for name, one in model.rules.items()},
        tuple(model.packs),
        model.check,
    )


class _Reader:
    """Turns the models of one file into what policy says, and looks whether its parts fit together."""

    def __init__(self, document: YamlText, model: PolicyModel) -> None:
        self._document = document
        self._model = model
        self._environments = tuple(model.environments)

    def policy(self, digest: str) -> Policy:
        model = self._model
        gates = [
            Gate(one.name, one.effect, self._when(one, ("gates", index)), one.waivable)
            for index, one in enumerate(model.gates)
        ]
        self._refuse_twice("gates", [one.name for one in gates])
        return Policy(
            gates=(*gates, *(BUILTIN_GATES if model.builtin_gates else ())),
            digest=digest,
            environments=environments_of((self._document.value or {}).get("environments") or {}),
            owners=tuple(
                Owner(
                    one.team,
                    _all(one.address),
                    _all(one.module),
                    tuple((key, tuple(values)) for key, values in (one.tag or {}).items()),
                    _all(one.path),
                )
                for one in model.owners
            ),
            identities=self._identities(),
            approvals=self._approvals(),
            not_waivable=tuple(
                self._when(one, ("not_waivable", index)) for index, one in enumerate(model.not_waivable)
            ),
            heeds_mitigations=model.mitigations == "warn",
            promotions=tuple(
                Promotion(
                    self._known_environment(one.environment, ("promotion", index, "environment")),
                    tuple(self._known_environment(name, ("promotion", index, "from")) for name in one.source),
                    tuple(one.differences),
                    one.effect,
                )
                for index, one in enumerate(model.promotion)
            ),
        )

    def _refuse(self, message: str, at: tuple[str | int, ...], hint: str | None = None) -> PolicyFileError:
        return PolicyFileError(message, hint, place=self._document.place(at))

    def _refuse_twice(self, section: str, names: Sequence[str]) -> None:
        for name, count in Counter(names).items():
            if count > 1:
                second = [index for index, one in enumerate(names) if one == name][1]
                raise self._refuse(f"`{name}` stands twice in `{section}`", (section, second), "keep one of them")

    def _known_environment(self, name: str, at: tuple[str | int, ...]) -> str:
        if name not in self._environments:
            hint = near(name, self._environments) if self._environments else "define it in `environments`"
            raise self._refuse(f"`{name}` is not an environment of this policy", at, hint)
        return name

    def _when(self, one: _Conditions, at: tuple[str | int, ...]) -> When:
        for name in one.environment or ():
            self._known_environment(name, (*at, "environment"))
        teams = {owner.team for owner in self._model.owners}
        for name in one.owner or ():
            if name not in teams and not any(char in name for char in "*?"):
                hint = near(name, sorted(teams)) if teams else "define it in `owners`"
                raise self._refuse(f"`{name}` owns nothing in this policy", (*at, "owner"), hint)
        return When(
            severities=_all(one.severity),
            statuses=_all(one.status),
            domains=_all(one.domain),
            environments=_all(one.environment),
            rules=_all(one.rule),
            types=_all(one.type),
            addresses=_all(one.address),
            owners=_all(one.owner),
            undetermined=one.undetermined,
        )

    def _identities(self) -> tuple[Identity, ...]:
        owner_of: dict[bytes, str] = {}
        spelled: dict[str, str] = {}
        found = []
        for name, model in self._model.identities.items():
            other = spelled.setdefault(plain_name(name), name)
            if other != name:
                message = f"`{name}` is spelled like `{other}`: one person has one name"
                raise self._refuse(message, ("identities", name))
            keys = tuple(self._key(name, index, one) for index, one in enumerate(model.keys))
            for index, key in enumerate(keys):
                blob = public_key(key.text).blob
                if owner_of.setdefault(blob, name) != name:
                    raise self._refuse(
                        f"the key is that of `{owner_of[blob]}` already: one key stands for one person",
                        ("identities", name, "keys", index),
                    )
            found.append(Identity(name, tuple(model.roles), self._teams(name, model), keys))
        return tuple(found)

    def _teams(self, name: str, model: IdentityModel) -> tuple[str, ...]:
        known = sorted({one.team for one in self._model.owners})
        for team in model.teams:
            if team not in known:
                hint = near(team, known) if known else "define it in `owners`"
                raise self._refuse(f"`{team}` owns nothing in this policy", ("identities", name, "teams"), hint)
        return tuple(model.teams)

    def _key(self, name: str, index: int, model: str | KeyModel) -> Key:
        at: tuple[str | int, ...] = ("identities", name, "keys", index)
        key = KeyModel(key=model) if isinstance(model, str) else model
        try:
            public_key(key.key)
        except SignatureError as error:
            raise self._refuse(f"a key of `{name}` does not count: {error}", at) from None
        times: dict[str, float | None] = {}
        for which in ("valid_after", "valid_before"):
            text = getattr(key, which)
            try:
                times[which] = parse_time(text).timestamp() if text is not None else None
            except ValueError as error:
                message, _, hint = str(error).partition("; ")
                raise self._refuse(f"`{which}`: {message}", (*at, which), hint or None) from None
        return Key(key.key, times["valid_after"], times["valid_before"])

    def _approvals(self) -> tuple[Approval, ...]:
        roles = {role for one in self._model.identities.values() for role in one.roles}
        found = [self._approval(index, one, roles) for index, one in enumerate(self._model.approvals)]
        self._refuse_twice("approvals", [one.name for one in found])
        return tuple(found)

    def _approval(self, index: int, one: ApprovalModel, roles: set[str]) -> Approval:
        at: tuple[str | int, ...] = ("approvals", index)
        for role in one.roles:
            if role != "owner" and role not in roles:
                hint = near(role, sorted({*roles, "owner"}))
                raise self._refuse(f"nobody in `identities` has the role `{role}`", (*at, "roles", role), hint)
        return Approval(
            one.name or f"approval-{index + 1}",
            self._when(one, at),
            tuple(sorted(one.roles.items())),
            duration(one.longest),
            one.renewals,
            one.binding,
            one.signature == "required",
        )


def _all(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(values or ())


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the policy file."""
    schema = PolicyModel.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "planguard policy",
        "description": "What planguard blocks, whose it is, and who may excuse it.",
    }
