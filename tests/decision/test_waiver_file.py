"""The file of a waiver: every key has to be there, what is wrong is told with its line, writing loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pytest_regressions.data_regression import DataRegressionFixture

from planguard.decision.waivers.waiver import Waiver, parse_waiver
from planguard.decision.waivers.write import FIELDS, render_waiver
from planguard.errors import ExitCode, WaiverFileError
from planguard.law import waivers_of
from tests.decision.waiving import ALICE, SIGNED, approval, body_of, signed, unsigned, written

FILE = "waivers/one.yaml"
TEXT = written(body_of(), unsigned())


def parsed(**fields: Any) -> Waiver:
    return parse_waiver(written(body_of(**fields), unsigned()), FILE)


def told(text: str) -> str:
    """What is said of a text that is no waiver, with its advice."""
    with pytest.raises(WaiverFileError) as refused:
        parse_waiver(text, FILE)
    assert refused.value.exit_code == ExitCode.WRONG_CALL
    return f"{refused.value}" + (f" | {refused.value.hint}" if refused.value.hint else "")


WRONG: dict[str, str] = {
    "nothing": "",
    "a list": "- a\n",
    "a text": "waiver",
    "no yaml": "a: [",
    "two documents": TEXT + "---\n" + TEXT,
    "a key twice": TEXT + "id: two\n",
    "a key that there is not": TEXT.replace("ticket:", "tickets:"),
    "a key far from any": TEXT + "max_uses: 3\n",
    "another version": TEXT.replace("planguard.dev/v1", "planguard.dev/v2"),
    "another kind": TEXT.replace("kind: Waiver", "kind: Exception"),
    "an id with a space": TEXT.replace("id: one", "id: one two"),
    "an id that leads away": TEXT.replace("id: one", "id: ../one"),
    "no rules": TEXT.replace("rules:\n- test-rule-open-to-world", "rules: []"),
    "rules as one text": TEXT.replace("rules:\n- test-rule-open-to-world", "rules: test-rule-open-to-world"),
    "rules by a pattern": TEXT.replace("- test-rule-open-to-world", "- test-*"),
    "a number for a text": TEXT.replace("ticket: OPS-17", "ticket: 17"),
    "a short reason": TEXT.replace("The bastion moves behind the VPN next week", "because"),
    "a reason still to be written": TEXT.replace(
        "The bastion moves behind the VPN next week", "TODO, say why it is so"
    ),
    "a requester still to be named": TEXT.replace("requester: dev@example.com", "requester: todo"),
    "an owner still to be named": TEXT.replace("owner: platform", "owner: TODO"),
    "an empty requester": TEXT.replace("requester: dev@example.com", "requester: ''"),
    "no time": TEXT.replace("expires: '2026-03-06T08:00:00Z'", "expires: soon"),
    "no end": TEXT.replace("expires: '2026-03-06T08:00:00Z'", "expires: null"),
    "an end before the beginning": TEXT.replace("expires: '2026-03-06T08:00:00Z'", "expires: 2026-03-01T07:00:00Z"),
    "a beginning before it was made": TEXT.replace("not_before: '2026-03-01", "not_before: '2026-02-01"),
    "a digest of something else": TEXT.replace("plan: pg1:", "plan: pg1c:"),
    "a binding to nothing": TEXT.replace("  plan: pg1:", "  changes: []\n#"),
    "a binding that there is not": TEXT.replace("  plan: pg1:", "  plans: pg1:"),
    "half a revocation": TEXT.replace("revoked: null", "revoked: {at: 2026-03-02T00:00:00Z}"),
    "approvals as a mapping": TEXT.replace("approvals:\n- by:", "approvals:\n  by:").replace("\n  role", "\n  role"),
    "an approval without its time": TEXT.replace(f"\n  at: '{SIGNED}'", ""),
    "an approval with more": TEXT + "  method: verbal\n",
    "no approvals": TEXT.split("approvals:")[0],
}


def test_each_mistake_is_told_with_its_line(data_regression: DataRegressionFixture) -> None:
    assert [name for name, text in WRONG.items() if text == TEXT] == []
    found = {name: told(text) for name, text in WRONG.items()}
    assert [name for name, text in found.items() if not text.startswith(FILE + ":")] == []
    data_regression.check(found)


@pytest.mark.parametrize("name", FIELDS)
def test_every_key_must_be_there(name: str) -> None:
    content = {**body_of(), "approvals": []}
    del content[name]
    assert told(yaml.safe_dump(content)) == f"{FILE}:1: `{name}` is missing"


def test_the_keys_are_those_that_are_written() -> None:
    assert set(FIELDS) == {*body_of(), "approvals"}


# --- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("binding", "kind", "bound"),
    [
        ({"plan": "pg1:" + "a" * 64}, "plan", {"pg1:" + "a" * 64}),
        ({"changes": ["pg1c:" + "a" * 64, "pg1c:" + "b" * 64]}, "change", {"pg1c:" + "a" * 64, "pg1c:" + "b" * 64}),
        ({"fingerprints": ["pg1f:" + "c" * 64]}, "fingerprint", {"pg1f:" + "c" * 64}),
    ],
)
def test_it_is_bound_to_one_kind_of_digest(binding: dict[str, Any], kind: str, bound: set[str]) -> None:
    found = parsed(binding=binding)
    assert (found.binding, set(found.bound_to)) == (kind, bound)


def test_a_date_is_the_beginning_of_its_day() -> None:
    assert parsed(expires="2026-03-06").expires == parsed(expires="2026-03-06T00:00:00Z").expires
    assert parsed(expires="2026-03-06T02:00:00+02:00").expires == parsed(expires="2026-03-06").expires


def test_what_is_signed_is_everything_but_the_approvals() -> None:
    plain, approved = parse_waiver(written(body_of()), FILE), parse_waiver(signed(), FILE)
    assert plain.payload(ALICE, "security", SIGNED) == approved.payload(ALICE, "security", SIGNED)
    assert parsed(ticket=None).payload(ALICE, "security", SIGNED) != plain.payload(ALICE, "security", SIGNED)
    others = [("bob", "security", SIGNED), (ALICE, "lead", SIGNED), (ALICE, "security", "2026-03-01T09:00:01Z")]
    assert len({plain.payload(*one) for one in [(ALICE, "security", SIGNED), *others]}) == 4


# --- writing -------------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=20, max_size=60).filter(
    lambda text: len(text.strip()) >= 20 and not text.strip().upper().startswith("TODO")
)


@given(TEXTS, st.lists(TEXTS, max_size=3), st.none() | TEXTS)
def test_what_is_written_reads_as_it_was(reason: str, controls: list[str], ticket: str | None) -> None:
    body = body_of(reason=reason, compensating_controls=controls, ticket=ticket)
    given_ = approval(body)
    found = parse_waiver(render_waiver(body, [given_]), FILE)
    assert found.body == body
    [one] = found.approvals
    assert (one.by, one.role, one.at_text, one.signature) == tuple(given_.values())


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    odd = [
        "null",
        "true",
        "no",
        "017",
        "1e3",
        "~",
        "- a",
        "a: b",
        "# a",
        "2026-03-01",
        "&a",
        "*a",
        "!a",
        "%",
        "@",
        "`",
        "|",
    ]
    body = body_of(compensating_controls=odd, ticket="0x11", project="null", workspace="~")
    assert parse_waiver(render_waiver(body, []), FILE).body == body


def test_the_file_is_made_to_be_read(data_regression: DataRegressionFixture) -> None:
    body = body_of(reason="The bastion moves behind the VPN.\nUntil then it is patched daily.")
    data_regression.check({"text": render_waiver(body, [unsigned()])})


# --- several files -------------------------------------------------------------------------------------------------


def test_what_is_no_waiver_excuses_nothing_and_is_told() -> None:
    found = waivers_of(
        {
            "w/bad.yaml": TEXT.replace("ticket:", "tickets:").encode(),
            "w/binary.yaml": b"\xff\xfe\x00",
            "w/large.yaml": b"#" * 1_000_001,
            "w/one.yaml": TEXT.encode(),
        }
    )
    assert [one.id for one in found.valid] == ["one"]
    assert {one.file: one.why for one in found.invalid} == {
        "w/bad.yaml": "line 19: unknown key `tickets`; did you mean `ticket`?",
        "w/binary.yaml": "it is not UTF-8 text",
        "w/large.yaml": "it is too large for a waiver",
    }


def test_aliases_of_aliases_come_to_an_end() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 12)]
    found = waivers_of({"w/one.yaml": "\n".join(lines).encode()})
    [one] = found.invalid
    assert "it says too much" in one.why


def test_what_differs_from_the_ref_is_a_proposal() -> None:
    found = waivers_of({"w/one.yaml": TEXT.encode()}, {"w/two.yaml": written(body_of(id="two")).encode()}, "main")
    assert [one.id for one in found.valid] == ["one"]
    assert [(one.waiver.id, one.ref) for one in found.proposals] == [("two", "main")]
    broken = waivers_of({}, {"w/two.yaml": b"- a"}, "main")
    assert [(one.id, one.why) for one in broken.invalid] == [
        ("two", "line 1: a waiver is a mapping; `planguard waiver request` writes one")
    ]
