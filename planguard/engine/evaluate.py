"""Rules on a graph: what each says of each resource before and after, and what that makes of it.

A violation is *introduced*, *inherited* or *fixed* by comparing what a rule says of the two snapshots. What did not
change, and asked for no neighbour that may have, is looked at once. Nothing here reads a clock, a file or the
environment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from planguard.engine.finding import FIXED, INHERITED, INTRODUCED, Failed, Findings, Found, Open
from planguard.engine.rule import Rule, Violation
from planguard.engine.ruleset import Judge, RuleSet
from planguard.engine.split import Helper, Queue, can_split, shares_of
from planguard.engine.wider import tell_wider
from planguard.errors import PlanError, file_name
from planguard.graph.change import Change
from planguard.graph.graph import Graph
from planguard.graph.node import Node
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.actions import Action
from planguard.plan.unknown import Path, Undetermined, Unknown, render_path

Progress = Callable[[int, int], None]
_MOST_TURNS = 256
_KEEP_VIEWS = 8_000
_INDEX = re.compile(r"\[\d+\]")


class _Verdict:
    """What one rule says of one object in one snapshot."""

    __slots__ = ("error", "open", "violations")

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.open: Undetermined | None = None
        self.error: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.violations and self.open is None and not self.error


def evaluate(
    graph: Graph,
    rules: RuleSet,
    *,
    progress: Progress | None = None,
    keep_passes: bool = False,
    processes: int = 1,
) -> Findings:
    """Ask every rule of every resource that it judges.

    :param progress: called now and then with how many of how many objects are done
    :param keep_passes: keep what every rule found in order, too
    :param processes: with two or more, a large graph is judged by two processes where the system can
    :returns: the findings, sorted by rule and address
    """
    has_environments = bool(graph.environments.all)
    agendas = {kind: _Agenda(rules.for_kind(kind, with_environments=has_environments)) for kind in graph.kinds}
    modules = _Agenda([(rule, False) for rule in rules.for_modules])
    work = _Work(graph, rules, agendas, modules, keep_passes)
    if processes > 1 and not keep_passes and can_split(len(graph.nodes)):
        findings = _by_two(work, progress)
    else:
        findings = work.of(graph.nodes, progress)
    # What is only asked to which environment it belongs is not judged for what it is.
    findings.unmodelled = {
        kind for kind, agenda in agendas.items() if all(rule.id in rules.for_environments for rule, _ in agenda.rules)
    }
    matched = {rule.id for agenda in (modules, *agendas.values()) for rule, _ in agenda.rules}
    findings.idle = [rule.id for rule in rules.rules if rule.id not in matched]
    _sort(findings)
    tell_wider(findings)
    return findings


class _Work:
    """Everything that judging some objects of a graph takes."""

    def __init__(
        self, graph: Graph, rules: RuleSet, agendas: dict[str, _Agenda], modules: _Agenda, keep_passes: bool
    ) -> None:
        self.graph = graph
        self.rules = rules
        self.agendas = agendas
        self._modules = modules
        self._keep_passes = keep_passes
        self._firsts = graph.first_in if rules.for_modules else {}

    def of(self, nodes: list[Node], progress: Progress | None) -> Findings:
        """What the rules say of some objects."""
        findings = Findings()
        agendas, modules, firsts = self.agendas, self._modules, self._firsts
        total = len(nodes)
        keep = len(self.graph.nodes) <= _KEEP_VIEWS
        for done, node in enumerate(nodes):
            if progress is not None and done % 64 == 0:
                progress(done, total)
            for agenda in (agendas[node.kind], modules) if node.index in firsts else (agendas[node.kind],):
                if agenda.rules:
                    _judge_node(self.graph, node, agenda, self.rules, findings, self._keep_passes)
            if not keep:
                node.before_view = node.after_view = None
        if progress is not None:
            progress(total, total)
        return findings


def _by_two(work: _Work, progress: Progress | None) -> Findings:
    """What the rules say of all objects, found by two processes."""
    graph = work.graph
    weights = {kind: len(nodes) * (len(work.agendas[kind].rules) + 1) for kind, nodes in graph.kinds.items()}
    shares = [[node for kind in kinds for node in graph.kinds[kind]] for kinds in shares_of(weights)]
    queue = Queue(len(shares))
    findings, mine = Findings(), set()
    helper = Helper(
        lambda: _together(work.of(shares[number], None) for number in queue), work.rules.rules, graph.nodes
    )
    done = 0
    for number in queue:
        mine.add(number)
        _add(findings, work.of(shares[number], None))
        done += len(shares[number])
        if progress is not None:
            progress(done, len(graph.nodes))
    queue.close()
    other = helper.findings()
    if other is None:
        other = _together(work.of(nodes, None) for number, nodes in enumerate(shares) if number not in mine)
    return _add(findings, other)


def _together(parts: Iterable[Findings]) -> Findings:
    findings = Findings()
    for one in parts:
        _add(findings, one)
    return findings


def _add(findings: Findings, more: Findings) -> Findings:
    findings.violations += more.violations
    findings.undetermined += more.undetermined
    findings.errors += more.errors
    findings.evaluations += more.evaluations
    return findings


def _judge_node(
    graph: Graph, node: Node, agenda: _Agenda, rules: RuleSet, findings: Findings, keep_passes: bool
) -> None:
    state = agenda.load(rules)
    if state and _is_judged(node):
        present = graph.view(node, AFTER if node.in_after else BEFORE)
        for rule, judge, only_taggable in state:
            if only_taggable and not present.is_taggable:
                continue
            findings.evaluations += 1
            if keep_passes or not _says_nothing(graph, node, judge):
                _judge_state(graph, node, rule, judge, findings, keep_passes)
    if agenda.change and _is_change(node):
        for rule, judge, _ in agenda.change:
            _judge_change(graph, node, rule, judge, findings, keep_passes)


def _says_nothing(graph: Graph, node: Node, judge: Judge) -> bool:
    """Whether a rule has nothing to say of an object in either snapshot, as most rules have of most objects.

    Where it has, or is stopped, it is asked again by those who keep what it says.
    """
    graph.touched_change = False
    try:
        if node.in_after:
            for _ in judge(graph.view(node, AFTER)) or ():
                return False
            if not node.in_before or not (node.changed or graph.touched_change):
                return True
        for _ in judge(graph.view(node, BEFORE)) or ():
            return False
    except (Exception, SystemExit, Undetermined):  # noqa: BLE001 - whatever it is, it is told when the rule is asked again
        return False
    return True


class _Agenda:
    """The rules for one resource type, with their code, which is loaded when the first resource of it is judged."""

    __slots__ = ("change", "rules", "state")

    def __init__(self, rules: list[tuple[Rule, bool]]) -> None:
        self.rules = rules
        self.state: list[tuple[Rule, Judge, bool]] | None = None
        self.change: list[tuple[Rule, Judge, bool]] = []

    def load(self, rules: RuleSet) -> list[tuple[Rule, Judge, bool]]:
        if self.state is None:
            self.state = []
            for rule, only_taggable in self.rules:
                kept = self.state if rule.judges == "state" else self.change
                kept.append((rule, rules.judge(rule), only_taggable))
        return self.state


def _is_judged(node: Node) -> bool:
    """A forgotten object is not judged as if it were still managed; an ephemeral one has no values at all."""
    return node.action not in (Action.FORGET, Action.OPEN)


def _is_change(node: Node) -> bool:
    """Whether the plan does something to the object; imports and moves hide behind ``no-op``."""
    if node.changed or node.previous_address:
        return True
    return node.change is not None and bool(node.change.change.importing)


def _sort(findings: Findings) -> None:
    findings.violations.sort(key=lambda one: (one.rule.id, one.node.index, one.path, one.message, one.status))
    findings.undetermined.sort(key=lambda one: (one.rule.id, one.node.index, one.path))
    findings.errors.sort(key=lambda one: (one.rule.id, one.node.index))


def _judge_state(graph: Graph, node: Node, rule: Rule, judge: Judge, findings: Findings, keep_passes: bool) -> None:
    graph.touched_change = False
    after = _ask(judge, graph.view(node, AFTER)) if node.in_after else None
    if not node.in_before:
        before = None
    elif after is not None and not node.changed and not graph.touched_change:
        before = after
    else:
        before = _ask(judge, graph.view(node, BEFORE))
    _compare(graph, node, rule, before, after, findings)
    if keep_passes and after is not None and after.is_clean:
        findings.passes.append((rule, node))


def _compare(
    graph: Graph, node: Node, rule: Rule, before: _Verdict | None, after: _Verdict | None, findings: Findings
) -> None:
    if (after is None or after.is_clean) and (before is None or before.is_clean):
        return
    for verdict in (after, before if before is not after else None):
        if verdict is not None and verdict.error:
            findings.errors.append(Failed(rule, node, verdict.error))
            return
    old = Counter(_facts(one) for one in before.violations) if before is not None else Counter()
    for one in after.violations if after is not None else ():
        facts = _facts(one)
        status = INTRODUCED
        if old[facts] > 0:
            old[facts] -= 1
            status = INHERITED
        findings.violations.append(_found(rule, node, status, one))
    gone = []
    for one in before.violations if before is not None and before is not after else ():
        facts = _facts(one)
        if old[facts] > 0:
            old[facts] -= 1
            gone.append(one)
    if after is not None and after.open is not None and (gone or not after.violations):
        # What was wrong before may be right afterwards, or may not: nobody knows yet.
        status = INHERITED if before is not None and _is_same(before.open, after.open) else INTRODUCED
        findings.undetermined.append(_open(graph, rule, node, after.open, status))
    elif not node.forgotten:
        findings.violations += [_found(rule, node, FIXED, one) for one in gone]


def _judge_change(graph: Graph, node: Node, rule: Rule, judge: Judge, findings: Findings, keep_passes: bool) -> None:
    findings.evaluations += 1
    verdict = _ask(judge, Change(node, graph))
    if verdict.error:
        findings.errors.append(Failed(rule, node, verdict.error))
        return
    findings.violations += [_found(rule, node, INTRODUCED, one) for one in verdict.violations]
    if verdict.open is not None and not verdict.violations:
        findings.undetermined.append(_open(graph, rule, node, verdict.open, INTRODUCED))
    if keep_passes and not verdict.violations and verdict.open is None:
        findings.passes.append((rule, node))


def _ask(judge: Judge, subject: Resource | Change) -> _Verdict:
    """Run a rule. Where an unknown stops it inside a list element, run it again with that element last.

    So an element that cannot be judged yet never hides a violation in a later one.
    """
    verdict = _Verdict()
    stopped = _run(judge, subject, verdict)
    if stopped is None or verdict.error:
        return verdict
    verdict.open = stopped
    put_off: list[list[Path]] = []
    try:
        for _ in range(_MOST_TURNS):
            if not _put_off(stopped, put_off):
                break
            stopped = _run(judge, subject, verdict)
            if stopped is None:
                # In another order it came to an end: what was unknown did not matter, or is an error.
                verdict.open = None
                break
    finally:
        for elements in put_off:
            elements.clear()
    return verdict


def _run(judge: Judge, subject: Resource | Change, verdict: _Verdict) -> Undetermined | None:
    try:
        answer: Iterator[Any] | None = judge(subject)
        for one in answer if answer is not None else ():
            if not isinstance(one, Violation):
                verdict.error = f"the rule yielded {_kind(one)}, not a violation"
                return None
            said = _in_texts(one)
            if said not in verdict.violations:
                verdict.violations.append(said)
    except Undetermined as stopped:
        return stopped
    except PlanError:
        raise
    except TypeError as error:
        if _names_unknown(str(error)):
            # What is written in C (`str.join`, `re.match`) looks at the type before it would ask the value anything.
            return Undetermined((), None, (), "it is made of a value that is not known yet")
        verdict.error = _crash(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a rule raises is an error, never a pass
        verdict.error = _crash(error)
    return None


def _names_unknown(message: str) -> bool:
    """Whether an error of Python's own says that it was given an Unknown, not that a text has this word in it."""
    name = Unknown.__name__
    return f"'{name}'" in message or message.endswith((f" {name} found", f" not {name}"))


