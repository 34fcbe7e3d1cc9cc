"""Examples of rules as tests of pytest: one item each, ``pack/own.py::rule-id::bad::name``.

Nothing of planguard is imported before there is a rule file to collect.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from planguard.engine.rule import Rule
    from planguard.testing.example import Example

_SUFFIXES = frozenset({".py", ".yaml", ".yml"})
_FOLDERS = pytest.StashKey[tuple[Path, ...]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option ``--planguard-rules DIR``, and ``planguard_rules`` in the ini file."""
    group = parser.getgroup("planguard")
    group.addoption(
        "--planguard-rules",
        metavar="DIR",
        action="append",
        default=[],
        help="run the examples of the planguard rules in this folder; repeatable",
    )
    parser.addini("planguard_rules", "folders of planguard rules whose examples are run", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Add the folders to what is collected; those of the ini file, when no tests are named."""
    given = [Path(config.invocation_params.dir, folder) for folder in config.getoption("--planguard-rules")]
    usual = list(config.getini("planguard_rules"))
    config.stash[_FOLDERS] = folders = tuple(path.resolve() for path in (*given, *usual))
    if not folders:
        return
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    covered = [Path(config.invocation_params.dir, one.split("::")[0]).resolve() for one in config.args]
    for folder in folders[: len(given)] if named else folders:
        if not any(folder.is_relative_to(one) or one.is_relative_to(folder) for one in covered):
            config.args.append(str(folder))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of rules, where it stands in one of the folders."""
    if file_path.suffix not in _SUFFIXES or file_path.name.startswith(("_", ".")):
        return None
    for folder in parent.config.stash[_FOLDERS]:
        if file_path.is_relative_to(folder):
            found: RuleFile = RuleFile.from_parent(parent, path=file_path)
            found.pack = folder
            return found
    return None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Keep pytest from importing a file of rules as tests, which it does with a file that is named to it."""
    if any(module_path.is_relative_to(folder) for folder in parent.config.stash[_FOLDERS]):
        nothing: NoTests = NoTests.from_parent(parent, path=module_path)
        return nothing
    return None


class NoTests(pytest.File):
    """A file without tests in Python."""

    def collect(self) -> list[pytest.Item]:
        """Nothing."""
        return []


class RuleFile(pytest.File):
    """A file of rules."""

    pack: Path

    def collect(self) -> Iterator[pytest.Collector]:
        """Its rules, in their order."""
        for rule in _pack_of(self.config, self.pack):
            if Path(rule.file) == self.path:
                found: RuleNode = RuleNode.from_parent(self, name=rule.id)
                found.rule = rule
                yield found

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """A wrong rule file in one sentence."""
        from planguard.errors import PlanguardError

        if isinstance(excinfo.value, PlanguardError):
            return f"{excinfo.value}\nhelp: {excinfo.value.hint}" if excinfo.value.hint else str(excinfo.value)
        return super().repr_failure(excinfo)


_PACKS = pytest.StashKey[dict[Path, tuple[Any, ...]]]()


def _pack_of(config: pytest.Config, folder: Path) -> tuple[Rule, ...]:
    from planguard.engine.pack import load_pack

    packs = config.stash.setdefault(_PACKS, {})
    if folder not in packs:
        packs[folder] = load_pack(folder).rules
    return packs[folder]


class RuleNode(pytest.Collector):
    """A rule."""

    rule: Rule

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        """Its examples by kind, and whether it has those that every rule must have."""
        from planguard.testing.example import BAD, GOOD, KINDS, examples_of

        found = examples_of(self.rule)
        for kind in KINDS:
            some = [one for one in found if one.kind == kind]
            if some:
                node: KindNode = KindNode.from_parent(self, name=kind)
                node.examples = some
                yield node
            elif kind in (BAD, GOOD):
                yield MissingItem.from_parent(self, name=kind)


class KindNode(pytest.Collector):
    """The examples of one kind."""

    examples: list[Example]

    def collect(self) -> Iterator[pytest.Item]:
        """One item each."""
        for one in self.examples:
            item: ExampleItem = ExampleItem.from_parent(self, name=one.name)
            item.example = one
            yield item


class MissingExampleError(Exception):
    """A rule without a bad, or without a good example."""


class MissingItem(pytest.Item):
    """A kind of example that a rule has to have, and has not."""

    def runtest(self) -> None:
        """Fail."""
        raise MissingExampleError

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Say what is missing."""
        if isinstance(excinfo.value, MissingExampleError):
            return f"the rule has no {self.name} example"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is, and its id."""
        return _reported(self)


class ExampleItem(pytest.Item):
    """One example."""

    example: Example

    def runtest(self) -> None:
        """Run it."""
        from planguard.testing.suite import Check

        Check(self.example)()

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """What was expected and what came, without a traceback of planguard's own."""
        from planguard.errors import PlanguardError

        if isinstance(excinfo.value, (AssertionError, PlanguardError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is, and its id."""
        return _reported(self)


def _reported(item: pytest.Item) -> tuple[Path, int | None, str]:
    return item.path, None, item.nodeid.split("::", 1)[-1]
