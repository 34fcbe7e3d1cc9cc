"""``planguard policy``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from planguard.cli.law import POLICY
from planguard.cli.terminal import write_stdout
from planguard.cli.waiver_files import rule_facts
from planguard.decision.policy import BUILTIN_POLICY, STATUSES, Gate, Policy, Subject
from planguard.decision.policy_file import PolicyFile, load_policy, policy_schema
from planguard.decision.time import show_days
from planguard.engine.metadata import near
from planguard.engine.rule import DOMAINS, SEVERITIES
from planguard.errors import CallError, ExitCode, PolicyFileError
from planguard.plan.glob import fits_any, is_pattern


class ExplainCall(msgspec.Struct, frozen=True):
    """One call, with its options as they stand on the command line."""

    env: str | None
    severity: str | None
    status: str
    domain: str | None
    rule: str | None
    type: str
    address: str
    owner: str | None
    undetermined: bool
    policy: str | None


def run_check_policy(path: Path) -> ExitCode:
    """Validate a policy file and say what is in it.

    :raises PlanguardError: when it does not hold
    """
    file = load_policy(path)
    facts = rule_facts(file)
    _refuse_unknown_rules(file, facts)
    policy = file.policy
    own = [gate for gate in policy.gates if not gate.name.startswith("builtin-")]
    parts = [
        _count(len(policy.environments.all), "environment"),
        _count(len(own), "gate"),
        _count(len(policy.owners), "owner"),
        _count(len(policy.identities), "identity", "identities"),
        _count(len(policy.approvals), "approval"),
        _count(len(file.settings), "rule setting"),
    ]
    lines = [f"{path} holds: {', '.join(parts)}"]
    lines += [f"note: {text}" for text in _notes(policy)]
    write_stdout(("\n".join(lines) + "\n").encode())
    return ExitCode.ALLOWED


def _refuse_unknown_rules(file: PolicyFile, facts: dict[str, tuple[str, str, tuple[str, ...]]]) -> None:
    """A gate for a rule that there is not is a gate that only seems to be there."""
    for section in ("gates", "approvals", "not_waivable"):
        for index, entry in enumerate((file.text.value or {}).get(section) or ()):
            named = entry.get("rule")
            for name in map(str, named if isinstance(named, list) else [named] if named is not None else ()):
                known = any(fits_any([name], one) for one in facts) if is_pattern(name) else name in facts
                if not known:
                    place = file.text.place((section, index, "rule"))
                    raise PolicyFileError(f"`{name}` is not a rule", near(name, list(facts)), place=place)


def _notes(policy: Policy) -> list[str]:
    found = []
    if not policy.approvals:
        found.append("there are no `approvals`, so that no waiver counts")
    if policy.environments.all and not any(one.production for one in policy.environments.all):
        found.append("no environment is `production: true`; the first counts as the strictest")
    seen: list[Gate] = []
    for gate in policy.gates:
        if any(other.when == gate.when for other in seen):
            found.append(f"gate `{gate.name}` never decides: one before it is for the same")
        seen.append(gate)
    return found


def run_explain_policy(call: ExplainCall) -> ExitCode:
    """Say what would happen to a finding.

    :raises PlanguardError: when the call or the policy is wrong
    """
    path = Path(call.policy) if call.policy is not None else Path(POLICY)
    file = load_policy(path) if call.policy is not None or path.exists() else None
    policy = file.policy if file is not None else BUILTIN_POLICY
    subject = _subject(call, policy, file)
    gate = policy.gate_for(subject)
    effect = "observe" if call.status == "fixed" else gate.effect
    lines = [f"{effect}  by gate `{gate.name}`", f"       which is for {gate.when}"]
    passed = policy.gates[: policy.gates.index(gate)] if gate in policy.gates else policy.gates
    lines += [f"       not by `{one.name}`, which is for {one.when}" for one in passed]
    if effect != "observe":
        lines += _waiver_lines(policy, subject, gate)
    write_stdout(("\n".join(lines) + "\n").encode())
    return ExitCode.ALLOWED


def _waiver_lines(policy: Policy, subject: Subject, gate: Gate) -> list[str]:
    if not policy.is_waivable(subject, gate):
        return ["waiver none: policy lets nothing excuse it"]
    needed = policy.approval_for(subject)
    if needed is None:
        return ["waiver none: `approvals` names nobody who may approve it"]
    roles = " and ".join(f"{count} x {role}" for role, count in needed.roles)
    return [
        f"waiver by {roles}{', signed' if needed.signed else ''} (approval `{needed.name}`)",
        f"       for {show_days(needed.longest.total_seconds())} at most, renewed {needed.renewals} times at most, "
        f"bound to the {needed.binding} or narrower",
    ]


def _subject(call: ExplainCall, policy: Policy, file: PolicyFile | None) -> Subject:
    if call.env is not None and policy.environments.named(call.env) is None:
        hint = near(call.env, [one.name for one in policy.environments.all])
        raise CallError(f"--env `{call.env}` is not an environment of the policy", hint)
    for option, value, known in (
        ("--severity", call.severity, SEVERITIES),
        ("--domain", call.domain, DOMAINS),
        ("--status", call.status, STATUSES),
    ):
        if value is not None and value not in known:
            raise CallError(f"{option} `{value}`", near(value, known))
    severity, domain, names = call.severity, call.domain, ("",)
    if call.rule is not None:
        facts = rule_facts(file)
        if call.rule not in facts:
            raise CallError(f"--rule `{call.rule}` is not a rule", near(call.rule, list(facts)))
        own_severity, own_domain, names = facts[call.rule]  # type: ignore[assignment]
        severity, domain = severity or own_severity, domain or own_domain
    if severity is None:
        raise CallError("--severity is missing", "give it, or --rule ID")
    strictest = policy.environments.strictest
    environment = call.env or (strictest.name if strictest is not None else None)
    return Subject(
        status=call.status,
        severity=severity,
        domain=domain or "",
        rule=names[0],
        aliases=tuple(names[1:]),
        type=call.type,
        address=call.address,
        environment=environment,
        owner=call.owner,
        undetermined=call.undetermined,
    )


def run_schema() -> None:
    """Print the JSON Schema of the policy file."""
    write_stdout(msgspec.json.format(msgspec.json.encode(policy_schema()), indent=2) + b"\n")


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
