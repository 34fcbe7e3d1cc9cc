"""How long it takes to match waivers with findings: 5,000 violations, 500 signed waivers.

    python benchmarks/waivers.py

Prints the time of reading the files, and of a decision beyond the evaluation of rules.
"""

from __future__ import annotations

import base64
import hashlib
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from planguard.decision.policy import BUILTIN_GATES, Approval, Identity, Key, Policy, Subject, When
from planguard.decision.waivers.judge import Excusable, Situation, judge_waivers
from planguard.decision.waivers.sshsig import NAMESPACE
from planguard.decision.waivers.waiver import payload_of
from planguard.decision.waivers.write import render_waiver
from planguard.law import read_waivers

FINDINGS, WAIVERS, RUNS = 5000, 500, 7
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DIGEST = "pg1:" + "a" * 64
APPROVER = "alice@example.com"


def sized(part: bytes) -> bytes:
    """A part of an SSH message, with its length in front."""
    return len(part).to_bytes(4, "big") + part


def signed(key: Ed25519PrivateKey, message: bytes) -> str:
    """What ``ssh-keygen -Y sign`` writes."""
    blob = public_blob(key)
    head = sized(NAMESPACE.encode()) + sized(b"") + sized(b"sha512")
    value = key.sign(b"SSHSIG" + head + sized(hashlib.sha512(message).digest()))
    whole = b"SSHSIG" + (1).to_bytes(4, "big") + sized(blob) + head + sized(sized(b"ssh-ed25519") + sized(value))
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(whole).decode()}\n-----END SSH SIGNATURE-----\n"


def public_blob(key: Ed25519PrivateKey) -> bytes:
    """The public key as it stands in signatures."""
    return sized(b"ssh-ed25519") + sized(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def write_waivers(folder: Path, key: Ed25519PrivateKey) -> None:
    """Five hundred waivers, each for ten findings, each signed."""
    for number in range(WAIVERS):
        body = {
            "apiVersion": "planguard.dev/v1",
            "kind": "Waiver",
            "id": f"w-{number}",
            "rules": [f"rule-{number % 50}"],
            "addresses": [f"aws_x.r{number}_{one}" for one in range(10)],
            "binding": {"plan": DIGEST},
            "environment": "prod",
            "project": None,
            "workspace": None,
            "owner": "shop",
            "requester": "dev@example.com",
            "reason": "a reason of more than twenty characters",
            "compensating_controls": [],
            "ticket": None,
            "created": "2026-05-31T00:00:00Z",
            "not_before": "2026-05-31T00:00:00Z",
            "expires": "2026-06-05T00:00:00Z",
            "renews": None,
            "revoked": None,
        }
        at = "2026-05-31T12:00:00Z"
        signature = signed(key, payload_of(body, APPROVER, "security", at))
        approval = {"by": APPROVER, "role": "security", "at": at, "signature": signature}
        (folder / f"w-{number}.yaml").write_text(render_waiver(body, [approval]))


def subject(number: int) -> Subject:
    """One violation of those that the waivers name."""
    waiver, one = divmod(number, 10)
    return Subject("introduced", "high", "network", f"rule-{waiver % 50}", (), "aws_x", f"aws_x.r{waiver}_{one}")


def main() -> None:
    """Measure, and print medians."""
    key = Ed25519PrivateKey.generate()
    line = f"ssh-ed25519 {base64.b64encode(public_blob(key)).decode()}"
    policy = Policy(
        BUILTIN_GATES,
        identities=(Identity(APPROVER, ("security",), (), (Key(line),)),),
        approvals=(Approval("all", When(), (("security", 1),), timedelta(days=7)),),
    )
    findings = [Excusable(subject(number), BUILTIN_GATES[0], None, f"pg1f:{number}") for number in range(FINDINGS)]
    situation = Situation(NOW, DIGEST, "prod")
    with tempfile.TemporaryDirectory() as folder:
        write_waivers(Path(folder), key)
        reading, deciding = [], []
        for _ in range(RUNS):
            started = time.perf_counter()
            waivers = read_waivers(Path(folder), None)
            read = time.perf_counter()
            excused, _ = judge_waivers(waivers, findings, policy, situation)
            reading.append(read - started)
            deciding.append(time.perf_counter() - read)
    sys.stdout.write(
        f"{len(excused)} of {FINDINGS} findings excused by {WAIVERS} waivers\n"
        f"reading   {statistics.median(reading):.3f} s\n"
        f"deciding  {statistics.median(deciding):.3f} s\n"
    )


if __name__ == "__main__":
    main()
