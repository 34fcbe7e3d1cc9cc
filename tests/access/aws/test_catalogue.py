"""The table of actions tells how much a wildcard takes in."""

from __future__ import annotations

import pytest

from planguard.access.aws.catalogue import LEVELS, actions_of, is_action, levels_of, spelled, table_date


def test_an_action_is_found_whatever_its_case() -> None:
    assert is_action("S3:getobject")
    assert not is_action("s3:GetEverything")
    assert not is_action("nothing")


def test_a_wildcard_takes_in_the_actions_of_its_service() -> None:
    found = levels_of(["s3:*"])
    assert list(found) == [level for level in LEVELS.values() if level in found]
    assert found["write"] > 30
    assert levels_of(["s3:GetObject", "S3:GetObject", "s3:getobj?ct"]) == {"read": 1}


def test_what_is_left_out_does_not_count() -> None:
    every, some = levels_of(["*"]), levels_of(["*"], ["iam:*"])
    own = levels_of(["iam:*"])
    assert {level: every[level] - some[level] for level in own} == own


def test_a_service_that_nobody_knows_has_no_actions() -> None:
    assert levels_of(["nosuchservice:*"]) == {}


def test_the_table_says_when_it_was_made() -> None:
    assert table_date().startswith("20")


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("s3:getobject", "s3:GetObject"),
        ("s3:get*", "s3:Get*"),
        ("s3:*", "s3:*"),
        ("*", "*"),
        ("iam:pass*role", "iam:Pass*role"),
        ("s3:nosuchaction", "s3:nosuchaction"),
        ("nosuchservice:x*", "nosuchservice:x*"),
    ],
)
def test_an_action_is_spelled_as_aws_writes_it(told: str, written: str) -> None:
    assert spelled(told) == written


def test_actions_that_change_permissions_come_first() -> None:
    assert actions_of("s3")[0].startswith("s3:")
    assert levels_of(actions_of("sqs")[:1]) == {"permissions management": 1}
    assert actions_of("nosuchservice") == ()
