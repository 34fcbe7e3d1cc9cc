"""A plan that is blocked, a policy that says who may excuse it, and waivers that people have signed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from planguard.check import Law, judge_plan
from planguard.decision.policy_file import policy_of
from planguard.decision.purpose import Purpose
from planguard.decision.time import parse_time
from planguard.decision.waivers.waiver import payload_of
from planguard.engine.pack import load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.graph.build import build_graph
from planguard.law import waivers_of
from planguard.plan.digest import Context, Digests
from planguard.reports.model import DecisionEntry, WaiverEntry
from tests.conftest import change, plan_document, plan_from
from tests.decision.signing import Signer, signer

PACKS = Path(__file__).parent.parent / "cli" / "packs"
MADE = "2026-03-01T07:00:00Z"
"""When the plan was made, then everything in its order."""
CREATED = "2026-03-01T08:00:00Z"
SIGNED = "2026-03-01T09:00:00Z"
NOW = "2026-03-02T12:00:00Z"
EXPIRES = "2026-03-06T08:00:00Z"

RULE, ADDRESS = "test-rule-open-to-world", "aws_security_group_rule.ssh"
QUEUE_RULE, QUEUE = "test-queue-key-missing", "aws_sqs_queue.jobs"

ALICE, BOB, CAROL, DEV = (f"{name}@example.com" for name in ("alice", "bob", "carol", "dev"))
KEYS: dict[str, Signer] = {name: signer("ed25519", seed) for seed, name in enumerate((ALICE, BOB, CAROL, DEV))}

POLICY: dict[str, Any] = {
    "environments": {
        "prod": {"production": True, "workspace": "prod"},
        "staging": {"workspace": "staging"},
        "dev": {"workspace": "dev"},
    },
    "owners": [{"team": "payments", "address": "aws_sqs_queue.*"}, {"team": "platform", "address": "*"}],
    "identities": {
        ALICE: {"roles": ["security", "lead"], "keys": [KEYS[ALICE].line]},
        BOB: {"roles": ["lead"], "teams": ["payments"], "keys": [KEYS[BOB].line]},
        CAROL: {"roles": ["security"], "teams": ["platform"], "keys": [KEYS[CAROL].line]},
        DEV: {"roles": ["security", "lead"], "teams": ["platform"], "keys": [KEYS[DEV].line]},
    },
    "approvals": [{"name": "grave", "roles": {"security": 1}, "longest": "7d"}],
}


def open_rule(port: int = 22, address: str = ADDRESS, **more: Any) -> dict[str, Any]:
    """A security group rule that lets the whole world in."""
    after = {"type": "ingress", "from_port": port, "to_port": port, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
    return change(address, ["create"], after=after, **more)


def open_queue(address: str = QUEUE) -> dict[str, Any]:
    """A queue without a key of its own."""
    return change(address, ["create"], after={"name": "jobs", "kms_master_key_id": None, "tags": {"owner": "x"}})


def plan(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan with these changes; without any, with one open rule."""
    return plan_document(*(changes or (open_rule(),)), **{"timestamp": MADE, **more})


@cache
def rules(pack: str) -> RuleSet:
    """The rules of a pack that these tests share with those of the command."""
    return select_rules([load_pack(PACKS / pack)])


class For(NamedTuple):
    """What a plan is for."""

    workspace: str | None = "prod"
    project: str | None = None
    env: str | None = None


def policy_text(**sections: Any) -> str:
    """The policy, with other sections where a test asks for them."""
    return yaml.safe_dump(copy.deepcopy({**POLICY, **sections}), sort_keys=False)


def decided(
    document: dict[str, Any] | bytes,
    files: Mapping[str, str] | None = None,
    policy: str | None = None,
    *,
    now: str | None = NOW,
    purpose: For = For(),  # noqa: B008 - frozen
    proposed: Mapping[str, str] | None = None,
    now_was_given: bool = True,
    digest_key: bytes | None = None,
    pack: str = "gate",
) -> DecisionEntry:
    """What is decided of a plan by a policy, with waivers by file name."""
    found = plan_from(document)
    waivers = waivers_of(
        {name: text.encode() for name, text in (files or {}).items()},
        {name: text.encode() for name, text in (proposed or {}).items()},
        "main",
    )
    law = Law(
        policy_of((policy or policy_text()).encode(), "planguard.yaml").policy,
        waivers,
        parse_time(now) if now is not None else None,
        now_was_given,
        digest_key,
    )
    wanted = Purpose(purpose.project, purpose.workspace, purpose.env)
    return judge_plan(found, build_graph(found), rules(pack), wanted, law, None, with_passes=False)


def digest(document: dict[str, Any] | bytes, context: Context = Context(None, "prod", "prod")) -> str:  # noqa: B008
    """The digest of a plan for production."""
    return Digests(plan_from(document)).of_plan(context)


def body_of(document: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A waiver for a plan, without approvals; some fields may be others."""
    return {
        "apiVersion": "planguard.dev/v1",
        "kind": "Waiver",
        "id": "one",
        "rules": [RULE],
        "addresses": [ADDRESS],
        "binding": {"plan": digest(document if document is not None else plan())},
        "environment": "prod",
        "project": None,
        "workspace": "prod",
        "owner": "platform",
        "requester": DEV,
        "reason": "The bastion moves behind the VPN next week",
        "compensating_controls": ["patched daily", "one address at a time"],
        "ticket": "OPS-17",
        "created": CREATED,
        "not_before": CREATED,
        "expires": EXPIRES,
        "renews": None,
        "revoked": None,
        **fields,
    }


def approval(
    body: dict[str, Any], by: str = ALICE, role: str = "security", at: str = SIGNED, key: Signer | None = None
) -> dict[str, Any]:
    """One approval, signed with the key of the one who gives it, or with another."""
    signed = (key or KEYS[by]).sign(payload_of(body, by, role, at))
    return {"by": by, "role": role, "at": at, "signature": signed}


def unsigned(by: str = ALICE, role: str = "security", at: str = SIGNED) -> dict[str, Any]:
    """One approval that is only said."""
    return {"by": by, "role": role, "at": at}


def written(body: dict[str, Any], *approvals: dict[str, Any]) -> str:
    """The text of a waiver's file."""
    return yaml.safe_dump({**body, "approvals": list(approvals)}, sort_keys=False, allow_unicode=True, width=1000)


def signed(document: dict[str, Any] | None = None, **fields: Any) -> str:
    """A waiver that Alice has approved as security."""
    body = body_of(document, **fields)
    return written(body, approval(body))


def verdict(found: DecisionEntry, identity: str = "one") -> WaiverEntry:
    """What became of one waiver."""
    [one] = [one for one in found.waivers if one.id == identity]
    return one
