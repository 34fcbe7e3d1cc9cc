"""The pages of the built-in rules say what the rules say."""

from __future__ import annotations

from planguard.engine.pack import builtin_root, load_pack
from planguard.reports.rule_docs import HAND_WRITTEN, render_pages
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "rules"


def test_the_pages_are_current() -> None:
    there = {path.name for path in FOLDER.iterdir()}
    pages = render_pages(load_pack(builtin_root()).rules, HAND_WRITTEN)
    stale = [name for name, text in pages.items() if name not in there or (FOLDER / name).read_text("utf-8") != text]
    assert stale == [], "`planguard rules docs` writes them anew"
    assert there - pages.keys() - HAND_WRITTEN.keys() == set()


def test_differences_name_rules_that_there_are() -> None:
    rules = {rule.id: rule for rule in load_pack(builtin_root()).rules}
    text = (FOLDER / "differences.md").read_text("utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `")]
    assert rows
    for row in rows:
        identity, aliases, *_ = (cell.strip() for cell in row)
        rule = rules[identity.strip("`")]
        assert {one.strip(" `") for one in aliases.split(",")} <= set(rule.aliases), row
