"""The documentation says what the code does: its links, commands, outputs, rules, tables and terms are checked.

A block is run when it begins with ```` ```console exit=N ````: every line behind ``$`` has to end with that exit
code. With ``output`` behind it, what the command prints has to stand below it; ``--force-regen`` writes it there.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from planguard.cli.arguments import CHECK_OPTIONS
from planguard.decision.policy import BUILTIN_POLICY, Subject
from planguard.engine.evaluate import evaluate
from planguard.engine.pack import load_pack
from planguard.engine.rule import SEVERITIES
from planguard.engine.ruleset import select_rules
from planguard.errors import ExitCode
from planguard.plan.actions import _MEANING
from planguard.plan.document import Change, ResourceChange
from planguard.reports import model
from tests.conftest import FIXTURES, ROOT, graph_from

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *FIXTURES.rglob("README.md")])
MANUAL = [page for page in PAGES if FIXTURES not in page.parents]
SUPPORT = ROOT / "docs" / "plan-support.md"

TERMS = """
    action address alias allow block cache certainty change check condition control data decision declarative
    deferred deposed digest domain drift effect environment errored evaluation evidence example facts finding
    fingerprint fixed forgotten gate graph imported incomplete inherited introduced ledger lineage mask module moved
    neighbour no-op object observe outcome pack pass place plan policy raw reason reference replace report resource
    rule sensitive serial severity snapshot source status undetermined unknown unmodelled violation waiver warn
    workspace
