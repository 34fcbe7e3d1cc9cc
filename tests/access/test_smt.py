"""A second opinion by an SMT solver: does one set of wildcard patterns hold a text that another does not?

Needs ``z3-solver``; without it these tests are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from planguard.access.compare import compare_documents
from tests.access.random_policies import random_glob
from tests.access.reference import Request, allowed
from tests.access.witnesses import request_of

z3: Any = pytest.importorskip("z3")

LETTERS = "ab:"


def regex(glob: str) -> Any:
    """A wildcard pattern as a regular expression over the texts that matter."""
    any_one = z3.AllChar(z3.ReSort(z3.StringSort()))
    pieces = [z3.Star(any_one) if char == "*" else any_one if char == "?" else z3.Re(char) for char in glob]
    return z3.Concat(*pieces) if len(pieces) > 1 else pieces[0]


def any_of(globs: Sequence[str]) -> Any:
    """Texts that some pattern means."""
    found = [regex(glob) for glob in globs]
    return z3.Union(*found) if len(found) > 1 else found[0]


def policy(resources: Sequence[str], denied: Sequence[str]) -> dict[str, Any]:
    """A policy that allows some resources but for others."""
    statements = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": list(resources)}]
    if denied:
        statements.append({"Effect": "Deny", "Action": "*", "Resource": list(denied)})
    return {"Version": "2012-10-17", "Statement": statements}


def in_policy(text: Any, resources: Sequence[str], denied: Sequence[str]) -> Any:
    """That a text is among the resources that a policy allows."""
    allowed_here = z3.InRe(text, any_of(resources))
    return z3.And(allowed_here, z3.Not(z3.InRe(text, any_of(denied)))) if denied else allowed_here


def solution(old: tuple[list[str], list[str]], new: tuple[list[str], list[str]]) -> str | None:
    """A resource that the new policy allows and the old one does not, by the solver; None if there is none.

    Every resource has a name, so the empty text is none.

    :raises TimeoutError: the solver does not come to an end
    """
    text = z3.String("text")
    solver = z3.Solver()
    solver.set("timeout", 1000)
    solver.add(z3.Length(text) > 0, in_policy(text, *new), z3.Not(in_policy(text, *old)))
    answer = solver.check()
    if answer == z3.unknown:
        raise TimeoutError
    if answer == z3.unsat:
        return None
    found_text = solver.model().eval(text, model_completion=True).as_string()
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), found_text)


def globs(random: Random, most: int) -> list[str]:
    """Some patterns over few letters."""
    return [random_glob(random, LETTERS, 5) for _ in range(random.randint(1, most))]


@pytest.mark.parametrize("seed", range(4))
def test_the_solver_and_the_comparison_agree_on_random_patterns(seed: int) -> None:
    random = Random(seed)
    given_up = 0
    for _ in range(500):
        old = (globs(random, 4), globs(random, 2) if random.random() < 0.5 else [])
        new = (globs(random, 4), globs(random, 2) if random.random() < 0.5 else [])
        found = compare_documents(policy(*old), policy(*new))
        try:
            text = solution(old, new)
        except TimeoutError:
            given_up += 1
            continue
        assert bool(found.new) == (text is not None), (old, new, text, found)
        for region in found.new:
            request = request_of(region.witness)
            assert allowed(policy(*new), request)
            assert not allowed(policy(*old), request)
        if text is not None:
            request = Request("AWS:arn:aws:iam::111122223333:role/a", "s3:GetObject", text)
            assert allowed(policy(*new), request)
            assert not allowed(policy(*old), request)
    assert given_up < 25
