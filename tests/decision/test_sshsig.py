"""Signatures of people's SSH keys: every kind that counts, and nothing that only looks like one.

Signatures are made in :mod:`tests.decision.signing`, from the formats, and by ``ssh-keygen`` where it is there.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from planguard.decision.waivers.sshsig import NAMESPACE, SignatureError, public_key, signature, verify
from tests.decision import signing
from tests.decision.signing import KINDS, VERIFIED, Signer, armored, number, public_line, signer, sized

MESSAGE = b'{"approval":{},"waiver":{}}'
SECURITY_KEYS = ("sk-ed25519", "sk-ecdsa")


def counts(one: Signer, armor: str, message: bytes = MESSAGE) -> bool:
    """Whether a signature is one of a person's key over a message."""
    try:
        found = signature(armor)
        if found.key != public_key(one.line):
            return False
        verify(found, message)
    except SignatureError:
        return False
    return True


# --- what counts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hash_", ["sha256", "sha512"])
def test_a_signature_of_every_kind_counts(kind: str, hash_: str) -> None:
    one = signer(kind)
    assert counts(one, armored(one.bytes(MESSAGE, hash_=hash_)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_namespace_is_that_of_waivers(kind: str) -> None:
    one = signer(kind)
    assert NAMESPACE == signing.NAMESPACE
    for other in ("git", "file", "planguard-waiver", "planguard-waiver@v2", "", "planguard-waiver@v1\0"):
        armor = one.sign(MESSAGE, other)
        assert not counts(one, armor)
        # It is a signature, and for that purpose it would count.
        verify(signature(armor), MESSAGE, other)


@pytest.mark.parametrize("kind", SECURITY_KEYS)
def test_a_security_key_that_also_asked_for_a_pin_counts(kind: str) -> None:
    one = signing.security_key(kind, flags=signing.PRESENT | VERIFIED, counter=2**32 - 1)
    assert counts(one, one.sign(MESSAGE))


# --- what does not -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_no_flipped_byte_counts(kind: str) -> None:
    one = signer(kind)
    blob = one.bytes(MESSAGE)
    assert counts(one, armored(blob))
    for mask in (0x01, 0x80, 0xFF):
        accepted = [
            at
            for at in range(len(blob))
            if counts(one, armored(blob[:at] + bytes([blob[at] ^ mask]) + blob[at + 1 :]))
        ]
        assert accepted == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_byte_of_the_message_may_differ(kind: str) -> None:
    one = signer(kind)
    armor = one.sign(MESSAGE)
    changed = [MESSAGE[:at] + bytes([MESSAGE[at] ^ 1]) + MESSAGE[at + 1 :] for at in range(len(MESSAGE))]
    changed += [b"", MESSAGE + b"\n", b" " + MESSAGE, MESSAGE[:-1]]
    assert [text for text in changed if counts(one, armor, text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_byte_may_be_missing_or_added(kind: str) -> None:
    one = signer(kind)
    blob = one.bytes(MESSAGE)
    assert [at for at in range(len(blob)) if counts(one, armored(blob[:at]))] == []
    assert [at for at in range(len(blob)) if counts(one, armored(blob[:at] + blob[at + 1 :]))] == []
    assert not counts(one, armored(blob + b"\0"))
    assert not counts(one, armored(blob + blob))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_may_stand_behind_a_signature(kind: str) -> None:
    one = signer(kind)
    longer = one._replace(raw=lambda signed: one.raw(signed) + b"\0")
    assert counts(one, one.sign(MESSAGE))
    assert not counts(one, longer.sign(MESSAGE))


@pytest.mark.parametrize("kind", KINDS)
def test_another_key_of_the_same_kind_does_not_count(kind: str) -> None:
    one, other = signer(kind), signer(kind, 1)
    assert not counts(one, other.sign(MESSAGE))
    # Its own key in front of what another one signed is no better.
    borrowed = one._replace(raw=other.raw)
    assert not counts(one, borrowed.sign(MESSAGE))


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_by_another_algorithm_than_that_of_its_key_does_not_count(kind: str) -> None:
    one = signer(kind)
    names = [
        b"ssh-ed25519",
        b"ecdsa-sha2-nistp256",
        b"ecdsa-sha2-nistp384",
        b"rsa-sha2-256",
        b"ssh-rsa",
        b"none",
        b"",
    ]
    for name in names:

        def renamed(signed: bytes, name: bytes = name) -> bytes:
            raw = one.raw(signed)
            own = sized(raw[4 : 4 + int.from_bytes(raw[:4], "big")])
            return (b"sk-" if own == sized(name) else sized(name)) + raw[len(own) :]

        assert not counts(one, one._replace(raw=renamed).sign(MESSAGE))


def test_rsa_over_sha1_does_not_count() -> None:
    one = signing.old_rsa()
    armor = one.sign(MESSAGE)
    with pytest.raises(SignatureError, match="SHA-1, which does not count"):
        verify(signature(armor), MESSAGE)


@pytest.mark.parametrize("bits", [1024, 2047])
def test_a_small_rsa_key_does_not_count(bits: int) -> None:
    one = signing.small_rsa(bits)
    with pytest.raises(SignatureError, match=f"{bits} bits, and 2048 are the least"):
        verify(signature(one.sign(MESSAGE)), MESSAGE)
    with pytest.raises(SignatureError, match=f"{bits} bits, and 2048 are the least"):
        public_key(one.line)


@pytest.mark.parametrize("hash_", ["md5", "sha1", "sha384"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_over_another_hash_does_not_count(kind: str, hash_: str) -> None:
    one = signer(kind)
    with pytest.raises(SignatureError, match="a hash that does not count"):
        verify(signature(armored(one.bytes(MESSAGE, hash_=hash_))), MESSAGE)


@pytest.mark.parametrize("kind", SECURITY_KEYS)
@pytest.mark.parametrize("flags", [0, VERIFIED])
def test_a_security_key_that_nobody_touched_does_not_count(kind: str, flags: int) -> None:
    one = signing.security_key(kind, flags=flags)
    with pytest.raises(SignatureError, match="nobody was present"):
        verify(signature(one.sign(MESSAGE)), MESSAGE)


@pytest.mark.parametrize("kind", SECURITY_KEYS)
def test_a_security_key_cannot_be_said_to_have_been_touched(kind: str) -> None:
    one = signing.security_key(kind, flags=0)

    def lying(signed: bytes) -> bytes:
        raw = one.raw(signed)
        return raw[:-5] + bytes([signing.PRESENT]) + raw[-4:]

    assert not counts(one, one._replace(raw=lying).sign(MESSAGE))


NO_SIGNATURES = {
    "nothing": "",
    "a word": "signed",
    "the name of the key": "SHA256:abc",
    "armor around nothing": "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----",
    "armor around a word": "-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----",
    "half a group": "-----BEGIN SSH SIGNATURE-----\nA\n-----END SSH SIGNATURE-----",
    "other armor": signer("ed25519").sign(MESSAGE).replace("SSH SIGNATURE", "PGP SIGNATURE"),
    "two signatures": signer("ed25519").sign(MESSAGE) * 2,
    "something in front": "x" + signer("ed25519").sign(MESSAGE),
    "something behind": signer("ed25519").sign(MESSAGE) + "x",
    "another magic": armored(b"SSHSIX" + signer("ed25519").bytes(MESSAGE)[6:]),
    "another version": armored(b"SSHSIG\0\0\0\2" + signer("ed25519").bytes(MESSAGE)[10:]),
    "a length beyond everything": armored(b"SSHSIG\0\0\0\1\xff\xff\xff\xff"),
    "a key of no kind": armored(
        b"SSHSIG\0\0\0\1"
        + sized(sized(b"ssh-none") + sized(b"x"))
        + sized(NAMESPACE.encode())
        + sized(b"")
        + sized(b"sha512")
        + sized(sized(b"ssh-none") + sized(b""))
    ),
}


@pytest.mark.parametrize("armor", NO_SIGNATURES.values(), ids=NO_SIGNATURES.keys())
def test_what_is_no_signature_is_refused_in_words(armor: str) -> None:
    with pytest.raises(SignatureError) as refused:
        verify(signature(armor), MESSAGE)
    assert re.fullmatch(r"(it|its|something) [^\n]+", str(refused.value))


# --- public keys ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_public_key_is_read_with_and_without_its_comment(kind: str) -> None:
    line = signer(kind).line
    bare = " ".join(line.split()[:2])
    assert public_key(line) == public_key(bare) == public_key(f"  {bare}   a comment of words \n")
    assert public_key(line).blob == signer(kind).blob


def _rsa_with_zeros() -> str:
    blob = signer("rsa-sha2-256").blob
    exponent = sized(b"\0" + (65537).to_bytes(3, "big"))
    return public_line("ssh-rsa", exponent, blob[blob.index(number(65537)) + len(number(65537)) :])


def _compressed() -> str:
    key = ec.derive_private_key(2, ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return public_line("ecdsa-sha2-nistp256", sized(b"nistp256"), sized(point))


def _longer(kind: str) -> str:
    name, text, *_ = signer(kind).line.split()
    return f"{name} {base64.b64encode(base64.b64decode(text) + b'x').decode()}"


OTHER_SPELLINGS = {
    **{f"{kind} with something behind": _longer(kind) for kind in KINDS},
    "a number with a zero in front": _rsa_with_zeros(),
    "a point in its short form": _compressed(),
    "one curve called another": public_line(
        "ecdsa-sha2-nistp384", *(sized(b"nistp256"), signer("nistp256").blob[-69:])
    ),
}


@pytest.mark.parametrize("line", OTHER_SPELLINGS.values(), ids=OTHER_SPELLINGS.keys())
def test_a_key_has_one_spelling(line: str) -> None:
    """Else one person's key could be written as that of two."""
    with pytest.raises(SignatureError):
        public_key(line)


NO_KEYS = {
    "nothing": "",
    "one word": "ssh-ed25519",
    "a kind that does not count": "ssh-dss AAAAB3NzaC1kc3MAAAA=",
    "options in front": f"cert-authority {signer('ed25519').line}",
    "a wildcard": "* ssh-ed25519 AAAA",
    "no base64": "ssh-ed25519 ####",
    "another kind inside": "ssh-ed25519 " + signer("nistp256").line.split()[1],
    "cut short": "ssh-ed25519 " + base64.b64encode(signer("ed25519").blob[:-1]).decode(),
    "a private key": "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    "a certificate": "ssh-ed25519-cert-v01@openssh.com AAAA",
}


@pytest.mark.parametrize("line", NO_KEYS.values(), ids=NO_KEYS.keys())
def test_what_is_no_public_key_is_refused_and_not_repeated(line: str) -> None:
    with pytest.raises(SignatureError) as refused:
        public_key(line)
    assert "AAAA" not in str(refused.value)


# --- with OpenSSH --------------------------------------------------------------------------------------------------

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no `ssh-keygen` on PATH")
MADE = {
    "ed25519": ["-t", "ed25519"],
    "nistp256": ["-t", "ecdsa", "-b", "256"],
    "nistp384": ["-t", "ecdsa", "-b", "384"],
    "nistp521": ["-t", "ecdsa", "-b", "521"],
    "rsa": ["-t", "rsa", "-b", "2048"],
}


def ssh_keygen(*words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *map(str, words)], input=stdin, capture_output=True, check=False, timeout=60)


@needs_ssh_keygen
@pytest.mark.parametrize("words", MADE.values(), ids=MADE.keys())
@pytest.mark.parametrize("hash_", ["sha256", "sha512"])
def test_what_ssh_keygen_signs_counts(words: list[str], hash_: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert ssh_keygen("-q", *words, "-N", "", "-C", "alice", "-f", key).returncode == 0
    line = key.with_suffix(".pub").read_text()
    armor = ssh_keygen(
        "-Y", "sign", "-O", f"hashalg={hash_}", "-n", NAMESPACE, "-f", key, stdin=MESSAGE
    ).stdout.decode()
    found = signature(armor)
    assert found.key == public_key(line)
    verify(found, MESSAGE)
    with pytest.raises(SignatureError, match="not over this waiver"):
        verify(found, MESSAGE + b" ")
    other = ssh_keygen("-Y", "sign", "-n", "git", "-f", key, stdin=MESSAGE).stdout.decode()
    with pytest.raises(SignatureError, match="it was made for `git`"):
        verify(signature(other), MESSAGE)
    told = ssh_keygen("-l", "-f", key.with_suffix(".pub")).stdout.decode().split()[1]
    assert public_key(line).fingerprint == told


@needs_ssh_keygen
@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_counts_what_is_signed_here(kind: str, tmp_path: Path) -> None:
    """So the helper of these tests signs as OpenSSH does, and planguard wants nothing that is its own."""
    one = signer(kind)
    allowed, armor = tmp_path / "allowed", tmp_path / "signature"
    allowed.write_text(f"alice {one.line}\n")
    armor.write_text(one.sign(MESSAGE))
    words = ("-Y", "verify", "-f", allowed, "-I", "alice", "-n", NAMESPACE, "-s", armor)
    done = ssh_keygen(*words, stdin=MESSAGE)
    assert done.returncode == 0, done.stderr
    assert ssh_keygen(*words, stdin=MESSAGE + b"x").returncode != 0
