"""People's keys and what they sign, made from the formats alone: planguard's own code has no part in it.

Source: OpenSSH's ``PROTOCOL.sshsig`` and ``PROTOCOL.u2f``, RFC 4253 section 6.6, RFC 5656, RFC 8332, RFC 8709.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NAMESPACE = "planguard-waiver@v1"
APPLICATION = b"ssh:"
PRESENT, VERIFIED = 0x01, 0x04
CURVES = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
KINDS = (
    "ed25519",
    "nistp256",
    "nistp384",
    "nistp521",
    "rsa-sha2-256",
    "rsa-sha2-512",
    "sk-ed25519",
    "sk-ecdsa",
)


class Signer(NamedTuple):
    """Somebody's key.

    :ivar line: the public half, as ``ssh-keygen`` writes it
    :ivar raw: signs bytes, and gives what stands behind the length of a signature's part
    """

    line: str
    raw: Callable[[bytes], bytes]

    @property
    def blob(self) -> bytes:
        """The public key, as it stands in signatures."""
        return base64.b64decode(self.line.split()[1])

    def sign(self, message: bytes, namespace: str = NAMESPACE) -> str:
        """What ``ssh-keygen -Y sign`` would write."""
        return armored(self.bytes(message, namespace))

    def bytes(
        self, message: bytes, namespace: str = NAMESPACE, *, hash_: str = "sha512", reserved: bytes = b""
    ) -> bytes:
        """The same, without its armor."""
        middle = sized(namespace.encode()) + sized(reserved) + sized(hash_.encode())
        signed = b"SSHSIG" + middle + sized(hashlib.new(hash_, message).digest())
        return b"SSHSIG" + (1).to_bytes(4, "big") + sized(self.blob) + middle + sized(self.raw(signed))


def sized(part: bytes) -> bytes:
    """A part with its length in front."""
    return len(part).to_bytes(4, "big") + part


def number(value: int) -> bytes:
    """A number that is not negative, as SSH writes it."""
    return sized(value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b"")


def armored(blob: bytes) -> str:
    """A signature's bytes as the text that stands in a waiver."""
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def public_line(kind: str, *parts: bytes) -> str:
    """The public half of a key from the parts behind its kind."""
    blob = sized(kind.encode()) + b"".join(parts)
    return f"{kind} {base64.b64encode(blob).decode()} somebody"


@cache
def signer(kind: str, seed: int = 0) -> Signer:
    """A key of one kind; another seed is another key."""
    if kind == "ed25519":
        return ed25519_signer(seed)
    if kind in CURVES:
        return ecdsa_signer(kind, seed)
    if kind.startswith("rsa-"):
        return rsa_signer(kind, _rsa_key(2048, seed))
    return security_key(kind, seed)


@cache
def ed25519_signer(seed: int = 0) -> Signer:
    """A key on Curve25519: RFC 8709."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
    point = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(
        public_line("ssh-ed25519", sized(point)),
        lambda signed: sized(b"ssh-ed25519") + sized(key.sign(signed)),
    )


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _rs(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return number(r) + number(s)


def ecdsa_signer(curve: str, seed: int = 0) -> Signer:
    """A key on a curve of NIST: RFC 5656."""
    group, digest = CURVES[curve]
    key = ec.derive_private_key(seed + 2, group)
    kind = f"ecdsa-sha2-{curve}"
    return Signer(
        public_line(kind, sized(curve.encode()), sized(_point(key))),
        lambda signed: sized(kind.encode()) + sized(_rs(key.sign(signed, ec.ECDSA(digest)))),
    )


@cache
def _rsa_key(bits: int, seed: int) -> rsa.RSAPrivateKey:
    del seed  # only another key
    return rsa.generate_private_key(65537, bits)


def rsa_signer(algorithm: str, key: rsa.RSAPrivateKey) -> Signer:
    """A key by RSA: RFC 8332, and RFC 4253 for what does not count any more."""
    digest = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512(), "ssh-rsa": hashes.SHA1()}[algorithm]
    numbers = key.public_key().public_numbers()
    return Signer(
        public_line("ssh-rsa", number(numbers.e), number(numbers.n)),
        lambda signed: sized(algorithm.encode()) + sized(key.sign(signed, padding.PKCS1v15(), digest)),
    )


def small_rsa(bits: int) -> Signer:
    """A key that can be broken."""
    return rsa_signer("rsa-sha2-512", _rsa_key(bits, 0))


def old_rsa() -> Signer:
    """A key that signs over SHA-1."""
    return rsa_signer("ssh-rsa", _rsa_key(2048, 0))


def security_key(kind: str, seed: int = 0, *, flags: int = PRESENT, counter: int = 7) -> Signer:
    """A key on a token, which also signs whether somebody touched it."""
    told = bytes([flags]) + counter.to_bytes(4, "big")

    def body(signed: bytes) -> bytes:
        return hashlib.sha256(APPLICATION).digest() + told + hashlib.sha256(signed).digest()

    if kind == "sk-ed25519":
        name = "sk-ssh-ed25519@openssh.com"
        key = ed25519.Ed25519PrivateKey.from_private_bytes((seed + 100).to_bytes(32, "big"))
        point = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Signer(
            public_line(name, sized(point), sized(APPLICATION)),
            lambda signed: sized(name.encode()) + sized(key.sign(body(signed))) + told,
        )
    name = "sk-ecdsa-sha2-nistp256@openssh.com"
    group, digest = CURVES["nistp256"]
    other = ec.derive_private_key(seed + 200, group)
    return Signer(
        public_line(name, sized(b"nistp256"), sized(_point(other)), sized(APPLICATION)),
        lambda signed: sized(name.encode()) + sized(_rs(other.sign(body(signed), ec.ECDSA(digest)))) + told,
    )
