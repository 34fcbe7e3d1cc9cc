"""All examples of some rules: run, in this process or in several, and what is missing among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from planguard.engine.rule import Rule
from planguard.errors import PlanguardError
from planguard.testing.example import (
    BAD,
    GOOD,
    Example,
    PlanMaker,
    examples_of,
    graph_of,
    plan_by_source,
    select_examples,
)
from planguard.testing.outcome import Result, outcome_of, run_example
from planguard.testing.trace import traced_lines

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Progress = Callable[[int, int], None]


class RuleResult(msgspec.Struct, frozen=True):
    """A rule, and what came of its examples.

    :ivar missing: kinds of examples that every rule has to have, and this one has not
    """

    rule: Rule
    results: tuple[Result, ...]
    missing: tuple[str, ...] = ()

    @property
    def failures(self) -> int:
        """Examples that failed, and kinds that are missing."""
        return sum(not one.passed for one in self.results) + len(self.missing)

    @property
    def fired(self) -> bool:
        """Whether any example made the rule find a violation."""
        return any(one.outcome.violations for one in self.results)

    @property
    def never_known(self) -> tuple[str, ...]:
        """What the rule asked for, where no example told it: the attributes that were unknown in every one."""
        outcomes = [one.outcome for one in self.results]
        if not outcomes or not all(one.undetermined and not one.violations and not one.errors for one in outcomes):
            return ()
        return tuple(sorted({said.path for one in outcomes for said in one.undetermined}))


class Wanted(msgspec.Struct, frozen=True):
    """How examples are to be run.

    :ivar make: from HCL to plan JSON
    :ivar word: only examples with this word in their id
    :ivar jobs: how many processes
    :ivar trace: note which lines of the pack run
    """

    make: PlanMaker = plan_by_source
    word: str = ""
    jobs: int = 1
    trace: bool = False


def run_rules(rules: Iterable[Rule], wanted: Wanted, progress: Progress | None = None) -> list[RuleResult]:
    """Run the examples of rules, in the order of the rules.

    :param progress: called now and then with how many of how many rules are done
    :raises RuleFileError: when the code of a rule cannot be loaded
    """
    return in_parallel(_run_rule, list(rules), wanted, jobs=wanted.jobs, progress=progress)


def in_parallel(
    work: Callable[[Any, Task], Answer],
    tasks: Sequence[Task],
    shared: Any,
    *,
    jobs: int,
    progress: Progress | None = None,
) -> list[Answer]:
    """The answers to tasks, in their order; with several jobs, from as many processes.

    :param work: a function of a module; its first argument is ``shared``, which each process is given once
    :raises PlanguardError: when a process dies
    """
    tell = progress or (lambda done, total: None)
    if jobs <= 1 or len(tasks) <= 1:
        return list(_counted((work(shared, task) for task in tasks), len(tasks), tell))
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(min(jobs, len(tasks)), initializer=_start, initargs=(work, shared)) as pool:
            return list(_counted(pool.map(_work, tasks), len(tasks), tell))
    except BrokenProcessPool:
        raise PlanguardError("a worker process died", "try again with --jobs 1") from None


def _counted(answers: Iterable[Answer], total: int, tell: Progress) -> Iterator[Answer]:
    for done, answer in enumerate(answers, 1):
        tell(done, total)
        yield answer


_started: list[tuple[Callable[[Any, Any], Any], Any]] = []


def _start(work: Callable[[Any, Any], Any], shared: Any) -> None:
    _started[:] = [(work, shared)]


def _work(task: Any) -> Any:
    work, shared = _started[0]
    return work(shared, task)


def _run_rule(wanted: Wanted, rule: Rule) -> RuleResult:
    found = examples_of(rule)
    missing = () if wanted.word else tuple(kind for kind in (BAD, GOOD) if not any(one.kind == kind for one in found))
    results = [_run_one(one, wanted) for one in select_examples(found, wanted.word)]
    return RuleResult(rule, tuple(results), missing)


def _run_one(example: Example, wanted: Wanted) -> Result:
    result = run_example(example, wanted.make)
    if not wanted.trace or not result.plan:
        return result
    graph = graph_of(result.plan, example.id)
    with traced_lines() as lines:
        outcome_of(example.rule, graph)
    return msgspec.structs.replace(result, lines={file: tuple(sorted(found)) for file, found in lines.items()})


def examples(*folders: str | Path, make: PlanMaker = plan_by_source) -> list[Any]:
    """The examples of packs, for ``pytest.mark.parametrize``; each is called to run, and raises AssertionError.

    .. code-block:: python

        @pytest.mark.parametrize("example", planguard.testing.examples("policy"))
        def test_example(example):
            example()

    :param folders: packs
    :returns: pytest parameters with ids such as ``rule-id::bad::name``
    :raises RuleFileError: when a pack is wrong
    """
    import pytest

    from planguard.engine.pack import load_pack

    rules = [rule for folder in folders for rule in load_pack(Path(folder)).rules]
    return [pytest.param(Check(one, make), id=one.id) for rule in rules for one in examples_of(rule)]


class Check(msgspec.Struct, frozen=True):
    """An example that is run when it is called."""

    example: Example
    make: PlanMaker = plan_by_source

    def __call__(self) -> None:
        """Run it.

        :raises AssertionError: when the rule does not say what the example expects
        """
        from planguard.testing.text import render_failure

        result = run_example(self.example, self.make)
        if not result.passed:
            raise AssertionError(render_failure(result))
