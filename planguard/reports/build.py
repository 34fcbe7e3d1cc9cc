"""From a decision to its report. Every text that could carry a value of the plan is redacted here, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from planguard.decision.decide import Case, Decision, Judged
from planguard.decision.policy import BLOCK, OBSERVE, WARN
from planguard.engine.finding import FIXED, INHERITED, INTRODUCED, Findings, Found, Open
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.plan.actions import COUNTED, counted_as
from planguard.plan.digest import Digests
from planguard.plan.document import Change, decode_value
from planguard.plan.plan import Plan
from planguard.plan.sensitive import Redactor, marked_leaves, short_secrets, without_short
from planguard.plan.unknown import Path
from planguard.reports import model

if TYPE_CHECKING:
    from planguard.decision.promotion import ConfigurationFacts
    from planguard.decision.waivers.judge import Verdict
    from planguard.decision.waivers.waiver import Waiver

_EFFECTS = (BLOCK, WARN, OBSERVE)
_SEVERITIES = ("critical", "high", "medium", "low")


class Places(Protocol):
    """Where source is given: where the block of an object stands, and the attribute in it."""

    def place_of(self, node: Node, path: Path) -> model.SourcePlace | None: ...


class Told(msgspec.Struct, frozen=True):
    """A decision with everything that it is told from."""

    plan: Plan
    graph: Graph
    findings: Findings
    decision: Decision
    case: Case
    digests: Digests


def decision_entry(
    told: Told, *, rules: int, places: Places | None = None, with_passes: bool = False
) -> model.DecisionEntry:
    """The report of one decision, ready to be written in any format.

    :param rules: how many rules were in force
    """
    graph, findings, decision = told.graph, told.findings, told.decision
    writer = _Writer(told, places)
    violations = sorted(map(writer.violation, decision.violations), key=_violation_order)
    undetermined = sorted(map(writer.undetermined, decision.undetermined), key=_undetermined_order)
    return model.DecisionEntry(
        plan=writer.plan_facts(),
        outcome=decision.outcome,  # type: ignore[arg-type]
        reasons=[writer.redactor.text(one) for one in decision.reasons],
        ledger=_ledger(told, rules, with_passes=with_passes),
        violations=violations,
        undetermined=undetermined,
        errors=sorted(
            (writer.error(one.rule.id, one.node, one.message) for one in findings.errors),
            key=lambda one: (one.rule, one.address, one.message),
        ),
        waivers=[writer.waiver(one) for one in decision.waivers],
        passes=sorted(
            (model.PassEntry(rule.id, writer.address(node)) for rule, node in findings.passes),
            key=lambda one: (one.rule, one.address),
        )
        if with_passes
        else msgspec.UNSET,
        drift=list(writer.drift()),
        outputs=list(writer.outputs()),
        checks=list(writer.checks()),
        actions=list(writer.invocations()),
        moves=sorted(
            (
                model.MoveEntry(writer.address(node), writer.redactor.address(node.previous_address))
                for node in graph.nodes
                if node.previous_address
            ),
            key=lambda one: (one.address, one.previous_address),
        ),
        imports=sorted(writer.address(node) for node in graph.nodes if node.change and node.change.change.importing),
        forgotten=sorted(writer.address(node) for node in graph.nodes if node.forgotten),
        generated=sorted(
            writer.address(node) for node in graph.nodes if node.change and node.change.change.generated_config
        ),
        deferred=sorted(
            (model.DeferredEntry(writer.address(node), node.deferred) for node in graph.nodes if node.deferred),
            key=lambda one: (one.address, one.reason),
        ),
        valid_until=_time(decision.valid_until),
        promotion=[
            model.PromotionEntry(one.environment, one.file, list(one.without_counterpart), one.different)
            for one in told.case.compared
        ],
        configuration=_configuration(told.case.configuration),
    )


def _time(time: datetime | None) -> str | None:
    if time is None:
        return None
    from planguard.decision.time import show_time

    return show_time(time)


def _waiver_use(waiver: Waiver | None) -> model.WaiverUse | None:
    return model.WaiverUse(waiver.id, waiver.owner, str(_time(waiver.expires))) if waiver is not None else None


def _configuration(facts: ConfigurationFacts | None) -> model.ConfigurationEntry | msgspec.UnsetType:
    if facts is None:
        return msgspec.UNSET
    return model.ConfigurationEntry(
        {address: model.ModuleEntry(one.source, one.version) for address, one in sorted(facts.modules.items())},
        {
            address: model.BlockEntry(one.type, dict(sorted(one.settings.items())))
            for address, one in sorted(facts.blocks.items())
        },
    )


def _violation_order(one: model.ViolationEntry) -> tuple[Any, ...]:
    grave = (_EFFECTS.index(one.effect), _SEVERITIES.index(one.severity))
    return *grave, one.address, one.rule, one.path, one.message, one.status, one.deposed or ""


def _undetermined_order(one: model.UndeterminedEntry) -> tuple[Any, ...]:
    return _EFFECTS.index(one.effect), _SEVERITIES.index(one.severity), one.address, one.rule, one.path


def _ledger(told: Told, rules: int, *, with_passes: bool) -> model.Ledger:
    plan, graph, findings, decision = told.plan, told.graph, told.findings, told.decision
    managed = [node for node in graph.nodes if node.change is not None or not node.kind.startswith("data.")]
    changes = Counter(counted_as(node.action) for node in managed)
    present = [one for one in decision.violations if isinstance(one.finding, Found) and one.finding.status != FIXED]
    effects = Counter(one.effect for one in present if one.waiver is None)
    status = Counter(one.finding.status for one in decision.violations if isinstance(one.finding, Found))
    sources = len(graph.nodes) - len(managed)
    return model.Ledger(
        resources=len(managed),
        changes={name: changes.get(name, 0) for name in COUNTED},
        rules=rules,
        evaluations=findings.evaluations,
        violations={name: effects.get(name, 0) for name in _EFFECTS},
        status={name: status.get(name, 0) for name in (INTRODUCED, INHERITED, FIXED)},
        waived=sum(one.waiver is not None for one in (*decision.violations, *decision.undetermined)),
        undetermined=len(decision.undetermined),
        errors=len(findings.errors),
        unmodelled_types=sorted(kind for kind in findings.unmodelled if not kind.startswith("data.")),
        data_sources=sources,
        deferred=len(plan.deferred) + len(plan.deferred_invocations),
        drift=len(plan.drift),
        graph={"objects": len(graph.nodes), "expected": graph.expected},
        idle=findings.idle if with_passes else msgspec.UNSET,
    )


class _Writer:
    """Writes the entries of one plan, redacting what could carry a value."""

    def __init__(self, told: Told, places: Places | None) -> None:
        plan = told.plan
        self.plan = plan
        self._told = told
        self._addresses = frozenset(node.address for node in told.graph.nodes)
        self.redactor: Redactor = plan.redactor
        self.digests = told.digests
        self._places = places
        self._secrets: dict[int, list[str]] = {}
        self._shown: dict[int, str] = {}

    def address(self, node: Node) -> str:
        found = self._shown.get(node.index)
        if found is None:
            found = self._shown[node.index] = self.redactor.address(node.address)
        return found

    def plan_facts(self) -> model.PlanFacts:
        plan, case = self.plan, self._told.case
        keyed = self.digests.keyed_sensitive
        return model.PlanFacts(
            file=plan.place,
            format_version=plan.format_version,
            terraform_version=plan.terraform_version,
            digest=self._told.decision.digest,
            project=case.context.project,
            workspace=case.context.workspace,
            environment=model.Environment(case.resolved.name, self.redactor.text(case.resolved.because)),
            complete=plan.complete,
            errored=False,
            lineage=plan.saved.lineage,
            serial=plan.saved.serial,
            timestamp=plan.timestamp or None,
            applyable=plan.applyable,
            sensitive=None if keyed is None else "keyed" if keyed else "present",
        )

    def waiver(self, one: Verdict) -> model.WaiverEntry:
        waiver = one.waiver
        return model.WaiverEntry(
            one.id,
            one.status,  # type: ignore[arg-type]
            self.redactor.text(one.why),
            one.file,
            [self.redactor.text(reason) for reason in one.reasons],
            waiver.owner if waiver is not None else None,
            _time(waiver.expires) if waiver is not None else None,
        )

    def violation(self, judged: Judged) -> model.ViolationEntry:
        found = judged.finding
        assert isinstance(found, Found)  # noqa: S101 - for the type checker
        rule, node = found.rule, found.node
        change = node.change
        return model.ViolationEntry(
            rule=rule.id,
            title=rule.title,
            aliases=list(rule.aliases),
            domain=rule.domain,
            severity=rule.severity,  # type: ignore[arg-type]
            controls={standard: list(sections) for standard, sections in rule.controls.items()},
            address=self.address(node),
            type=node.type,
            actions=list(change.change.actions) if change else ["no-op"],
            status=found.status,  # type: ignore[arg-type]
            effect=judged.effect,  # type: ignore[arg-type]
            gate=judged.gate.name,
            path=self.redactor.text(found.path),
            message=self._message(found),
            fix=rule.fix,
            change_digest=self.digests.of_change(change) if change else None,
            fingerprint=judged.fingerprint,
            waiver=_waiver_use(judged.waiver),
            evidence=[self._evidence(one) for one in found.evidence],
            source=self._place(node, found.path),
            previous_address=self.redactor.address(node.previous_address) or None,
            deposed=node.deposed or None,
            part_of=found.part_of or None,
            owner=judged.owner,
            mitigation=self.redactor.text(found.mitigation) or None,
        )

    def _message(self, found: Found) -> str:
        said = f"{found.message}; mitigated: {found.mitigation}" if found.mitigation else found.message
        text = self.redactor.text(said)
        secrets = self._secrets.get(found.node.index)
        if secrets is None:
            secrets = self._secrets[found.node.index] = self._short_secrets(found.node)
        return without_short(text, secrets) if secrets else text

    def _short_secrets(self, node: Node) -> list[str]:
        """The sensitive values of an object that are too short to be searched for in what is said of others."""
        pairs = ((node.before, node.sensitive_before), (node.after, node.sensitive_after))
        if not any(mask and b"true" in bytes(mask) for _, mask in pairs):
            return []
        leaves = [
            leaf
            for raw, mask in pairs
            for leaf in marked_leaves(
                decode_value(raw, place=self.plan.place), decode_value(mask, place=self.plan.place)
            )
        ]
        return list(short_secrets(leaves))

    def _evidence(self, text: str) -> str:
        """An address of the plan keeps its names, which are code; anything else may be a value."""
        return self.redactor.address(text) if text in self._addresses else self.redactor.text(text)

    def _place(self, node: Node, path: str) -> model.SourcePlace | None:
        if self._places is None:
            return None
        from planguard.errors import PlanError
        from planguard.graph.resource import steps_of

        try:
            steps = steps_of(path) if path else ()
        except PlanError:  # a rule may name a place in free text
            steps = ()
        return self._places.place_of(node, steps)

    def undetermined(self, judged: Judged) -> model.UndeterminedEntry:
        found = judged.finding
        assert isinstance(found, Open)  # noqa: S101 - for the type checker
        return model.UndeterminedEntry(
            rule=found.rule.id,
            title=found.rule.title,
            severity=found.rule.severity,  # type: ignore[arg-type]
            domain=found.rule.domain,
            address=self.address(found.node),
            path=self.redactor.text(found.path),
            known_after=[self.redactor.address(one) for one in found.known_after],
            effect=judged.effect,  # type: ignore[arg-type]
            gate=judged.gate.name,
            waiver=_waiver_use(judged.waiver),
            source=self._place(found.node, found.path),
            why=self.redactor.text(found.why),
            status=found.status,  # type: ignore[arg-type]
            part_of=found.part_of or None,
            owner=judged.owner,
            fingerprint=judged.fingerprint,
            type=found.node.type,
            change_digest=self.digests.of_change(found.node.change) if found.node.change else None,
        )

    def error(self, rule: str, node: Node, message: str) -> model.ErrorEntry:
        return model.ErrorEntry(rule, self.address(node), self.redactor.text(message))

    def drift(self) -> Iterable[model.DriftEntry]:
        for change in sorted(self.plan.drift, key=lambda one: (one.address, one.deposed or "")):
            yield model.DriftEntry(
                address=self.redactor.address(change.address),
                type=change.type,
                actions=list(change.change.actions),
                paths=[self.redactor.text(one) for one in _differing(change.change, place=self.plan.place)],
                relevant=change.address in self.plan.relevant,
            )

    def outputs(self) -> Iterable[model.OutputEntry]:
        for name, change in sorted(self.plan.outputs.items()):
            if change.actions != ["no-op"]:
                marks = (change.before_sensitive, change.after_sensitive)
                hidden = any(mark and bytes(mark) == b"true" for mark in marks)
                yield model.OutputEntry(name, list(change.actions), hidden)

    def checks(self) -> Iterable[model.CheckEntry]:
        for check in sorted(self.plan.checks, key=lambda one: one.address.to_display):
            if check.status != "pass":
                yield model.CheckEntry(
                    address=self.redactor.address(check.address.to_display),
                    status=check.status,
                    problems=[
                        self.redactor.text(problem.message)
                        for instance in check.instances
                        for problem in instance.problems
                    ],
                )

    def invocations(self) -> Iterable[model.InvocationEntry]:
        for one in sorted(self.plan.invocations, key=lambda one: one.address):
            trigger = one.lifecycle_action_trigger
            when = (
                f"{trigger.action_trigger_event} of {self.redactor.address(trigger.triggering_resource_address)}"
                if trigger is not None
                else "asked for on the command line"
            )
            yield model.InvocationEntry(self.redactor.address(one.address), one.type, when)


def _differing(change: Change, *, place: str) -> list[str]:
    before = decode_value(change.before, place=place)
    after = decode_value(change.after, place=place)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
