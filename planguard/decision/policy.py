"""What policy says: gates in order, who owns what, and who may excuse what for how long.

The built-in gates: what introduces a grave risk blocks, what was there before is watched.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import msgspec

from planguard.engine.finding import FIXED, INHERITED, INTRODUCED
from planguard.graph.environments import Environments
from planguard.plan.glob import fits_any

BLOCK = "block"
WARN = "warn"
OBSERVE = "observe"
ALLOW = "allow"
UNDETERMINED = "undetermined"
EFFECTS = (BLOCK, WARN, OBSERVE)
STATUSES = (INTRODUCED, INHERITED, FIXED)


class Subject(msgspec.Struct, frozen=True):
    """What policy may ask of one finding.

    :ivar status: introduced, inherited or fixed; of an undetermined finding, whether this plan makes it so
    :ivar rule: the id of the rule, ``aliases`` its names in other tools
    :ivar environment: that of the plan, None where policy defines none
    :ivar owner: the team that it belongs to, None where policy names none
    """

    status: str
    severity: str
    domain: str
    rule: str
    aliases: tuple[str, ...]
    type: str
    address: str
    environment: str | None = None
    owner: str | None = None
    undetermined: bool = False


class When(msgspec.Struct, frozen=True):
    """Conditions that all must hold; one that is empty asks for nothing.

    :ivar statuses: introduced, inherited, fixed, undetermined
    :ivar rules: ids, or names in other tools; like ``types``, ``addresses`` and ``owners`` with ``*`` and ``?``
    """

    severities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    undetermined: bool | None = None

    def holds(self, one: Subject) -> bool:
        """Whether a finding is one of those that are meant."""
        return (
            (not self.severities or one.severity in self.severities)
            and (not self.statuses or self._has_status(one))
            and (not self.domains or one.domain in self.domains)
            and (not self.environments or one.environment in self.environments)
            and (self.undetermined is None or one.undetermined is self.undetermined)
            and (not self.rules or any(fits_any(self.rules, name) for name in (one.rule, *one.aliases)))
            and (not self.types or fits_any(self.types, one.type))
            and (not self.addresses or fits_any(self.addresses, one.address))
            and (not self.owners or fits_any(self.owners, one.owner or ""))
        )

    def _has_status(self, one: Subject) -> bool:
        """Who names a status means violations.

        Undetermined findings are meant where `undetermined` is named, and where they were undetermined before for the
        same reason, with what is inherited: that is nothing that this plan brings.
        """
        if not one.undetermined:
            return one.status in self.statuses
        if UNDETERMINED in self.statuses:
            return True
        return one.status in self.statuses and (self.undetermined is True or one.status == INHERITED)

    def __str__(self) -> str:
        """As policy would write it, for reasons and for the terminal."""
        names = ("severity", "status", "domain", "environment", "rule", "type", "address", "owner")
        parts = [
            f"{name} {' or '.join(values)}"
            for name, values in zip(names, msgspec.structs.astuple(self)[:-1], strict=True)
            if values
        ]
        if self.undetermined is not None:
            parts.append("undetermined" if self.undetermined else "not undetermined")
        return ", ".join(parts) or "anything"


class Gate(msgspec.Struct, frozen=True):
    """What happens to the findings that it is for. The first gate that matches decides.

    :ivar waivable: whether a waiver may excuse what it blocks
    """

    name: str
    effect: str
    when: When = When()
    waivable: bool = True


class Owner(msgspec.Struct, frozen=True):
    """One service: the team it belongs to, and by what its resources are known; any of them is enough.

    :ivar tags: values by key
    :ivar paths: patterns of the files that its blocks stand in
    """

    team: str
    addresses: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    tags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    paths: tuple[str, ...] = ()


class Key(msgspec.Struct, frozen=True):
    """A public key, as ``ssh-keygen`` writes it, and from when until when what it signs counts (seconds, UTC)."""

    text: str
    valid_after: float | None = None
    valid_before: float | None = None


class Identity(msgspec.Struct, frozen=True):
    """Somebody who may approve.

    :ivar roles: what for; ``teams`` are those whose violations they may approve as ``owner``
    """

    name: str
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()


class Approval(msgspec.Struct, frozen=True):
    """What a waiver needs to excuse the violations that this is for.

    :ivar roles: how many of which role must approve; ``owner`` is the team of the violation
    :ivar longest: from its creation to its expiry
    :ivar renewals: how often it may be renewed
    :ivar binding: the weakest that counts: ``plan``, ``change`` or ``fingerprint``
    :ivar signed: whether each approval must carry a signature
    """

    name: str
    when: When
    roles: tuple[tuple[str, int], ...]
    longest: timedelta
    renewals: int = 1
    binding: str = "plan"
    signed: bool = True


class Promotion(msgspec.Struct, frozen=True):
    """What must have been decided in a lower environment before a plan may go to this one.

    :ivar differences: patterns ``type.attribute`` of settings that may differ
    """

    environment: str
    source: tuple[str, ...]
    differences: tuple[str, ...] = ()
    effect: str = BLOCK


class Policy(msgspec.Struct, frozen=True):
    """Everything that policy says besides the settings of rules.

    :ivar digest: ``sha256:`` and the hex digest of what it was made from
    :ivar not_waivable: findings that no waiver excuses
    :ivar heeds_mitigations: whether a violation that something takes the edge off is a warning at the most
    """

    gates: tuple[Gate, ...]
    digest: str = ""
    environments: Environments = Environments()
    owners: tuple[Owner, ...] = ()
    identities: tuple[Identity, ...] = ()
    approvals: tuple[Approval, ...] = ()
    not_waivable: tuple[When, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    heeds_mitigations: bool = True

    def gate_for(self, one: Subject) -> Gate:
        """The first gate that matches. What no gate matches is blocked: a hole in a policy is no permission."""
        return next((gate for gate in self.gates if gate.when.holds(one)), NO_GATE)

    def approval_for(self, one: Subject) -> Approval | None:
        """What a waiver needs to excuse a finding; None where policy says nothing, and nothing excuses it."""
        return next((approval for approval in self.approvals if approval.when.holds(one)), None)

    def is_waivable(self, one: Subject, gate: Gate) -> bool:
        """Whether a waiver may excuse a finding at all."""
        return gate.waivable and not any(when.holds(one) for when in self.not_waivable)

    def identity(self, name: str) -> Identity | None:
        """Who approves under that name."""
        return next((one for one in self.identities if one.name == name), None)


PART_OF_WIDER = Gate("part-of-wider", OBSERVE)
"""For what a wider rule says of the same fact already: that is what is decided on."""
MITIGATED = Gate("mitigated", WARN)
"""For what a gate would block, and something in the plan takes the edge off: the report says what."""
NO_GATE = Gate("no-gate-matches", BLOCK)
_GRAVE = ("critical", "high")
_LESSER = ("medium", "low")

BUILTIN_GATES = (
    Gate("builtin-introduced-critical-high", BLOCK, When(severities=_GRAVE, statuses=(INTRODUCED,))),
    Gate("builtin-introduced-medium-low", WARN, When(severities=_LESSER, statuses=(INTRODUCED,))),
    Gate("builtin-inherited", OBSERVE, When(statuses=(INHERITED,))),
    Gate("builtin-fixed", OBSERVE, When(statuses=(FIXED,))),
    Gate("builtin-undetermined-critical-high", WARN, When(severities=_GRAVE, undetermined=True)),
    Gate("builtin-undetermined-medium-low", OBSERVE, When(severities=_LESSER, undetermined=True)),
)
BUILTIN_POLICY = Policy(BUILTIN_GATES, "sha256:" + sha256(repr(BUILTIN_GATES).encode()).hexdigest())


def digest_of(*parts: str) -> str:
    """``sha256:`` and the hex digest over texts."""
    return "sha256:" + sha256("\n".join(parts).encode()).hexdigest()
