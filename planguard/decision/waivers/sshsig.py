"""Signatures by the keys that people have: what ``ssh-keygen -Y sign`` writes, checked without it.

Source: OpenSSH's ``PROTOCOL.sshsig`` (the blob and what is signed), RFC 4253 section 6.6, RFC 5656, RFC 8332 and
RFC 8709 (keys and signatures), ``PROTOCOL.u2f`` (security keys).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

import msgspec

NAMESPACE = "planguard-waiver@v1"
"""Signatures for anything else, such as those of git, are not taken for approvals."""
_MAGIC = b"SSHSIG"
_ARMOR = re.compile(r"-----BEGIN SSH SIGNATURE-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----")
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA = {b"rsa-sha2-256": "SHA256", b"rsa-sha2-512": "SHA512"}
_CURVES = {b"nistp256": "SECP256R1", b"nistp384": "SECP384R1", b"nistp521": "SECP521R1"}
_CURVE_HASHES = {b"nistp256": "SHA256", b"nistp384": "SHA384", b"nistp521": "SHA512"}
_LEAST_RSA = 2048
_PRESENT = 0x01
_UNCOMPRESSED = b"\x04"
_KINDS = frozenset(
    {
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-rsa",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    }
)


class SignatureError(Exception):
    """A key or a signature does not count; the message says why, in one clause."""


class PublicKey(msgspec.Struct, frozen=True):
    """An SSH public key.

    :ivar blob: the key as it stands in signatures
    """

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


class Signature(msgspec.Struct, frozen=True):
    """A signature, taken apart and not yet believed."""

    key: PublicKey
    namespace: str
    reserved: bytes
    hash: bytes
    algorithm: bytes
    value: bytes
    rest: bytes


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) != count:
            raise SignatureError("it ends too early")
        self._at += count
        return found

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def text(self) -> bytes:
        return self.take(self.number())

    def rest(self) -> bytes:
        return self._data[self._at :]

    def end(self) -> None:
        if self._at != len(self._data):
            raise SignatureError("something stands behind its end")


def public_key(text: str) -> PublicKey:
    """A public key from a line such as ``ssh-ed25519 AAAA… comment``.

    :raises SignatureError: when it is none, or of a kind that does not count
    """
    parts = text.split()
    if len(parts) < 2 or parts[0] not in _KINDS:
        known = "a key begins with `ssh-ed25519`, `ecdsa-sha2-…`, `ssh-rsa` or `sk-…`"
        raise SignatureError(f"it is no SSH public key: {known}")
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError("its base64 cannot be read") from None
    if _Reader(blob).text() != parts[0].encode():
        raise SignatureError("its kind and its content differ")
    _refuse_other_spellings(parts[0], blob)
    return PublicKey(parts[0], blob)


def _refuse_other_spellings(kind: str, blob: bytes) -> None:
    """A key has one spelling, or one person could have two keys that are the same."""
    read = _Reader(blob)
    read.text()
    if kind == "ssh-rsa":
        for _ in range(2):
            number = read.text()
            value = int.from_bytes(number, "big")
            if number != value.to_bytes(value.bit_length() // 8 + 1, "big"):
                raise SignatureError("its numbers are not written as they should be")
        _refuse_small(value)
    elif "ecdsa" in kind:
        curve, point = read.text(), read.text()
        if not kind.split("@", maxsplit=1)[0].endswith(curve.decode("ascii", "replace")) or curve not in _CURVES:
            raise SignatureError("its kind and its content differ")
        if point[:1] != _UNCOMPRESSED:
            raise SignatureError("its point is not written as it should be")
    else:
        read.text()
    if kind.startswith("sk-"):
        read.text()
    read.end()


def _refuse_small(modulus: int) -> None:
    if modulus.bit_length() < _LEAST_RSA:
        raise SignatureError(f"its RSA key has {modulus.bit_length()} bits, and {_LEAST_RSA} are the least")


def signature(armor: str) -> Signature:
    """A signature from the text that ``ssh-keygen -Y sign`` writes.

    :raises SignatureError: when it is none
    """
    match = _ARMOR.fullmatch(armor.strip())
    if match is None:
        raise SignatureError("it is no SSH signature")
    try:
        read = _Reader(base64.b64decode("".join(match[1].split()), validate=True))
    except (binascii.Error, ValueError):
        raise SignatureError("its base64 cannot be read") from None
    if read.take(len(_MAGIC)) != _MAGIC or read.number() != 1:
        raise SignatureError("it is no SSH signature of version 1")
    blob, namespace, reserved, hash_, inner = (read.text() for _ in range(5))
    read.end()
    body = _Reader(inner)
    algorithm, value = body.text(), body.text()
    kind = _Reader(blob).text().decode("ascii", "replace")
    return Signature(
        PublicKey(kind, blob), namespace.decode("utf-8", "replace"), reserved, hash_, algorithm, value, body.rest()
    )


def verify(found: Signature, message: bytes, namespace: str = NAMESPACE) -> None:
    """Whether the key of a signature has signed a message for this purpose. Whose key it is, is another question.

    :raises SignatureError: when it has not
    """
    if found.namespace != namespace:
        raise SignatureError(f"it was made for `{found.namespace}`, not for `{namespace}`")
    digest = _HASHES.get(found.hash)
    if digest is None:
        raise SignatureError("it is over a hash that does not count")
    signed = _MAGIC + b"".join(
        _sized(part)
        for part in (namespace.encode(), found.reserved, found.hash, digest(message).digest())
    )  # fmt: skip
    _check(found, signed)


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def _check(found: Signature, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    key = _Reader(found.key.blob)
    kind = key.text()
    if kind.startswith(b"sk-"):
        signed = _by_security_key(found, kind, signed)
    elif found.rest:
        raise SignatureError("something stands behind its end")
    try:
        if kind in (b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com"):
            _ed25519(found, key, kind, signed)
        elif kind.startswith((b"ecdsa-sha2-", b"sk-ecdsa-sha2-")):
            _ecdsa(found, key, kind, signed)
        elif kind == b"ssh-rsa":
            _rsa(found, key, signed)
        else:
            raise SignatureError("its key is of a kind that does not count")
    except InvalidSignature:
        raise SignatureError("it is not over this waiver, as it stands now") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SignatureError("its key cannot be read") from None


def _by_security_key(found: Signature, kind: bytes, signed: bytes) -> bytes:
    """What a security key signs: the application, flags, a counter, and the hash of the rest."""
    rest = _Reader(found.rest)
    flags, counter = rest.take(1), rest.take(4)
    rest.end()
    if not flags[0] & _PRESENT:
        raise SignatureError("nobody was present at the security key")
    key = _Reader(found.key.blob)
    key.text()
    key.text()
    if kind.startswith(b"sk-ecdsa"):
        key.text()
    application = key.text()
    return hashlib.sha256(application).digest() + flags + counter + hashlib.sha256(signed).digest()


def _ed25519(found: Signature, key: _Reader, expected: bytes, signed: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    _same(found.algorithm, expected)
    Ed25519PublicKey.from_public_bytes(key.text()).verify(found.value, signed)


def _ecdsa(found: Signature, key: _Reader, expected: bytes, signed: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    _same(found.algorithm, expected)
    curve = key.text()
    name = _CURVES.get(curve)
    if name is None:
        raise SignatureError("its key is on a curve that does not count")
    point = key.text()
    parts = _Reader(found.value)
    r, s = (int.from_bytes(parts.text(), "big") for _ in range(2))
    parts.end()
    public = ec.EllipticCurvePublicKey.from_encoded_point(getattr(ec, name)(), point)
    algorithm = getattr(hashes, _CURVE_HASHES[curve])()
    public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(algorithm))


def _rsa(found: Signature, key: _Reader, signed: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    algorithm = _RSA.get(found.algorithm)
    if algorithm is None:
        raise SignatureError("it is by RSA over SHA-1, which does not count")
    exponent, modulus = (int.from_bytes(key.text(), "big") for _ in range(2))
    _refuse_small(modulus)
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    value = found.value.rjust((modulus.bit_length() + 7) // 8, b"\0")
    public.verify(value, signed, padding.PKCS1v15(), getattr(hashes, algorithm)())


def _same(algorithm: bytes, expected: bytes) -> None:
    if algorithm != expected:
        raise SignatureError("its algorithm is not that of its key")
