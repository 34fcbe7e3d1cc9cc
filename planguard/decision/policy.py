"""The built-in policy: what introduces a grave risk blocks, what was there before is watched."""

from __future__ import annotations

from hashlib import sha256

import msgspec

BLOCK = "block"
WARN = "warn"
OBSERVE = "observe"
ALLOW = "allow"
UNDETERMINED = "undetermined"


class Gate(msgspec.Struct, frozen=True):
    """One rule of the policy: what it is for, and its effect. The first gate that matches decides.

    :ivar statuses: introduced, inherited, fixed, undetermined
    """

    name: str
    statuses: tuple[str, ...]
    severities: tuple[str, ...]
    effect: str

    def matches(self, status: str, severity: str) -> bool:
        """Whether this gate is for such a finding."""
        return status in self.statuses and severity in self.severities


class Policy(msgspec.Struct, frozen=True):
    """Gates in order."""

    gates: tuple[Gate, ...]

    @property
    def digest(self) -> str:
        """``sha256:`` and the hex digest over the gates."""
        return "sha256:" + sha256(repr(self.gates).encode()).hexdigest()

    def gate_for(self, status: str, severity: str) -> Gate:
        """The first gate that matches. What no gate matches is blocked: a hole in a policy is no permission."""
        for gate in self.gates:
            if gate.matches(status, severity):
                return gate
        return _NO_GATE


PART_OF_WIDER = Gate("part-of-wider", (), (), OBSERVE)
"""For what a wider rule says of the same fact already: that is what is decided on."""
_NO_GATE = Gate("no-gate-matches", (), (), BLOCK)
_GRAVE = ("critical", "high")
_LESSER = ("medium", "low")
_ALL = _GRAVE + _LESSER

BUILTIN_POLICY = Policy(
    (
        Gate("builtin-introduced-critical-high", ("introduced",), _GRAVE, BLOCK),
        Gate("builtin-introduced-medium-low", ("introduced",), _LESSER, WARN),
        Gate("builtin-undetermined-critical-high", (UNDETERMINED,), _GRAVE, WARN),
        Gate("builtin-undetermined-medium-low", (UNDETERMINED,), _LESSER, OBSERVE),
        Gate("builtin-inherited", ("inherited",), _ALL, OBSERVE),
        Gate("builtin-fixed", ("fixed",), _ALL, OBSERVE),
    )
)
