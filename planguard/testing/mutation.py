"""Rules with small changes, and whether any example notices each of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from planguard.engine.rule import Rule
from planguard.engine.ruleset import RuleSet
from planguard.engine.settings import for_examples
from planguard.errors import PlanguardError
from planguard.graph.graph import Graph
from planguard.testing.condition_mutants import condition_mutants
from planguard.testing.example import Example, graph_of
from planguard.testing.limit import OutOfTimeError, time_limit
from planguard.testing.outcome import outcome_in
from planguard.testing.pack_source import ModuleSource, Reach, Unit, load_sources
from planguard.testing.python_mutants import Edit, Mutant, python_mutants
from planguard.testing.replaced import PackCode
from planguard.testing.suite import Progress, RuleResult, in_parallel

SECONDS = 2.0
"""Processor time that a mutant may take on one example; who takes longer is noticed."""


class Task(msgspec.Struct, frozen=True):
    """What is mutated in one go: a rule's condition and parameters, or one unit of a Python pack.

    :ivar rule: the id of the rule, empty for a unit
    :ivar users: ids of the rules that use the unit
    """

    pack: str
    rule: str = ""
    unit: Unit = Unit("", "")
    users: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True):
    """What became of one mutant.

    :ivar file: the file that was changed
    :ivar where: the rule, function or value in it
    :ivar change: what was changed, in one line
    :ivar killer: the id of the example that noticed, empty where none did
    :ivar tried: how many examples were asked
    """

    file: str
    line: int
    where: str
    change: str
    killer: str = ""
    tried: int = 0

    @property
    def survived(self) -> bool:
        """Whether no example noticed."""
        return not self.killer


class Case(msgspec.Struct, frozen=True):
    """An example that passes, with its plan and the lines that it runs."""

    example: Example
    plan: bytes
    lines: dict[str, frozenset[int]]


class Ground:
    """What mutants are tried on: examples by rule, graphs and packs, each made once per process."""

    def __init__(self, cases: dict[str, list[Case]]) -> None:
        self.cases = cases
        self._graphs: dict[str, Graph] = {}
        self._packs: dict[str, PackCode] = {}

    def pack(self, root: str) -> PackCode:
        """The code of a pack."""
        if root not in self._packs:
            self._packs[root] = PackCode(Path(root), load_sources(Path(root)))
        return self._packs[root]

    def graph(self, case: Case) -> Graph:
        """The graph of an example."""
        if case.example.id not in self._graphs:
            self._graphs[case.example.id] = graph_of(case.plan, case.example.id)
        return self._graphs[case.example.id]

    def forget(self, case: Case) -> None:
        """Make the graph of an example anew next time: who was stopped may have left it half made."""
        self._graphs.pop(case.example.id, None)

    def __reduce__(self) -> tuple[type[Ground], tuple[dict[str, list[Case]]]]:
        return Ground, (self.cases,)


def mutate_rules(
    results: Iterable[RuleResult],
    others: Iterable[RuleResult] = (),
    *,
    jobs: int = 1,
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> list[Verdict]:
    """Mutate rules and everything in their packs that they use.

    :param results: of a run that noted which lines ran; examples that failed are left out
    :param others: of rules that share something with those, whose examples may notice what is done to it
    :param seconds: processor time for one mutant on one example
    :returns: what became of each mutant, ordered by file and line
    """
    wanted = list(results)
    everything = [*wanted, *others]
    ground = Ground({one.rule.id: _cases(one) for one in everything})
    rules, all_rules = ([one.rule for one in some if ground.cases[one.rule.id]] for some in (wanted, everything))
    tasks = list(_tasks(rules, users_of(all_rules)))
    found = in_parallel(_mutate, tasks, (ground, seconds), jobs=jobs, progress=progress)
    verdicts = [verdict for several in found for verdict in several]
    return sorted(verdicts, key=lambda one: (one.file, one.line, one.where, one.change))


def _cases(one: RuleResult) -> list[Case]:
    return [
        Case(result.example, result.plan, {file: frozenset(lines) for file, lines in result.lines.items()})
        for result in one.results
        if result.passed
    ]


Users = dict[tuple[str, Unit], list[str]]
"""The ids of the rules that use a unit, by pack and unit."""


def users_of(rules: Iterable[Rule]) -> Users:
    """What the Python rules of packs use, and which rules use it."""
    users: Users = {}
    packs: dict[str, dict[str, ModuleSource]] = {}
    for rule in rules:
        if rule.kind == "python":
            if rule.pack not in packs:
                packs[rule.pack] = load_sources(Path(rule.pack))
            for unit in Reach(packs[rule.pack], rule.module, rule.function).units:
                users.setdefault((rule.pack, unit), []).append(rule.id)
    return users


def sharing(rules: Iterable[Rule], all_rules: Iterable[Rule]) -> list[Rule]:
    """The other rules that use something that these use, too."""
    own = {rule.id for rule in rules}
    all_rules = list(all_rules)
    shared: set[str] = set()
    for ids in users_of(all_rules).values():
        if not own.isdisjoint(ids):
            shared.update(ids)
    return [rule for rule in all_rules if rule.id in shared - own]


def _tasks(rules: list[Rule], users: Users) -> Iterator[Task]:
    wanted = {rule.id for rule in rules}
    for rule in rules:
        if rule.kind == "yaml" or rule.parameters:
            yield Task(rule.pack, rule.id)
    # The dearest first, so that the processes end at about the same time.
    for (pack, unit), ids in sorted(users.items(), key=lambda item: -len(item[1])):
        if not wanted.isdisjoint(ids):
            yield Task(pack, unit=unit, users=tuple(ids))


def _mutate(shared: tuple[Ground, float], task: Task) -> list[Verdict]:
    import gc

    gc.enable()  # every mutant leaves a module behind, with cycles in it
    ground, seconds = shared
    return list(_of_rule(ground, task, seconds) if task.rule else _of_unit(ground, task, seconds))


def _of_rule(ground: Ground, task: Task, seconds: float) -> Iterator[Verdict]:
    cases = list(ground.cases[task.rule])
    rule = cases[0].example.rule
    for mutant in condition_mutants(rule):
        try:
            rules = RuleSet((), [for_examples(mutant.rule)])
            rules.judge(mutant.rule)
        except PlanguardError:
            # It cannot even be compiled: every example would tell.
            yield Verdict(rule.file, rule.line, rule.id, mutant.change, cases[0].example.id)
            continue
        killer = _killer(ground, cases, lambda _, rules=rules: rules, seconds)  # type: ignore[misc]
        yield Verdict(rule.file, rule.line, rule.id, mutant.change, killer, len(cases))


def _of_unit(ground: Ground, task: Task, seconds: float) -> Iterator[Verdict]:
    pack = ground.pack(task.pack)
    source = pack.sources[task.unit.module]
    node = source.node_of(task.unit)
    if node is None:
        return
    cases = [case for user in task.users for case in ground.cases[user]]
    is_function = isinstance(node, ast.FunctionDef)
    never: set[int | None] = {None}
    silent: set[tuple[str, int]] = set()
    for mutant in python_mutants(node):
        if _is_hidden(mutant, silent):
            continue
        asked = [one for one in cases if _runs(one, source.file, mutant)] if is_function else cases
        if not asked:
            if mutant.block not in never:
                never.add(mutant.block)
                yield Verdict(source.file, mutant.span[0], task.unit.name, _never(source.file, node, mutant, cases))
            continue
        killer = _killer_of_code(ground, pack, task.unit, mutant, asked, seconds)
        if killer:
            _to_front(cases, killer)
        elif mutant.hides:
            silent.add((mutant.hides, mutant.nodes[-1]))
        yield Verdict(source.file, mutant.line, task.unit.name, mutant.change, killer, len(asked))


def _is_hidden(mutant: Mutant, silent: set[tuple[str, int]]) -> bool:
    """Whether a mutant that survived already says what this one would."""
    inside = any(("inside", node) in silent for node in mutant.nodes)
    return inside or any(("same", node) in silent for node in mutant.nodes[-1:])


def _runs(case: Case, file: str, mutant: Mutant) -> bool:
    lines = case.lines.get(file)
    first, last = mutant.span
    return lines is not None and any(line in lines for line in range(first, last + 1))


def _never(file: str, node: ast.AST, mutant: Mutant, cases: list[Case]) -> str:
    """What to say of code that no example runs: of the whole function, or of a block in it."""
    whole = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    if not any(_runs(case, file, mutant._replace(span=whole)) for case in cases):
        return "no example runs it"
    return f"no example runs `{ast.unparse(mutant.parent).splitlines()[0]}`"


def _to_front(cases: list[Case], killer: str) -> None:
    """What noticed one change of a function is likely to notice the next."""
    for at, case in enumerate(cases):
        if case.example.id == killer:
            cases.insert(0, cases.pop(at))
            return


def _killer_of_code(
    ground: Ground, pack: PackCode, unit: Unit, mutant: Mutant, cases: list[Case], seconds: float
) -> str:
    with Edit(mutant):
        code = pack.compiled(unit.module)
    with pack.replaced(unit.module, code) as prepare:
        ready: dict[str, RuleSet] = {}

        def rules_for(case: Case) -> RuleSet:
            rule = case.example.rule
            if rule.id not in ready:
                prepare(rule.module)
                ready[rule.id] = RuleSet((), [for_examples(rule)])
            return ready[rule.id]

        return _killer(ground, cases, rules_for, seconds)


def _killer(ground: Ground, cases: list[Case], rules_for: Callable[[Case], RuleSet], seconds: float) -> str:
    """The id of the first example that notices; whatever crashes, or does not come to an end, is noticed."""
    for case in cases:
        graph = ground.graph(case)
        try:
            with time_limit(seconds):
                noticed = not outcome_in(rules_for(case), graph).suits(case.example.kind)
        except (OutOfTimeError, RecursionError):
            ground.forget(case)
            noticed = True
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            noticed = True
        if noticed:
            return case.example.id
    return ""
