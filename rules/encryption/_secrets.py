"""Secrets that are written out in a text: a script, a variable, a document.

Nothing here ever gives back a secret: only what kind it is, and the name that it was given.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from planguard import is_unknown

_MOST = 1 << 20  # bytes of an unpacked script: what a machine takes is far smaller

_TELLING = {
    "AWS access key id": re.compile(r"(?<![A-Za-z0-9+/])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9+/])"),
    "private key": re.compile(r"-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+"),
    "Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    "Google API key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "SendGrid key": re.compile(r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    "npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}"),
    "Vault token": re.compile(r"\bhvs\.[A-Za-z0-9_-]{24,}"),
    "Azure storage key": re.compile(r"\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}"),
    "shared access signature": re.compile(r"[?&]sig=[A-Za-z0-9%+/]{40,}"),
}
"""Secrets that can be told by how they look."""

_ADDRESS = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s:/@'\"]{0,64}:([^\s/@'\"]{3,128})@[A-Za-z0-9\[_]")
_CHANGED = re.compile(r"\becho\s+[\"']?[\w.-]{1,64}:([^\s\"'|]{3,128})[\"']?\s*\|\s*(?:sudo\s+)?chpasswd\b")
_VALUE = r"(\"[^\"\n]{1,256}\"|'[^'\n]{1,256}'|[^\s\"'<>|&;,()\[\]{}]{1,256})"
_NAME = r"(?<![\w.-])(?:--?|\$)?([A-Za-z_][\w.-]{0,80})"
_ASSIGNED = re.compile(_NAME + r"[\"']?[ \t]{0,8}(?:=>|:=|[:=])(?![=~])[ \t]{0,8}" + _VALUE)
_OPTION = re.compile(r"(?<![\w-])--([A-Za-z][\w-]{0,80})[ \t]{1,8}" + _VALUE)
_SPACED = re.compile(r"(?i)(?<![\w-])(\w{0,40}secret_?(?:access_?)?key)[ \t]{1,8}" + _VALUE)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ANY_NAME = re.compile(r"(?i)pass|pwd|secret|token|credential|key")

_PASSWORDS = ("password", "passwd", "passphrase")
_TOKENS = ("secret", "token", "apikey", "secretkey", "accesskey", "authkey")
_KEYS = frozenset(
    {
        "access",
        "account",
        "api",
        "app",
        "application",
        "auth",
        "client",
        "encryption",
        "license",
        "master",
        "private",
        "secret",
        "service",
        "session",
        "shared",
        "signing",
        "storage",
    }
)

_DYNAMIC = re.compile(r"[$`%<{(*\[@]|.*(?:\$\(|\$\{|\{\{|\$[A-Za-z_]|resolve:|os\.environ|process\.env)")
_ELSEWHERE = re.compile(
    r"(?:arn:|https?://|file://|s3://|ssm:|vault:|projects/|@?Microsoft\.KeyVault)|/?[\w.-]+(?:/[\w.-]+)+$"
)
_PLACEHOLDER = re.compile(
    r"(?i)(?:x{3,}|\*+|\.{3,}|-+|_+|0+|todo|tbd|n/?a|none|null|nil|undefined|unset|true|false|yes|no|on|off|enabled"
    r"|disabled|required|optional|redacted|placeholder|str|string|sensitive|your[-_ .].*"
    r"|(?:replace|insert|set)[-_ ].*|__\w{1,80}__)$"
)
_NAME_LIKE = re.compile(r"[a-z]+(?:[-_./:][a-z]+)*$")
_SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}")


def secrets_in(text: str) -> Iterator[str]:
    """What kinds of secret are written out in a text, each once: ``AWS access key id``, ``password in DB_PASS``."""
    # In a heredoc Terraform leaves the backslash before a quote where it is.
    yield from dict.fromkeys(_found_in(text.replace('\\"', '"')))


def secret_in_variable(name: str, value: str) -> str | None:
    """The kind of secret that a variable holds, None for one that holds none."""
    kind = _kind_of_name(name)
    if kind and is_literal(value, kind):
        return kind
    if _is_secret_key(value.strip()):
        return "AWS secret key"
    return next(secrets_in(value), None)


def secrets_in_variables(variables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The variables that hold a secret, with its kind; those that are known first.

    A value that is on its way from another resource is not written out. Where the name says that it is a secret,
    that it is one cannot be told before it is there.
    """
    for name in sorted(variables, key=lambda one: (is_unknown(variables[one]), one)):
        value = variables[name]
        if is_unknown(value) and not _kind_of_name(name):
            continue
        kind = secret_in_variable(name, value if isinstance(value, str) else str(value))
        if kind:
            yield name, kind


