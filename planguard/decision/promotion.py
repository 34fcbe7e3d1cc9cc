"""Promotion: whether what goes to an environment was decided in a lower one before, by comparing configurations.

What is compared is what was written, not what it comes out as: modules with their source and version, and each block
with the expression of each setting. The same code with other variables is the same configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Raw

from planguard.decision.policy import BLOCK, Promotion
from planguard.errors import CallError
from planguard.plan.canonical import NotCanonicalError, decode_exact, written
from planguard.plan.document import ModuleConfig, ResourceConfig
from planguard.plan.glob import fits_any
from planguard.plan.plan import Plan
from planguard.plan.sensitive import SENSITIVE

_MOST = 5


class ModuleFacts(msgspec.Struct, frozen=True):
    """Where a module comes from."""

    source: str
    version: str | None = None


class BlockFacts(msgspec.Struct, frozen=True):
    """One block: its type, and for each setting what stands for its expression."""

    type: str
    settings: dict[str, str]


class ConfigurationFacts(msgspec.Struct, frozen=True):
    """What a plan's configuration says, in a form that shows no value and can be compared."""

    modules: dict[str, ModuleFacts] = {}
    blocks: dict[str, BlockFacts] = {}


class LowerDecision(msgspec.Struct, frozen=True):
    """A decision of a lower environment, as its report tells.

    :ivar file: the report
    """

    file: str
    environment: str | None
    outcome: str
    configuration: ConfigurationFacts


class _LowerEnvironment(msgspec.Struct):
    name: str | None


class _LowerPlan(msgspec.Struct):
    environment: _LowerEnvironment


class _LowerEntry(msgspec.Struct):
    plan: _LowerPlan
    outcome: str
    configuration: ConfigurationFacts | None = None


class _LowerReport(msgspec.Struct):
    schema: str
    decisions: list[_LowerEntry]


class Missing(msgspec.Struct, frozen=True):
    """Something that promotion asks for and that is not so."""

    effect: str
    text: str


class Comparison(msgspec.Struct, frozen=True):
    """What one promotion found.

    :ivar without_counterpart: blocks and modules that the lower decision does not know
    :ivar different: by address of a block or module, the settings that differ
    """

    environment: str
    file: str | None
    without_counterpart: tuple[str, ...] = ()
    different: dict[str, list[str]] = {}


def configuration_facts(plan: Plan) -> ConfigurationFacts:
    """What the configuration of a plan says."""
    modules: dict[str, ModuleFacts] = {}
    blocks: dict[str, BlockFacts] = {}
    _gather(plan, plan.configuration.root_module, "", modules, blocks)
    return ConfigurationFacts(modules, blocks)


def _gather(
    plan: Plan, module: ModuleConfig, path: str, modules: dict[str, ModuleFacts], blocks: dict[str, BlockFacts]
) -> None:
    for block in module.resources:
        blocks[f"{path}{block.address}"] = BlockFacts(block.type, _settings(plan, block))
    for name, call in module.module_calls.items():
        address = f"{path}module.{name}"
        modules[address] = ModuleFacts(call.source, call.version_constraint or None)
        _gather(plan, call.module, f"{address}.", modules, blocks)


def _settings(plan: Plan, block: ResourceConfig) -> dict[str, str]:
    try:
        expressions = decode_exact(block.expressions)
    except NotCanonicalError:
        expressions = None
    found: dict[str, str] = {}
    for name, expression in (expressions or {}).items() if isinstance(expressions, dict) else ():
        found[name] = _stand_in(plan, expression)
    for name in ("count_expression", "for_each_expression"):
        raw: Raw = getattr(block, name)
        if bytes(raw) not in (b"", b"null"):
            found[name.removesuffix("_expression")] = _stand_in(plan, decode_exact(raw))
    return found


def _stand_in(plan: Plan, expression: Any) -> str:
    """A hash; the hash of a short secret would tell it to whoever tries all of them."""
    text = written(expression)
    shown = text.decode("utf-8", "replace")
    return SENSITIVE if plan.redactor.text(shown) != shown else sha256(text).hexdigest()[:16]


def lower_decisions(data: bytes, file: str) -> list[LowerDecision]:
    """The decisions in a JSON report.

    :raises CallError: when it is none, or was written without what promotion compares
    """
    try:
        report = msgspec.json.decode(data, type=_LowerReport)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        report = _LowerReport("", [])
    if report.schema != "planguard/report/v1" or not report.decisions:
        hint = "write one with `planguard check PLAN --format json=FILE`"
        raise CallError("--promoted-from is not a report of planguard", hint, place=file)
    found = []
    for one in report.decisions:
        if one.configuration is None:
            hint = "check the lower environment with a policy that has `promotion`"
            raise CallError("--promoted-from holds no configuration to compare with", hint, place=file)
        found.append(LowerDecision(file, one.plan.environment.name, one.outcome, one.configuration))
    return found


def compare_promotion(
    promotions: Iterable[Promotion],
    environment: str | None,
    facts: ConfigurationFacts,
    lower: Sequence[LowerDecision],
) -> tuple[list[Missing], list[Comparison]]:
    """What promotion to an environment asks for and does not find, and what was compared."""
    missing: list[Missing] = []
    compared: list[Comparison] = []
    for promotion in promotions:
        if promotion.environment != environment:
            continue
        wanted = " or ".join(f"`{name}`" for name in promotion.source)
        candidates = [one for one in lower if one.environment in promotion.source]
        if not candidates:
            compared.append(Comparison(promotion.source[0], None))
            missing.append(
                Missing(
                    promotion.effect,
                    f"policy wants it decided in {wanted} first; give its report with --promoted-from FILE",
                )
            )
            continue
        results = [(_compared(promotion, facts, one), one) for one in candidates]
        best, decision = min(results, key=lambda pair: len(pair[0].without_counterpart) + len(pair[0].different))
        compared.append(best)
        if decision.outcome == BLOCK:
            missing.append(Missing(promotion.effect, f"it was blocked in `{decision.environment}` ({decision.file})"))
        missing += [Missing(promotion.effect, text) for text in _told(best)]
    return missing, compared


def _compared(promotion: Promotion, facts: ConfigurationFacts, lower: LowerDecision) -> Comparison:
    other = lower.configuration
    without = [address for address in facts.blocks if address not in other.blocks]
    without += [address for address in facts.modules if address not in other.modules]
    different: dict[str, list[str]] = {}
    for address, module in facts.modules.items():
        there = other.modules.get(address)
        if there is not None and there != module:
            different[address] = [
                name for name in ("source", "version") if getattr(there, name) != getattr(module, name)
            ]
    for address, block in facts.blocks.items():
        counterpart = other.blocks.get(address)
        if counterpart is None:
            continue
        names = sorted({*block.settings, *counterpart.settings})
        changed = [
            name
            for name in names
            if block.settings.get(name) != counterpart.settings.get(name)
            and not fits_any(promotion.differences, f"{block.type}.{name}")
        ]
        if changed:
            different[address] = changed
    return Comparison(lower.environment or "", lower.file, tuple(sorted(without)), dict(sorted(different.items())))


def _told(one: Comparison) -> Iterable[str]:
    if one.without_counterpart:
        yield f"{_listed(one.without_counterpart)} without counterpart in `{one.environment}` ({one.file})"
    if one.different:
        texts = [f"{address} ({', '.join(names)})" for address, names in one.different.items()]
        yield f"{_listed(texts)} configured otherwise than in `{one.environment}` ({one.file})"


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more
