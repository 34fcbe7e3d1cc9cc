"""Rule files: found, checked, kept in an index, and refused with the place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from planguard.engine.pack import load_pack
from planguard.engine.ruleset import find_rules, select_rules
from planguard.errors import CallError, RuleFileError

GOOD = '''
from planguard import rule, violation

@rule(id="{id}", severity="low", domain="network", resources=["aws_thing"], aliases=["CKV_X_1"])
def thing(resource):
    """Title here.

    Why it matters.

    How to fix it.
    """
    yield violation("", "wrong")
'''
YAML = """
id: {id}
title: A title
why: Why.
fix: Fix.
domain: baseline
severity: low
resources: [aws_thing]
condition: name == 'x'
"""


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def refused(root: Path) -> RuleFileError:
    with pytest.raises(RuleFileError) as raised:
        load_pack(root)
    return raised.value


def test_both_forms_carry_the_same_fields(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path, one__py=GOOD.format(id="thing-one"), two__yaml=YAML.format(id="thing-two")))
    one, two = pack.rules
    assert (one.title, one.why, one.fix, one.kind, one.line) == (
        "Title here",
        "Why it matters.",
        "How to fix it.",
        "python",
        4,
    )
    assert (two.title, two.why, two.fix, two.kind, two.path) == ("A title", "Why.", "Fix.", "yaml", "name")


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("severity: low", "severity: hihg", "`severity`: `hihg`", "did you mean `high`?"),
        ("severity: low\n", "", "`severity` is missing", "known are"),
        ("domain: baseline", "domain: networking", "`domain`: `networking`", "did you mean `network`?"),
        ("severity: low", "severty: low", "unknown field `severty`", "did you mean `severity`?"),
        ("why: Why.", "why:", "`why` is missing", "every rule has a text"),
        ("id: thing-two", "id: Thing", "`id`: `Thing` is not a rule id", "lower-case words"),
        ("resources: [aws_thing]", "resources: []", "`resources` is missing", "aws_s3_bucket"),
        ("resources: [aws_thing]", "resources: [AWS::S3::Bucket]", "is not a resource type", "aws_s3_bucket"),
        ("condition: name == 'x'", "condition: 3", "`condition` must be a JMESPath expression", "quotes"),
        ("condition: name == 'x'\n", "", "`condition` is missing", "JMESPath"),
        ("why: Why.", "why: Why.\nwhy: Why?", "`why` stands twice", "keep one"),
        ("why: Why.", "why: [", "not YAML", ""),
    ],
)
def test_a_yaml_rule_that_is_wrong_says_where_and_what_is_near(
    tmp_path: Path, old: str, new: str, message: str, hint: str
) -> None:
    text = YAML.format(id="thing-two")
    assert old in text
    error = refused(write(tmp_path, two__yaml=text.replace(old, new)))
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.place is not None
    assert error.place.startswith(f"{tmp_path}/two.yaml:")


def test_the_place_is_the_line_of_the_field(tmp_path: Path) -> None:
    error = refused(write(tmp_path, two__yaml=YAML.format(id="thing-two").replace("severity: low", "severity: x")))
    assert error.place == f"{tmp_path}/two.yaml:7"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('if resource.get("a") is None: return', "`is None` cannot see that a value is not known yet"),
        ('if resource.get("a") is not None: return', "`is not None` cannot see"),
        ('if resource.get("a") is True: return', "`is True` cannot see"),
        ('if type(resource.get("a")) == list: return', "`type(…)` cannot see"),
        ("try:\n        pass\n    except:\n        pass", "would swallow"),
        ("try:\n        pass\n    except BaseException:\n        pass", "would swallow"),
        ('match resource.get("a"):\n        case None: pass', "this `case` cannot see"),
        ('match resource.get("a"):\n        case ["x"]: pass', "this `case` cannot see"),
        ('match resource.get("a"):\n        case {"k": 1}: pass', "this `case` cannot see"),
        ('if None is resource.get("a"): return', "`is None` cannot see"),
        ("if 1 < 2 is not True: return", "`is not True` cannot see"),
        ("try:\n        pass\n    finally:\n        return", "leaving a `finally` would swallow"),
        ("try:\n        pass\n    except planguard.Undetermined:\n        pass", "would swallow"),
        ("from contextlib import suppress\n    suppress(BaseException)", "would swallow"),
    ],
)
def test_a_test_that_an_unknown_value_cannot_intercept_is_refused(tmp_path: Path, body: str, message: str) -> None:
    text = GOOD.format(id="thing-one").replace("    yield", f"    {body}\n    yield")
    error = refused(write(tmp_path, one__py=text))
    assert message in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def broken(:\n", "not Python"),
        ("import no_such_module_anywhere\n", "cannot be imported: ModuleNotFoundError"),
        ("1 / 0\n", "cannot be imported: ZeroDivisionError"),
        (GOOD.format(id="thing-one").replace("    How to fix it.\n", ""), "has no manual in its docstring"),
        (GOOD.format(id="thing-one").replace('severity="low"', 'severity="lo"'), "`severity`: `lo`"),
    ],
)
def test_a_python_rule_that_is_wrong_says_where(tmp_path: Path, text: str, message: str) -> None:
    error = refused(write(tmp_path, one__py=text))
    assert message in error.message
    assert error.place is not None
    assert "one.py:" in error.place


def test_one_id_is_one_rule(tmp_path: Path) -> None:
    error = refused(write(tmp_path, one__py=GOOD.format(id="the-same"), two__yaml=YAML.format(id="the-same")))
    assert "`the-same` is the id of another rule" in error.message


def test_two_packs_may_not_share_an_id(tmp_path: Path) -> None:
    packs = [load_pack(write(tmp_path / name, two__yaml=YAML.format(id="the-same"))) for name in ("a", "b")]
    with pytest.raises(RuleFileError, match="another pack"):
        select_rules(packs)


def test_a_folder_without_rules_is_no_pack(tmp_path: Path) -> None:
    assert refused(tmp_path).message == "no rules here"
    assert refused(tmp_path / "nowhere").message == "no such folder of rules"


def test_modules_of_a_pack_import_each_other(tmp_path: Path) -> None:
    text = GOOD.format(id="thing-one").replace(
        "import rule, violation", "import rule, violation\nfrom ._ports import X"
    )
    pack = load_pack(write(tmp_path, network_one__py="", **{"net/one__py": text, "net/_ports__py": "X = 1\n"}))
    assert [rule.module for rule in pack.rules] == ["net.one"]


class TestIndex:
    def test_files_that_did_not_change_are_not_parsed_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root, cache = tmp_path / "pack", tmp_path / "cache"
        write(root, one__py=GOOD.format(id="thing-one"), two__yaml=YAML.format(id="thing-two"))
        first = load_pack(root, cache=cache)
        monkeypatch.setattr("planguard.engine.pack._parse", lambda *_: pytest.fail("parsed again"))
        assert load_pack(root, cache=cache) == first

    def test_a_changed_file_is(self, tmp_path: Path) -> None:
        root, cache = tmp_path / "pack", tmp_path / "cache"
        write(root, two__yaml=YAML.format(id="thing-two"))
        first = load_pack(root, cache=cache)
        write(root, two__yaml=YAML.format(id="thing-three"))
        second = load_pack(root, cache=cache)
        assert [rule.id for rule in second.rules] == ["thing-three"]
        assert first.digest != second.digest

    @pytest.mark.parametrize("damage", [b"", b"\x00", b"\x91\x01", b"not msgpack at all"])
    def test_a_damaged_index_is_made_again(self, tmp_path: Path, damage: bytes) -> None:
        root, cache = tmp_path / "pack", tmp_path / "cache"
        write(root, two__yaml=YAML.format(id="thing-two"))
        first = load_pack(root, cache=cache)
        for file in cache.iterdir():
            file.write_bytes(damage)
        assert load_pack(root, cache=cache) == first

    def test_a_cache_that_cannot_be_written_costs_only_time(self, tmp_path: Path) -> None:
        write(tmp_path / "pack", two__yaml=YAML.format(id="thing-two"))
        (tmp_path / "file").write_text("")
        assert len(load_pack(tmp_path / "pack", cache=tmp_path / "file" / "cache").rules) == 1


class TestSelection:
    @pytest.fixture
    def packs(self, tmp_path: Path) -> list[object]:
        return [
            load_pack(write(tmp_path, one__py=GOOD.format(id="thing-one"), two__yaml=YAML.format(id="thing-two")))
        ]

    @pytest.mark.parametrize(
        ("only", "skip", "left"),
        [
            ([], [], ["thing-one", "thing-two"]),
            (["thing-one"], [], ["thing-one"]),
            (["CKV_X_1"], [], ["thing-one"]),
            (["baseline"], [], ["thing-two"]),
            ([], ["network"], ["thing-two"]),
            ([], ["CKV_X_1"], ["thing-two"]),
        ],
    )
    def test_by_id_alias_and_domain(self, packs: list, only: list[str], skip: list[str], left: list[str]) -> None:
        assert [rule.id for rule in select_rules(packs, only, skip).rules] == left

    def test_a_name_of_no_rule_is_refused(self, packs: list) -> None:
        with pytest.raises(CallError) as raised:
            select_rules(packs, ["thing-on"])
        assert raised.value.hint == "did you mean `thing-one`?"

    def test_nothing_left_is_no_gate(self, packs: list) -> None:
        with pytest.raises(CallError, match="no rule is left"):
            select_rules(packs, [], ["network", "baseline"])

    def test_a_rule_is_found_by_its_alias(self, packs: list) -> None:
        rules = select_rules(packs).rules
        assert [rule.id for rule in find_rules(rules, "CKV_X_1")] == ["thing-one"]