def _in_texts(one: Violation) -> Violation:
    """A violation whose parts are texts and nothing else: a sensitive one becomes ``(sensitive)`` here."""
    if type(one.path) is str and type(one.message) is str and not one.evidence and not one.mitigation:
        return one
    evidence = tuple(f"{part}" for part in one.evidence)
    return Violation(f"{one.path}", f"{one.message}", one.facts, evidence, f"{one.mitigation}")


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


def _crash(error: BaseException) -> str:
    """The error with the place in the rule where it came from."""
    from planguard.errors import PlanguardError

    if isinstance(error, PlanguardError):
        return str(error)
    trace = error.__traceback__
    place = ""
    while trace is not None:
        if "planguard_pack_" in trace.tb_frame.f_globals.get("__name__", ""):
            place = f" (line {trace.tb_lineno} of {file_name(trace.tb_frame.f_code.co_filename)})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{place}"


def _put_off(stopped: Undetermined, put_off: list[list[Path]]) -> bool:
    """Note the list elements around the unknown, so that the next turn takes them last. False: nothing to gain."""
    if stopped.origin is None:
        return False
    elements = stopped.origin.put_off
    gained = False
    for length, step in enumerate(stopped.path, 1):
        element = stopped.path[:length]
        if isinstance(step, int) and element not in elements:
            elements.append(element)
            put_off.append(elements)
            gained = True
    return gained


