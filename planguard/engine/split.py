"""The rules on a large graph by two processes: each takes the resources of one type after the other, and one tells
the other.

Both have the whole graph, which the second gets by a fork and so without a copy. Whatever goes wrong with it, the
first does the work after all: an answer that did not arrive is never taken for one without findings.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from planguard.engine.finding import Failed, Findings, Found, Open
from planguard.engine.rule import Rule
from planguard.graph.node import Node

LEAST = 4000
"""Objects from which on a second process is worth its start."""
MOST_SHARES = 256
_CHUNK = 1 << 20


class _Told(msgspec.Struct, array_like=True):
    """Findings as numbers and texts: rules and objects by their places."""

    evaluations: int
    violations: list[tuple[int, int, str, str, str, str, tuple[str, ...], str]]
    undetermined: list[tuple[int, int, str, tuple[str, ...], str, str]]
    errors: list[tuple[int, int, str]]


def can_split(objects: int) -> bool:
    """Whether a second process can be started here, and is worth it."""
    return objects >= LEAST and hasattr(os, "fork") and threading.active_count() == 1


class Queue:
    """Shares of the work, handed out one at a time to whichever process asks first.

    Each share is one byte in a pipe: reading it is taking it.
    """

    def __init__(self, shares: int) -> None:
        """With as many shares as there are, at most :data:`MOST_SHARES`."""
        self._reading, writing = os.pipe()
        os.write(writing, bytes(range(shares)))
        os.close(writing)

    def __iter__(self) -> Iterator[int]:
        """The numbers of the shares that this process gets."""
        while found := os.read(self._reading, 1):
            yield found[0]

    def close(self) -> None:
        """Hand out nothing any more."""
        os.close(self._reading)


def shares_of(weights: Mapping[str, int]) -> list[list[str]]:
    """The types in shares, the heaviest first; what is light goes together into the last."""
    ordered = sorted(weights, key=lambda kind: (-weights[kind], kind))
    alone, rest = ordered[: MOST_SHARES - 1], ordered[MOST_SHARES - 1 :]
    return [[kind] for kind in alone] + ([rest] if rest else [])


class Helper:
    """A second process that judges its shares, and says what it found."""

    def __init__(self, work: Callable[[], Findings], rules: Iterable[Rule], nodes: list[Node]) -> None:
        """Start it.

        :param work: judges the shares that it gets; runs in the second process only
        """
        self._rules = list(rules)
        self._nodes = nodes
        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _work_and_end(work, self._rules, writing)
        os.close(writing)
        self._reading = reading

    def findings(self) -> Findings | None:
        """What it found, None where it did not come to its end."""
        chunks = []
        while chunk := os.read(self._reading, _CHUNK):
            chunks.append(chunk)
        os.close(self._reading)
        _, status = os.waitpid(self._process, 0)
        if status != 0:
            return None
        try:
            told = msgspec.msgpack.decode(b"".join(chunks), type=_Told)
        except msgspec.DecodeError:
            return None
        rules, nodes = self._rules, self._nodes
        return Findings(
            violations=[
                Found(rules[rule], nodes[node], status, path, message, facts, evidence, mitigation=mitigation)
                for rule, node, status, path, message, facts, evidence, mitigation in told.violations
            ],
            undetermined=[
                Open(rules[rule], nodes[node], path, known_after, why, status)
                for rule, node, path, known_after, why, status in told.undetermined
            ],
            errors=[Failed(rules[rule], nodes[node], message) for rule, node, message in told.errors],
            evaluations=told.evaluations,
        )


def _work_and_end(work: Callable[[], Findings], rules: list[Rule], writing: int) -> None:
    """The second process from its beginning to its end. It never comes back."""
    code = 1
    try:
        data = _encoded(work(), rules)
        with os.fdopen(writing, "wb") as stream:
            stream.write(data)
        code = 0
    except BaseException:  # noqa: BLE001, S110 - the first process does the work then, and tells what is wrong
        pass
    finally:
        os._exit(code)


def _encoded(findings: Findings, rules: list[Rule]) -> bytes:
    place: dict[str, int] = {rule.id: number for number, rule in enumerate(rules)}
    rows: Any = _Told(
        findings.evaluations,
        [
            (
                place[one.rule.id],
                one.node.index,
                one.status,
                one.path,
                one.message,
                one.facts,
                one.evidence,
                one.mitigation,
            )
            for one in findings.violations
        ],
        [
            (place[one.rule.id], one.node.index, one.path, one.known_after, one.why, one.status)
            for one in findings.undetermined
        ],
        [(place[one.rule.id], one.node.index, one.message) for one in findings.errors],
    )
    return msgspec.msgpack.encode(rows)
