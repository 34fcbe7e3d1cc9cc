"""Whole processes, measured from outside: time on the clock, time of the processors, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
ALLOWED_OR_BLOCKED = (0, 1)


@dataclass(frozen=True)
class Sample:
    """What one process took.

    :ivar wall: seconds from its start to its end
    :ivar cpu: seconds of processor time, user and system
    :ivar memory: the most memory that it held, in MiB
    """

    wall: float
    cpu: float
    memory: float

    def over(self, other: Sample) -> Sample:
        """Each figure divided by the other's."""
        return Sample(self.wall / other.wall, self.cpu / other.cpu, self.memory / other.memory)


def middle(samples: Iterable[Sample]) -> Sample:
    """The median of each figure."""
    rows = [asdict(one) for one in samples]
    return Sample(**{name: median(row[name] for row in rows) for name in ("wall", "cpu", "memory")})


def run(command: list[str], folder: Path, environment: Mapping[str, str], codes: Iterable[int] = (0,)) -> Sample:
    """Run one process to its end.

    The memory of a child counts from its parent's on, so whoever calls this must stay small.

    :raises SystemExit: when it ends with another code than these
    """
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            errors.seek(0)
            told = errors.read().decode(errors="replace")
            raise SystemExit(f"`{' '.join(command)}` ended with {process.returncode}\n{told}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT / 2**20)


def alternate(
    first: Callable[[], Sample], second: Callable[[], Sample], pairs: int
) -> tuple[list[Sample], list[Sample]]:
    """Run two commands in turn, after one run of each that does not count.

    What else the machine does then weighs on both alike, and the ratio of each pair holds where seconds drift.
    """
    first(), second()
    left: list[Sample] = []
    right: list[Sample] = []
    for _ in range(pairs):
        left.append(first())
        right.append(second())
    return left, right