"""


class Block(NamedTuple):
    """One fenced block of a page: its info string and its lines."""

    page: Path
    line: int
    info: tuple[str, ...]
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```([^\n`]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(page, text.count("\n", 0, found.start()) + 1, tuple(found[1].split()), found[2])


GUIDES = [ROOT / "docs" / name for name in ("waivers.md", "writing-rules.md")]
"""Pages whose blocks belong together: `test_guide.py` follows each from its beginning."""
BLOCKS = [block for page in MANUAL if page not in GUIDES for block in blocks_of(page)]
RUNNABLE = [block for block in BLOCKS if any(word.startswith("exit=") for word in block.info)]
RULES = [block for block in BLOCKS if "rule" in block.info]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def at(block: Block) -> str:
    return f"{name_of(block.page)}:{block.line}"


# --- links ---------------------------------------------------------------------------------------------------------


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors_of(page: Path) -> set[str]:
    return {slug(found) for found in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    assert dead == []


# --- commands ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of commands: nothing that changes what they print."""
    left_out = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {"PLANGUARD_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}


def settled(text: str) -> str:
    """An output without its ledger, which counts rules and so changes with every new one."""
    return re.sub(r"^ledger .*?^(?=(allow|warn|block)  )", "ledger\n", text.rstrip(), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", RUNNABLE, ids=at)
def test_commands_run(block: Block, settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    [code] = [int(word.removeprefix("exit=")) for word in block.info if word.startswith("exit=")]
    commands = re.findall(r"^\$ (.+)$", block.text, re.MULTILINE)
    assert commands
    answers = {}
    for command in commands:
        program, *words = shlex.split(command)
        assert program == "planguard"
        done = subprocess.run(
            [sys.executable, "-m", "planguard", *words],
            cwd=ROOT,
            env=settings,
            capture_output=True,
            timeout=120,
            check=False,
        )
        answers[command] = done.stdout.decode()
        assert (done.returncode, done.stderr.decode()) == (code, "")
    if "output" not in block.info:
        return
    [(command, answer)] = answers.items()
    shown = f"$ {command}\n{answer}"
    if request.config.getoption("force_regen"):
        fence = f"```{' '.join(block.info)}\n"
        page = block.page.read_text(encoding="utf-8")
        block.page.write_text(page.replace(fence + block.text, fence + shown), encoding="utf-8")
        return
    assert settled(block.text) == settled(shown), "pytest tests/test_docs.py --force-regen writes it anew"


def test_the_test_command_is_that_of_continuous_integration() -> None:
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().splitlines()[-1]
    for page in ("README.md", "CONTRIBUTING.md"):
        assert f"```sh\n{last}\n```" in (ROOT / page).read_text(encoding="utf-8")


def test_the_quick_start_has_two_commands() -> None:
    commands = re.findall(r"^```sh\n(.+)\n```$", section("Quick start"), re.MULTILINE)
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)


# --- rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", RULES, ids=at)
def test_rules_load_and_run(block: Block, tmp_path: Path) -> None:
    suffix = {"python": ".py", "yaml": ".yaml"}[block.info[0]]
    (tmp_path / f"own{suffix}").write_text(block.text, encoding="utf-8")
    rules = select_rules([load_pack(tmp_path)])
    for plan in ("unknowns/plan.json", "moved/plan-update.json", "stacks/aws-shop-prod/plan-update.json"):
        assert evaluate(graph_from((FIXTURES / plan).read_bytes()), rules).errors == []


# --- tables --------------------------------------------------------------------------------------------------------


def rows_of(text: str) -> list[list[str]]:
    """The cells of every row of every table in a text, heads and rulers left out."""
    bodies = re.findall(r"^\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for body in bodies for row in body.splitlines()
    ]


def section(title: str) -> str:
    """One section of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_table_of_exit_codes() -> None:
    assert [int(row[0]) for row in rows_of(section("Exit codes"))] == sorted(ExitCode)


def test_the_table_of_effects() -> None:
    for finding, severities, effect in rows_of(section("What is decided")):
        status = finding.split(",", 1)[0]
        for severity in SEVERITIES if severities == "any" else severities.split(", "):
            is_open = status == "undetermined"
            subject = Subject(
                "introduced" if is_open else status, severity, "network", "x", (), "aws_x", "aws_x.y",
                undetermined=is_open,
            )  # fmt: skip
            assert BUILTIN_POLICY.gate_for(subject).effect == effect
    assert len(rows_of(section("What is decided"))) == len(BUILTIN_POLICY.gates)


def test_every_option_of_check_is_mentioned() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [one.names[0] for one in CHECK_OPTIONS if f"`{one.names[0]}" not in text] == []


def test_every_feature_names_a_fixture_or_a_dash() -> None:
    features = SUPPORT.read_text(encoding="utf-8").split("\n## Encodings", 1)[0]
    rows = rows_of(features)
    assert len(rows) > 70
    assert [row[0] for row in rows if row[-1] != "–" and "](../fixtures/" not in row[-1]] == []


def test_the_names_of_fixtures_are_where_they_lead() -> None:
    text = SUPPORT.read_text(encoding="utf-8")
    pairs = re.findall(r"\[`([^`]+)`\]\(\.\./fixtures/([^)]+)\)", text)
    assert pairs
    assert [(name, path) for name, path in pairs if name != path or not (FIXTURES / path).exists()] == []


def test_plan_support_has_every_action_that_is_known() -> None:
    text = SUPPORT.read_text(encoding="utf-8")
    listed = {
        tuple(re.findall(r'"([a-z-]+)"', found)) for found in re.findall(r"^\| `\[(.+?)\]` \|", text, re.MULTILINE)
    }
    assert listed == set(_MEANING)


def test_plan_support_has_every_part_of_a_change_that_is_decoded() -> None:
    named = set(re.findall(r"`([a-z_.]+)`", SUPPORT.read_text(encoding="utf-8")))
    parts = {field.name for field in msgspec.structs.fields(ResourceChange)} - {"change", "type", "name"}
    parts |= {f"change.{field.name}" for field in msgspec.structs.fields(Change)} - {"change.actions"}
    assert parts - named == set()


def test_plan_support_has_every_key_that_a_fixture_has() -> None:
    named = set(re.findall(r"`([a-z_]+)`", SUPPORT.read_text(encoding="utf-8")))
    found: set[str] = set()
    for path in FIXTURES.glob("*/*.json"):
        if path.parent.name not in ("digests", "inputs", "rules", "schemas"):
            found |= set(msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw]))
    assert found - named == {"brand_new"}


INPUTS = [row for row in rows_of(SUPPORT.read_text(encoding="utf-8")) if row[1] in ("3", "decided")]


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row[0])
def test_inputs_end_as_the_table_says(row: list[str], settings: dict[str, str]) -> None:
    [path] = re.findall(r"\(\.\./(fixtures/[^)]+)\)", row[2])
    words = ["check", path, "--only", "network"]
    done = subprocess.run(
        [sys.executable, "-m", "planguard", *words],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in ((0, 1) if row[1] == "decided" else (3,))


# --- terms ---------------------------------------------------------------------------------------------------------


def test_the_glossary_has_every_term() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    explained = set(re.findall(r"[a-z-]+", " ".join(re.findall(r"\*\*?([^*\n]+)\*\*?", text))))
    assert set(TERMS.split()) - explained == set()


def test_the_report_has_every_field() -> None:
    named = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "report.md").read_text(encoding="utf-8")))
    structs = [one for one in vars(model).values() if isinstance(one, type) and one.__module__ == model.__name__]
    assert structs
    fields = {field.name for one in structs for field in msgspec.structs.fields(one)}
    assert fields - named == set()


def test_the_architecture_has_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = [path for path in (ROOT / "planguard").rglob("*.py") if path.name != "__init__.py"]
    assert [name_of(path) for path in modules if path.name not in text] == []