def _facts(one: Violation) -> str:
    """What makes a violation the same one in the other snapshot. Places in a list do not: sets have no order."""
    if one.facts is not None:
        return repr(one.facts)
    return f"{_INDEX.sub('[]', one.path)}\0{one.message}"


def _found(rule: Rule, node: Node, status: str, one: Violation) -> Found:
    return Found(rule, node, status, one.path, one.message, _facts(one), one.evidence, mitigation=one.mitigation)


def _is_same(before: Undetermined | None, after: Undetermined) -> bool:
    """Whether a rule was stopped by the same thing before, so that this plan is not what makes it undetermined."""
    return before is not None and (before.path, before.why) == (after.path, after.why)


def _open(graph: Graph, rule: Rule, node: Node, stopped: Undetermined, status: str) -> Open:
    origin = stopped.origin
    where = origin.node if isinstance(origin, Resource) else node
    # Who gives a reason knows what is missing; otherwise it is a value, and the graph knows where that comes from.
    known_after = stopped.known_after or (() if stopped.why else graph.sources_of(where, stopped.path))
    why = stopped.why
    path = render_path(stopped.path)
    if where is not node:
        why = why or f"a value of {where.address}"
        path = f"{where.address}.{path}" if path else where.address
    return Open(rule, node, path, known_after, why, status)