def unpacked(text: str) -> str:
    """The script that a text in base64 stands for (packed with gzip, too); the text itself where it is none."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        if data[:2] == b"\x1f\x8b":
            data = zlib.decompressobj(31).decompress(data, _MOST)
        return data.decode()
    except (binascii.Error, zlib.error, ValueError):
        return text


def is_literal(value: str, kind: str) -> bool:
    """Whether a value that is named as a secret is one, and not where to find it, a variable or a gap to fill."""
    value = value.strip()
    if _is_secret_key(value):
        return True
    if len(value) < 3 or _DYNAMIC.match(value) or _ELSEWHERE.match(value) or _PLACEHOLDER.match(value):
        return False
    return kind == "password" or (len(value) >= 8 and not _NAME_LIKE.match(value))


def _found_in(text: str) -> Iterator[str]:
    for kind, pattern in _TELLING.items():
        if pattern.search(text):
            yield kind
    if any(is_literal(found[1], "password") for found in _ADDRESS.finditer(text)):
        yield "password in an address"
    if any(is_literal(found[1], "password") for found in _CHANGED.finditer(text)):
        yield "password for chpasswd"
    if _ANY_NAME.search(text):
        yield from _assigned_in(text)


def _assigned_in(text: str) -> Iterator[str]:
    """Secrets that a text gives to a name: ``password = "..."``, ``"token": "..."``, ``--api-key ...``."""
    for pattern in (_ASSIGNED, _OPTION, _SPACED):
        for found in pattern.finditer(text):
            name, value = found[1], found[2]
            kind = _kind_of_name(name)
            if not kind:
                continue
            is_quoted = value[:1] in ("'", '"')
            is_call = text.startswith(("(", "["), found.end())
            value = value[1:-1] if is_quoted else value
            if is_call or value.startswith((" ", "-")):
                continue
            if is_literal(value, kind) if pattern is not _SPACED else _is_secret_key(value):
                yield f"{kind} in {name}"


def _kind_of_name(name: str) -> str | None:
    """What a variable of this name holds, going by its last words: ``DB_PASSWORD`` one, ``PASSWORD_FILE`` none."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return None
    last = words[-1]
    if last.endswith(_PASSWORDS) or last == "pass" or (last == "pwd" and len(words) > 1 and words[0] != "old"):
        return "password"
    if last.endswith(_TOKENS):
        return f"{'token' if last.endswith('token') else 'secret'}"
    if last == "key" and not _KEYS.isdisjoint(words[-2:-1]):
        return "key"
    return None


def _is_secret_key(value: str) -> bool:
    """Whether a text looks like the secret half of an AWS access key, which no hash and hardly a path does."""
    if not _SECRET_KEY.fullmatch(value) or value.startswith("/") or value.count("/") > 4:
        return False
    return all(sum(map(is_one, value)) >= 3 for is_one in (str.isupper, str.islower, str.isdigit)) or (
        sum(map(str.isupper, value)) >= 8
        and sum(map(str.islower, value)) >= 8
        and any(c in "0123456789+/" for c in value)
    )
